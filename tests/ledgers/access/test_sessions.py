"""Sessions: how long they last, and what ends them."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from ledgers.access import sessions
from ledgers.access.sessions import OF_USERS, Session
from ledgers.access.tables import users
from ledgers.access.tokens import key_of
from tests.ledgers.access.people import OFFICE, Office

MINUTE = timedelta(minutes=1)


def found(office: Office, token: str) -> Session | None:
    """Answer the session of a token, now."""
    with office.door.database.reading() as connection:
        return sessions.session_of(connection, office.door.hasher.vault, token, now=office.now)


def used(office: Office, token: str) -> None:
    """Use a session, as a request does."""
    session = found(office, token)
    assert session is not None
    with office.door.database.writing() as connection:
        sessions.note_use(connection, session, now=office.now)


@pytest.mark.parametrize(("after", "is_open"), [(-1, True), (0, False), (1, False)])
def test_an_unused_session_ends(office: Office, after: int, is_open: bool) -> None:
    """A second before half an hour, at it, and after."""
    token = office.sign_in()
    office.now += OF_USERS.idle + timedelta(seconds=after)
    assert (found(office, token) is not None) is is_open


def test_a_used_session_ends_as_well(office: Office) -> None:
    """After twelve hours, however busy it was."""
    token, began = office.sign_in(), office.now
    while office.now + OF_USERS.idle < began + OF_USERS.longest:
        office.now += OF_USERS.idle - MINUTE
        used(office, token)
    office.now = began + OF_USERS.longest - MINUTE
    assert found(office, token) is not None
    office.now += MINUTE
    assert found(office, token) is None


def test_one_session_is_ended_and_the_other_stays(office: Office) -> None:
    """Signing out here does not sign out there; what is open can be listed."""
    first = office.sign_in()
    office.wait(minutes=1)
    second = office.sign_in()
    one = found(office, first)
    assert one is not None
    with office.door.database.writing() as connection:
        assert len(sessions.open_sessions(connection, office.user.id, now=office.now)) == 2
        sessions.end_session(connection, one.id, now=office.now)
        (left,) = sessions.open_sessions(connection, office.user.id, now=office.now)
    assert (found(office, first), found(office, second)) == (None, left)


def test_a_disabled_users_session_is_none(office: Office) -> None:
    """Whatever its row says: it is looked up together with its user."""
    token = office.sign_in()
    with office.door.database.writing() as connection:
        connection.execute(update(users).values(disabled_at=office.now))
    assert found(office, token) is None


def test_a_token_that_was_not_given_out_opens_nothing(office: Office) -> None:
    """Neither a made-up one nor one cut short."""
    token = office.sign_in()
    for made_up in ("", "x" * len(token), token[:-1], token + "x", token.swapcase()):
        assert found(office, made_up) is None


def test_use_is_noted_once_a_minute(office: Office) -> None:
    """Not every request writes."""
    token = office.sign_in()
    session = found(office, token)
    assert session is not None
    assert not sessions.needs_note(session, now=office.now + MINUTE - timedelta(seconds=1))
    assert sessions.needs_note(session, now=office.now + MINUTE)


def test_a_place_is_usual_for_a_season(office: Office) -> None:
    """Where somebody signed in is remembered, and forgotten when it was long ago."""
    office.sign_in()
    key = sessions_key(office)
    with office.door.database.reading() as connection:
        assert sessions.is_usual_source(connection, office.user.id, key)
        assert not sessions.is_usual_source(connection, "other", key)
    office.now += sessions.KEPT + timedelta(days=1)
    office.sign_in(source="198.51.100.3")
    with office.door.database.reading() as connection:
        assert not sessions.is_usual_source(connection, office.user.id, key)


def sessions_key(office: Office) -> str:
    """Answer what is kept of the office's address."""
    return key_of(office.door.hasher.vault, "source", OFFICE)
