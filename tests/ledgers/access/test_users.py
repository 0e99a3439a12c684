"""Users as they are kept, found and changed."""

import pytest
from sqlalchemy import inspect, select

from ledgers.access import users
from ledgers.access.errors import SignInRefused, UserRefused, UserUnknown
from ledgers.access.roles import Right, Role
from ledgers.access.scopes import Scope
from ledgers.access.tables import recovery_codes, sessions
from ledgers.access.tables import users as table
from ledgers.regions import Move, move_region
from tests.ledgers.access.people import NAME, PASSWORD, TOWN, Office


def test_a_user_is_found_by_handle_and_by_name(office: Office) -> None:
    """In any case and width, as it is typed."""
    office.add("WangLi")
    vault = office.door.hasher.vault
    with office.door.database.reading() as connection:
        for reference in ("U-0002", "u-0002", "wangli", "ＷａｎｇＬｉ ", "WANGLI"):
            assert users.find_user(connection, vault, reference).handle == "U-0002"
        with pytest.raises(UserUnknown, match="user list"):
            users.find_user(connection, vault, "P-0002")


def test_a_name_is_given_once(office: Office) -> None:
    """Also when it is written otherwise."""
    with pytest.raises(UserRefused, match="同名"):
        office.add(f" {NAME} ")


def test_nothing_that_opens_is_kept_as_it_was(office: Office) -> None:
    """Neither name, password, secret nor a code stands in the tables."""
    planted = [NAME, PASSWORD, *office.enrolment.recovery, office.sign_in()]
    with office.door.database.reading() as connection:
        rows = [connection.execute(select(one)).all() for one in (table, recovery_codes, sessions)]
        kept = str(rows) + str([row.sealed_totp for row in rows[0]])
    assert [secret for secret in planted if secret in kept] == []
    assert office.enrolment.secret not in kept.encode("latin-1", "replace")


def test_a_disabled_user_may_nothing_and_is_out_at_once(office: Office) -> None:
    """What was open is ended, the right password is wrong, until the user is enabled again."""
    office.sign_in()
    with office.door.database.writing() as connection:
        users.disable_user(connection, office.user.id, now=office.now)
        found = users.find_user(connection, office.door.hasher.vault, NAME)
        assert not connection.scalars(
            select(sessions.c.id).where(sessions.c.ended_at.is_(None))
        ).all()
    assert not found.may(Right.READ_LISTS)
    office.wait(seconds=60)
    with pytest.raises(SignInRefused):
        office.sign_in()
    with office.door.database.writing() as connection:
        users.enable_user(connection, office.user.id)
    assert office.sign_in()


def test_a_new_password_ends_what_was_open(office: Office) -> None:
    """Whoever knew the old one is out, and stays out."""
    hasher = office.door.hasher
    office.sign_in()
    office.wait(seconds=60)
    kept = hasher.hash(office.user.id, "kQ7#vnP2xLz9")
    with office.door.database.writing() as connection:
        users.set_password(connection, office.user.id, kept, must_change=False, now=office.now)
        open_ = select(sessions.c.id).where(sessions.c.ended_at.is_(None))
        assert connection.scalars(open_).all() == []
    with pytest.raises(SignInRefused):
        office.sign_in()
    assert office.sign_in(password="kQ7#vnP2xLz9")


def test_a_new_factor_voids_the_old_one_and_its_codes(office: Office) -> None:
    """A phone that was lost opens nothing, nor does the sheet that lay beside it."""
    old = office.enrolment
    with office.door.database.writing() as connection:
        office.enrolment = users.set_factor(
            connection, office.door.hasher.vault, office.user.id, now=office.now
        )
    assert office.enrolment.secret != old.secret
    with pytest.raises(SignInRefused):
        office.sign_in(code=old.recovery[0])
    assert office.sign_in()


def test_a_scope_is_replaced_whole(office: Office) -> None:
    """What is not named any more is not seen any more."""
    assert office.user.scope == Scope.of([TOWN])
    with office.door.database.writing() as connection:
        users.set_scope(connection, office.user.id, Scope.of(["990101002"]))
        found = users.load_user(connection, office.door.hasher.vault, office.user.id)
    assert found.scope.regions == {"990101002"}
    assert found.role is Role.TOWNSHIP


def test_a_scope_follows_a_division_that_gets_its_real_code(office: Office) -> None:
    """Whoever saw the township sees it under its new code; whoever had both has one."""
    vault = office.door.hasher.vault
    both, _ = office.add("两处")
    with office.door.database.writing() as connection:
        users.set_scope(connection, both.id, Scope.of([TOWN, "990101100"]))
        move_region(connection, Move(TOWN, "990101100"), today=office.now.date())
        found = users.load_users(connection, vault)
    assert [one.scope.regions for one in found] == [{"990101100"}, {"990101100"}]


def test_users_are_listed_in_order(office: Office) -> None:
    """The disabled too; and whether there are any good ones is known."""
    office.add("王")
    with office.door.database.writing() as connection:
        vault = office.door.hasher.vault
        found = users.load_users(connection, vault)
        assert [one.handle for one in found] == ["U-0001", "U-0002"]
        assert users.any_users(connection)
        for one in found:
            users.disable_user(connection, one.id, now=office.now)
        assert not users.any_users(connection)


def test_every_user_column_is_known_to_key_rotation(office: Office) -> None:
    """Sealed columns are named so, and the table has the one id they are bound to."""
    columns = {column.name for column in table.c if column.name.startswith("sealed_")}
    assert columns == {"sealed_name", "sealed_totp"}
    assert [column.name for column in inspect(table).primary_key] == ["id"]
    assert office.user.name == NAME
