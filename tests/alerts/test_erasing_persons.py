"""A person who was told is erased once they have handed over; what they did stays countable."""

from datetime import date

import pytest
from sqlalchemy import RowMapping, insert, select, update

from alerts.erasing import Reason, erase_again
from alerts.errors import ErasedAlready, LegallyHeld, NotErasable, StillAtWork
from alerts.tables import send_log, tellings
from ledgers.access.effort import Effort
from ledgers.access.passwords import Hasher
from ledgers.access.roles import Role
from ledgers.access.scopes import Scope
from ledgers.access.sessions import Holder, begin_session
from ledgers.access.tables import recovery_codes, sessions, users
from ledgers.access.users import NewUser, add_user, disable_user
from ledgers.database import Database
from ledgers.handover import leave_person
from ledgers.ids import new_id
from ledgers.legal_holds import Hold, add_hold
from ledgers.persons import PersonDetails, find_person, update_persons
from ledgers.tables import imports, leaves, persons, quarantine
from tests.alerts.county import QINGSHAN, VAULT, at
from tests.alerts.erasable import SPRING, Erasable, erasable, set_apart

NAME, PHONE = "钱三", "15400000009"
GONE = date(2027, 6, 20)
PASSWORD = "清风徐来 水波不兴 举酒"
CHEAP = Effort(memory=8, passes=1, lanes=1)


@pytest.fixture
def child(database: Database) -> Erasable:
    """Answer a county whose people have names, and have been told of a child."""
    child = erasable(database)
    with database.writing() as connection:
        for row in connection.execute(select(persons.c.id, persons.c.handle)).all():
            details = PersonDetails(f"{NAME}{row.handle}", PHONE, f"{row.handle}@example.invalid")
            update_persons(connection, VAULT, {row.id: details})
    child.site.live(GONE)
    return child


def leave(child: Erasable, handle: str) -> str:
    """Let somebody leave, with every trace a person has; answer who."""
    id_ = child.person(handle)
    now = at(GONE, 9)
    with child.site.database.writing() as connection:
        leave_person(connection, id_, on=GONE)
        connection.execute(
            insert(leaves).values(id=new_id(now), person_id=id_, from_on=SPRING, to_on=SPRING)
        )
        sent = {"counter": "channel:sms", "at": now, "last": now, "messages": 1, "parts": 1}
        key = VAULT.lookup("sent to", PHONE)
        connection.execute(insert(send_log).values(id=new_id(now), addressee=key, **sent))
    return id_


def erase(child: Erasable, id_: str) -> None:
    """Erase a person today."""
    with child.site.database.writing() as connection:
        child.eraser.erase_person(connection, id_, Reason.PURPOSE_ENDED)


def test_name_and_addresses_go_and_what_was_told_stays(child: Erasable) -> None:
    """Nobody is found by the name, phone or address any more; tellings are counted as before."""
    id_ = leave(child, "P-01")
    with child.site.database.reading() as connection:
        told = connection.execute(select(tellings)).all()
        import_id = connection.scalars(select(imports.c.id)).one()
    set_apart(child.site, import_id, {"姓名": f"{NAME}P-01"}, "persons")
    kept = set_apart(child.site, import_id, {"儿童主任": f"{NAME}P-01"})
    erase(child, id_)
    with child.site.database.reading() as connection:
        row = connection.execute(select(persons).where(persons.c.id == id_)).one()
        for word in (f"{NAME}P-01", "P-01@example.invalid"):
            assert find_person(connection, VAULT, word) == []
        assert connection.execute(select(tellings)).all() == told != []
        assert connection.execute(select(leaves)).all() == []
        assert connection.scalars(select(send_log.c.addressee)).all() == [None]
        apart = set(connection.scalars(select(quarantine.c.id)))
    assert (row.sealed_phone, row.sealed_email, row.phone_key, row.email_key) == (None,) * 4
    assert kept in apart
    assert len(apart) == 2
    child.site.live(date(2027, 8, 1))


def add_account(child: Erasable, person_id: str) -> str:
    """Give a person an account with a session, disabled since; answer its id."""
    now, id_ = at(GONE, 9), new_id(at(GONE, 9))
    kept = Hasher(VAULT, CHEAP).hash(id_, PASSWORD)
    new = NewUser(id_, NAME, Role.DIRECTOR, Scope.of([QINGSHAN]), kept, False, person_id)
    with child.site.database.writing() as connection:
        add_user(connection, VAULT, new, now=now)
        begin_session(connection, VAULT, Holder("from somewhere", user_id=id_), now=now)
        disable_user(connection, id_, now=now)
    return id_


def account_of(child: Erasable, id_: str) -> RowMapping:
    """Answer an account as it is kept."""
    with child.site.database.reading() as connection:
        return connection.execute(select(users).where(users.c.id == id_)).mappings().one()


def test_an_account_keeps_nothing_that_opens(child: Erasable) -> None:
    """No password fits, no app, no recovery code, and where it was used from is gone."""
    person = leave(child, "P-01")
    id_ = add_account(child, person)
    before = account_of(child, id_)
    erase(child, person)
    after = account_of(child, id_)
    assert after["handle"] == before["handle"]
    assert after["person_id"] is None
    for name in ("sealed_name", "name_key", "password_hash", "sealed_totp"):
        assert after[name] != before[name]
    assert not Hasher(VAULT, CHEAP).fits(id_, PASSWORD, after["password_hash"])
    with child.site.database.reading() as connection:
        for table in (sessions, recovery_codes):
            assert connection.execute(select(table)).all() == []


def test_an_account_that_a_backup_brings_back_is_disabled(child: Erasable) -> None:
    """It was in use when the backup was made; whoever was erased does not sign in with it."""
    person = leave(child, "P-01")
    id_ = add_account(child, person)
    database = child.site.database
    with database.reading() as connection:
        row = connection.execute(select(persons).where(persons.c.id == person)).mappings().one()
    in_use = {**account_of(child, id_), "disabled_at": None}
    erase(child, person)
    with database.writing() as connection:
        connection.execute(update(persons).where(persons.c.id == person).values(dict(row)))
        connection.execute(update(users).where(users.c.id == id_).values(in_use))
    assert erase_again(database, child.eraser) == 1
    found = account_of(child, id_)
    assert found["disabled_at"] is not None
    assert not Hasher(VAULT, CHEAP).fits(id_, PASSWORD, found["password_hash"])


def test_whoever_is_at_work_is_refused(child: Erasable) -> None:
    """A post, children by name, or a message to come."""
    for handle in ("P-01", "P-03"):
        with pytest.raises(StillAtWork, match="person leave"):
            erase(child, child.person(handle))


def test_the_operator_is_in_the_configuration(child: Erasable) -> None:
    """Erased here, they would be written again."""
    with pytest.raises(NotErasable):
        erase(child, child.person("operator"))


def test_holds_and_a_second_time_are_refused(child: Erasable) -> None:
    """As for a child."""
    held, gone = leave(child, "P-01"), leave(child, "P-02")
    with child.site.database.writing() as connection:
        hold = Hold(held, "inquiry", GONE, None, "os:root")
        add_hold(connection, hold, now=at(GONE, 9))
    with pytest.raises(LegallyHeld, match="inquiry"):
        erase(child, held)
    erase(child, gone)
    with pytest.raises(ErasedAlready):
        erase(child, gone)


def test_a_person_brought_back_is_erased_again(child: Erasable) -> None:
    """By the list, whatever a backup says of them."""
    id_ = leave(child, "P-01")
    database = child.site.database
    with database.reading() as connection:
        before = connection.execute(select(persons).where(persons.c.id == id_)).mappings().one()
    erase(child, id_)
    with database.writing() as connection:
        connection.execute(update(persons).where(persons.c.id == id_).values(dict(before)))
    assert erase_again(database, child.eraser) == 1
    assert erase_again(database, child.eraser) == 0
    with database.reading() as connection:
        assert find_person(connection, VAULT, f"{NAME}P-01") == []
