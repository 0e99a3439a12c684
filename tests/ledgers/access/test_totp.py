"""Codes of an authenticator app."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from ledgers.access.totp import SECRET, code_at, enrolment, new_secret, spelled, step_of

RFC = b"12345678901234567890"
NOW = datetime(2027, 3, 1, 1, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    """The test vectors of RFC 6238, to six digits."""
    assert code_at(RFC, seconds // 30) == code


@pytest.mark.parametrize(
    ("late", "is_taken"), [(2, False), (1, True), (0, True), (-1, True), (-2, False)]
)
def test_a_clock_may_be_half_a_minute_off(late: int, is_taken: bool) -> None:
    """One step before and after, no more."""
    found = step_of(RFC, code_at(RFC, STEP - late), now=NOW, after=None)
    assert (found == STEP - late) is is_taken
    assert (found is None) is not is_taken


def test_a_step_is_taken_once() -> None:
    """The code that somebody looked at over a shoulder is of no use, nor one before it."""
    code = code_at(RFC, STEP)
    assert step_of(RFC, code, now=NOW, after=STEP - 1) == STEP
    assert step_of(RFC, code, now=NOW, after=STEP) is None
    assert step_of(RFC, code_at(RFC, STEP - 1), now=NOW, after=STEP) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "一二三四五六", "000000"])
def test_what_is_no_code_is_refused(code: str) -> None:
    """Whatever was typed."""
    assert step_of(RFC, code, now=NOW, after=None) is None


def test_a_secret_is_new_each_time_and_long_enough() -> None:
    """160 bits, as RFC 4226 asks."""
    assert len(new_secret()) == SECRET == 20
    assert new_secret() != new_secret()


def test_an_app_reads_the_address() -> None:
    """Site and name for its list, and the secret as it is typed by hand."""
    address = urlsplit(enrolment(RFC, site="演示县", name="赵:1"))
    values = parse_qs(address.query)
    assert (address.scheme, address.netloc, address.path.count(":")) == ("otpauth", "totp", 1)
    assert values["secret"] == [spelled(RFC)] == ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]
    assert (values["issuer"], values["digits"], values["period"]) == (["演示县"], ["6"], ["30"])
