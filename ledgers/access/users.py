"""Users: added, found, disabled, given a new password or a new second factor."""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, or_, select, update

from config.language import catalogue
from config.lean import dataclass
from ledgers.access.effort import RECOMMENDED
from ledgers.access.errors import UserRefused, UserUnknown
from ledgers.access.passwords import nobodys, normal
from ledgers.access.roles import Right, Role, may
from ledgers.access.scopes import Scope
from ledgers.access.sessions import end_sessions
from ledgers.access.tables import recovery_codes, sessions, user_scopes, users
from ledgers.access.tokens import key_of, new_words
from ledgers.access.totp import new_secret
from ledgers.sealing import Spot, Vault

_ = catalogue("ledgers")

RECOVERY_CODES = 8
"""Codes for when the phone is lost, made together with the second factor."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in. `name` is what they type: for the screen, never for a log."""

    id: str
    handle: str
    name: str = field(repr=False)
    role: Role
    scope: Scope
    person_id: str | None
    must_change: bool
    created_at: datetime
    disabled_at: datetime | None
    signed_in_at: datetime | None

    def may(self, right: Right) -> bool:
        """Say whether this user may do something, wherever their divisions are."""
        return self.disabled_at is None and may(self.role, right)


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be added, with an id of their own that the hash was made for (`Hasher.hash`).

    `must_change`: the password is known to somebody else, too.
    """

    id: str
    name: str = field(repr=False)
    role: Role
    scope: Scope
    password_hash: str = field(repr=False)
    must_change: bool
    person_id: str | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What is shown once: the secret of the second factor, and the codes for when it is lost."""

    secret: bytes = field(repr=False)
    recovery: Sequence[str] = field(repr=False)


def name_key(vault: Vault, name: str) -> str:
    """Answer the look-up key of a name to sign in with, whatever its case and width."""
    return vault.lookup("user.name", normal(name).strip().casefold())


def any_users(connection: Connection) -> bool:
    """Say whether there is anybody who may sign in."""
    query = select(users.c.id).where(users.c.disabled_at.is_(None)).limit(1)
    return connection.execute(query).first() is not None


def add_user(
    connection: Connection, vault: Vault, new: NewUser, *, now: datetime
) -> tuple[str, Enrolment]:
    """Write a user; answer the handle, U-0001 or the next, and what is shown once.

    Raises:
        UserRefused: somebody is called so already.
    """
    taken = select(users.c.id).where(users.c.name_key == name_key(vault, new.name))
    if connection.execute(taken).first() is not None:
        raise UserRefused(_("a user of this name is there already; choose another name"))
    id_, number = new.id, (connection.scalar(select(func.count()).select_from(users)) or 0) + 1
    handle, secret = f"U-{number:04d}", new_secret()
    connection.execute(
        insert(users).values(
            id=id_,
            handle=handle,
            sealed_name=vault.seal(new.name, Spot("users", "sealed_name", id_)),
            name_key=name_key(vault, new.name),
            role=new.role.value,
            person_id=new.person_id,
            password_hash=new.password_hash,
            password_set_at=now,
            must_change=new.must_change,
            sealed_totp=vault.seal_bytes(secret, _totp_spot(id_)),
            created_at=now,
        )
    )
    rows = [{"user_id": id_, "region": region} for region in sorted(new.scope.regions)]
    connection.execute(insert(user_scopes), rows)
    return handle, Enrolment(secret, _new_recovery_codes(connection, vault, id_))


def find_user(connection: Connection, vault: Vault, reference: str) -> User:
    """Answer the user of a handle or of a name to sign in with.

    Raises:
        UserUnknown: nobody is called so.
    """
    query = _query().where(
        or_(users.c.handle == reference.upper(), users.c.name_key == name_key(vault, reference))
    )
    row = connection.execute(query).first()
    if row is None:
        raise UserUnknown(reference)
    return _opened(connection, vault, row._mapping)


def load_user(connection: Connection, vault: Vault, user_id: str) -> User:
    """Answer the user of an id.

    Raises:
        UserUnknown: there is none.
    """
    row = connection.execute(_query().where(users.c.id == user_id)).first()
    if row is None:
        raise UserUnknown(user_id)
    return _opened(connection, vault, row._mapping)


def load_users(connection: Connection, vault: Vault) -> list[User]:
    """Answer all users, the disabled too, in order of their handles."""
    rows = connection.execute(_query().order_by(users.c.handle)).all()
    return [_opened(connection, vault, row._mapping) for row in rows]


def disable_user(connection: Connection, user_id: str, *, now: datetime) -> None:
    """Let a user in no more, and end what they have open."""
    connection.execute(
        update(users)
        .where(users.c.id == user_id, users.c.disabled_at.is_(None))
        .values(disabled_at=now)
    )
    end_sessions(connection, user_id, now=now)


def enable_user(connection: Connection, user_id: str) -> None:
    """Let a user in again, with the password and the second factor they had."""
    connection.execute(update(users).where(users.c.id == user_id).values(disabled_at=None))


def set_password(
    connection: Connection, user_id: str, kept: str, *, must_change: bool, now: datetime
) -> None:
    """Write a new password's hash (`Hasher.hash`), and end what was open under the old one."""
    connection.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(password_hash=kept, password_set_at=now, must_change=must_change)
    )
    end_sessions(connection, user_id, now=now)


def set_factor(connection: Connection, vault: Vault, user_id: str, *, now: datetime) -> Enrolment:
    """Give a user a new second factor; the old one and its recovery codes are void."""
    secret = new_secret()
    connection.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(sealed_totp=vault.seal_bytes(secret, _totp_spot(user_id)), totp_step=None)
    )
    connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    end_sessions(connection, user_id, now=now)
    return Enrolment(secret, _new_recovery_codes(connection, vault, user_id))


def set_scope(connection: Connection, user_id: str, scope: Scope) -> None:
    """Write the divisions a user sees from now on."""
    connection.execute(delete(user_scopes).where(user_scopes.c.user_id == user_id))
    rows = [{"user_id": user_id, "region": region} for region in sorted(scope.regions)]
    connection.execute(insert(user_scopes), rows)


def empty_user(connection: Connection, vault: Vault, user_id: str, *, name: str) -> None:
    """Take from a disabled user all that says who it was or lets somebody in; the handle stays.

    `name` is what stands in the place of theirs; nobody signs in with it.
    """
    for table in (recovery_codes, sessions):
        connection.execute(delete(table).where(table.c.user_id == user_id))
    connection.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(
            person_id=None,
            sealed_name=vault.seal(name, Spot("users", "sealed_name", user_id)),
            name_key=vault.lookup("user.reduced", user_id),
            password_hash=nobodys(RECOMMENDED),
            sealed_totp=vault.seal_bytes(new_secret(), _totp_spot(user_id)),
            totp_step=None,
        )
    )


def open_factor(vault: Vault, user_id: str, sealed: bytes) -> bytes:
    """Answer the secret of a user's second factor."""
    return vault.open_bytes(sealed, _totp_spot(user_id))


def recovery_key(vault: Vault, user_id: str, code: str) -> str:
    """Answer what is kept of a recovery code, however it was typed."""
    letters = "".join(letter for letter in normal(code).casefold() if letter.isalnum())
    return key_of(vault, "recovery", user_id, letters)


def _new_recovery_codes(connection: Connection, vault: Vault, user_id: str) -> Sequence[str]:
    codes = new_words(RECOVERY_CODES)
    rows = [{"user_id": user_id, "code_key": recovery_key(vault, user_id, code)} for code in codes]
    connection.execute(insert(recovery_codes), rows)
    return codes


def _query() -> Select[tuple[object, ...]]:
    return select(users)


def _opened(connection: Connection, vault: Vault, row: RowMapping) -> User:
    of = select(user_scopes.c.region).where(user_scopes.c.user_id == row["id"])
    return User(
        id=row["id"],
        handle=row["handle"],
        name=vault.open(row["sealed_name"], Spot("users", "sealed_name", row["id"])),
        role=Role(row["role"]),
        scope=Scope.of(connection.scalars(of)),
        person_id=row["person_id"],
        must_change=row["must_change"],
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
        signed_in_at=row["signed_in_at"],
    )


def _totp_spot(user_id: str) -> Spot:
    return Spot("users", "sealed_totp", user_id)
