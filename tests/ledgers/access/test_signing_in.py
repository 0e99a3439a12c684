"""Signing in: what is asked, what is answered, and who waits."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from ledgers.access.effort import Effort
from ledgers.access.errors import AccessError, PasswordOutdated, SignInRefused, TryLater
from ledgers.access.passwords import Hasher
from ledgers.access.signing_in import GIVEN_LASTS, Door
from ledgers.access.tables import throttles, users
from ledgers.access.throttles import BACKOFFS, Kind
from tests.ledgers.access.people import NAME, Office

STRANGER = "203.0.113.9"
FREE = BACKOFFS[Kind.USER_FROM].free


def fail(office: Office, times: int, **wrong: str) -> list[type[AccessError]]:
    """Try with a wrong password; answer what came of each try."""
    answers: list[type[AccessError]] = []
    for _ in range(times):
        try:
            office.sign_in(**{"password": "wrong", **wrong})
        except AccessError as error:
            answers.append(type(error))
    return answers


def test_name_password_and_code_let_somebody_in(office: Office) -> None:
    """And an event says so, by handle."""
    signed = office.door.sign_in(office.credentials(), now=office.now)
    assert signed.user.handle == "U-0001"
    assert office.events() == [("user.signed-in", "user:U-0001")]


@pytest.mark.parametrize(
    "wrong", [{"name": "柳河钱"}, {"password": "wrong"}, {"code": "000000"}, {"code": ""}]
)
def test_whatever_is_wrong_the_answer_is_one(office: Office, wrong: dict[str, str]) -> None:
    """Nobody learns who is known here, or that a password was right."""
    with pytest.raises(SignInRefused, match="用户名、密码或验证码不对"):
        office.sign_in(**wrong)
    (event,) = office.events()
    assert event[0] == "user.refused"


def test_a_code_is_taken_once(office: Office) -> None:
    """Whoever looked over her shoulder comes too late; her next code is good."""
    office.sign_in()
    with pytest.raises(SignInRefused):
        office.sign_in()
    office.wait(seconds=30)
    assert office.sign_in()
    with pytest.raises(SignInRefused):
        office.sign_in(code=office.code(late=1))


def test_two_with_the_same_code_at_once_are_one(office: Office) -> None:
    """Both looked before either wrote: only one is let in."""

    def one() -> bool:
        try:
            return bool(office.sign_in())
        except SignInRefused:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: one(), range(4))) == 1


def test_a_wrong_password_does_not_use_up_a_code(office: Office) -> None:
    """She may correct a slip of the finger with the same code, also with one for a lost phone."""
    recovery = office.enrolment.recovery[0]
    for code in (office.code(), recovery):
        with pytest.raises(SignInRefused):
            office.sign_in(password="wrong", code=code)
        assert office.sign_in(code=code)


def test_a_recovery_code_is_good_once_however_it_is_typed(office: Office) -> None:
    """In capitals, with blanks; and of one user only."""
    typed = office.enrolment.recovery[1].upper().replace("-", " ")
    _, others = office.add("王")
    assert office.sign_in(code=typed)
    for code in (typed, others.recovery[0]):
        with pytest.raises(SignInRefused):
            office.sign_in(code=code)


def test_too_many_failures_put_tries_off(office: Office) -> None:
    """Then even the right password is not looked at; after the wait it is, and all is forgiven."""
    assert fail(office, FREE + 1) == [SignInRefused] * FREE + [TryLater]
    with pytest.raises(TryLater) as put_off:
        office.sign_in()
    assert put_off.value.wait == BACKOFFS[Kind.USER_FROM].first
    assert "30" in str(put_off.value)
    office.now = put_off.value.until
    assert office.sign_in()
    assert fail(office, FREE) == [SignInRefused] * FREE
    assert [kind for kind, _ in office.events()].count("user.shut-out") == 2


def test_waits_grow(office: Office) -> None:
    """Each further failure doubles the wait, up to a quarter of an hour."""
    fail(office, FREE)
    waits = []
    for _ in range(8):
        with pytest.raises(TryLater) as put_off:
            office.sign_in(password="wrong")
        waits.append(put_off.value.wait.total_seconds())
        office.now = put_off.value.until
        fail(office, 1)
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_an_unknown_name_is_put_off_alike(office: Office) -> None:
    """Refusals, waits and rows are the same, so that they tell nobody who is known."""
    known = fail(office, FREE + 3, source="198.51.100.1")
    unknown = fail(office, FREE + 3, name="柳河钱", source="198.51.100.2")
    assert known == unknown
    with office.door.database.reading() as connection:
        kinds = sorted(connection.scalars(select(throttles.c.kind)))
    assert kinds == sorted(["source", "user", "user-from"] * 2)


def test_an_unknown_name_costs_the_same_work(office: Office) -> None:
    """The password is hashed all the same: how long it takes tells nobody who is known."""
    tried: list[tuple[str, str]] = []

    class Counting(Hasher):
        def fits(self, user_id: str, password: str, kept: str) -> bool:
            tried.append((user_id, kept.rpartition("$")[0].rpartition("$")[0]))
            return super().fits(user_id, password, kept)

    hasher = office.door.hasher
    office.door = replace(office.door, hasher=Counting(hasher.vault, hasher.effort))
    fail(office, 1)
    fail(office, 1, name="柳河钱")
    assert [user for user, _ in tried] == [office.user.id, ""]
    assert len({cost for _, cost in tried}) == 1


def test_a_stranger_does_not_lock_somebody_out_of_her_office(office: Office) -> None:
    """However often he tries, from wherever: where she usually signs in, she is let in."""
    office.sign_in()
    for place in range(30):
        fail(office, 4, source=f"203.0.113.{place}")
    office.wait(seconds=30)
    fail(office, 1, source="203.0.113.99")
    with pytest.raises(TryLater) as elsewhere:
        office.sign_in(source=STRANGER)
    assert elsewhere.value.wait <= BACKOFFS[Kind.USER].longest
    assert office.sign_in()


def test_one_place_is_put_off_whatever_names_it_tries(office: Office) -> None:
    """Trying one password on many names is no way round; other places are not touched."""
    tries = BACKOFFS[Kind.SOURCE].free
    for number in range(tries):
        fail(office, 1, name=f"nobody{number}", source=STRANGER)
    with pytest.raises(TryLater):
        office.sign_in(source=STRANGER)
    assert office.sign_in()


def test_many_tries_at_once_are_counted(office: Office) -> None:
    """They are counted before they are looked at: no more are looked at than are free."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: fail(office, 1)[0], range(FREE + 5)))
    assert answers.count(SignInRefused) <= FREE + 1
    assert TryLater in answers


def test_failures_are_forgotten_after_a_day(office: Office) -> None:
    """And their rows are gone: the table does not grow."""
    fail(office, FREE - 1, name="柳河钱")
    office.wait(days=1, seconds=1)
    assert office.sign_in()
    with office.door.database.reading() as connection:
        assert connection.execute(select(throttles)).all() == []


def test_a_given_password_opens_nothing_and_ends_by_itself(office: Office) -> None:
    """It is good for choosing one's own, within a week."""
    _, office.enrolment = office.add("王", must_change=True)
    with pytest.raises(PasswordOutdated, match="user password"):
        office.sign_in(name="王")
    office.now += GIVEN_LASTS - timedelta(seconds=1)
    assert office.door.identify(office.credentials(name="王"), now=office.now).must_change
    office.wait(seconds=31)
    with pytest.raises(SignInRefused):
        office.sign_in(name="王")


def test_a_hash_is_made_anew_when_the_effort_has_changed(office: Office) -> None:
    """At the next sign-in, which is the only time the password is known."""
    dearer = Hasher(office.door.hasher.vault, Effort(memory=16, passes=1, lanes=1))
    office.door = Door(office.door.database, dearer)
    assert fail(office, 1) == [SignInRefused]
    assert kept_hash(office).startswith("$argon2id$v=19$m=8,")
    office.sign_in()
    assert kept_hash(office).startswith("$argon2id$v=19$m=16,")
    office.wait(seconds=30)
    assert office.sign_in()


def kept_hash(office: Office) -> str:
    """Answer the hash that is kept of her password."""
    with office.door.database.reading() as connection:
        query = select(users.c.password_hash).where(users.c.id == office.user.id)
        return str(connection.scalar(query))


def test_what_is_shown_of_credentials_is_nothing(office: Office) -> None:
    """A log or a traceback that holds them shows neither name nor password."""
    shown = repr(office.credentials()) + repr(office.user) + repr(office.enrolment)
    assert NAME not in shown
    assert "清风" not in shown
    assert office.enrolment.recovery[0] not in shown
