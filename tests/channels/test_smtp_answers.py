"""Laws of judging answers: unknown only after the dot, and nothing of the server's words."""

import pytest
from aiosmtplib import SMTPDataError, SMTPServerDisconnected
from hypothesis import given
from hypothesis import strategies as st

from channels.protocol import Refused, Unknown
from channels.smtp_answers import Phase, reference, understand
from channels.smtp_session import transparent

BEFORE = st.sampled_from([phase for phase in Phase if phase is not Phase.DOT])
CODES = st.integers(-1, 999)
ERRORS = st.one_of(
    st.builds(SMTPDataError, CODES, st.text()),
    st.sampled_from(
        [SMTPServerDisconnected("x"), TimeoutError("x"), OSError(5, "x"), ValueError()]
    ),
)


@given(phase=BEFORE, error=ERRORS)
def test_before_the_dot_everything_is_a_refusal(phase: Phase, error: Exception) -> None:
    """No mail is taken without its dot, so nothing there is in doubt."""
    assert isinstance(understand(phase, error), Refused)


@given(error=ERRORS)
def test_after_the_dot_only_a_clear_no_is_a_refusal(error: Exception) -> None:
    """Everything but 4xx and 5xx leaves the mail in doubt."""
    clear = isinstance(error, SMTPDataError) and 400 <= error.code <= 599
    assert isinstance(understand(Phase.DOT, error), Refused if clear else Unknown)


@given(phase=st.sampled_from(Phase), code=st.integers(200, 599), words=st.text())
def test_no_word_of_the_server_gets_through(phase: Phase, code: int, words: str) -> None:
    """Servers repeat addresses in their answers; only status codes are passed on."""
    detail = understand(phase, SMTPDataError(code, words + " marker@example.invalid")).detail
    assert set(detail.removeprefix(phase.value)) <= set("0123456789. ")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("2.0.0 Ok: queued as 4F2A1C0D3E", "4F2A1C0D3E"),
        ("OK id=1t5Xyz-000ABC-2B", "1t5Xyz-000ABC-2B"),
        ("2.0.0 queued as <a@b.invalid>", ""),
        ("Ok", ""),
    ],
)
def test_a_queue_id_is_read_in_known_forms_only(answer: str, expected: str) -> None:
    """Anything else might be an address."""
    assert reference(answer) == expected


@given(st.lists(st.sampled_from([b"", b".", b"..", b".a", b"a.", b"a"])))
def test_dots_at_line_starts_are_doubled(lines: list[bytes]) -> None:
    """No line of a mail can end it early, and the server finds the same lines again."""
    sent = transparent(b"".join(line + b"\r\n" for line in lines)).split(b"\r\n")[:-1]
    assert b"." not in sent
    assert [line.removeprefix(b".") if line.startswith(b".") else line for line in sent] == lines
