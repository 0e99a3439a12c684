"""Signing in: name, password and second factor at once, and one answer to whatever is wrong.

1. The try is counted, or put off (`ledgers.access.throttles`).
2. The password is tried, outside any transaction; for an unknown name with the same work.
3. If all is right, the second factor is used up, what was counted is forgiven, and a session may
   begin; else nothing is changed. Either way an event is written.
"""

from dataclasses import field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from config.lean import dataclass
from ledgers.access.errors import PasswordOutdated, SignInRefused
from ledgers.access.events import UNKNOWN, Act, source_word, user, write
from ledgers.access.passwords import Hasher, nobodys
from ledgers.access.sessions import Holder, begin_session, is_usual_source
from ledgers.access.tables import recovery_codes, users
from ledgers.access.throttles import Counted, Kind, Try, begin_try, forgive, take_back
from ledgers.access.tokens import key_of
from ledgers.access.totp import step_of
from ledgers.access.users import User, load_user, name_key, open_factor, recovery_key
from ledgers.database import Database

GIVEN_LASTS = timedelta(days=7)
"""A password that somebody else gave is good for so long."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed. `code` is the app's, or a recovery code; `source` is where they are."""

    name: str = field(repr=False)
    password: str = field(repr=False)
    code: str = field(repr=False)
    source: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user who is in, and the token of the session."""

    user: User
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is kept of the user whose name was typed; of nobody, for a name that nobody has."""

    id: str
    handle: str | None
    kept: str = field(repr=False)
    sealed_totp: bytes = field(repr=False)
    totp_step: int | None
    is_good: bool


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One try: where it came from, under what it was counted, what follows if it fails."""

    source_key: str
    counted: tuple[Counted, ...]
    begun: Try


@dataclass(frozen=True, slots=True)
class Door:
    """Lets users in."""

    database: Database
    hasher: Hasher

    def identify(self, given: Credentials, *, now: datetime) -> User:
        """Answer who somebody is, without a session.

        Raises:
            SignInRefused: something is wrong, and nobody is told what.
            TryLater: too many tries failed.
        """
        known, attempt = self._begin(given, now)
        is_right = self._password_fits(known, given.password)
        fresh = self._fresh_hash(known, given.password) if is_right else None
        with self.database.writing() as connection:
            if is_right and self._use_factor(connection, known, given.code, now):
                found = self._let_in(connection, known, attempt, now)
                if fresh is not None:
                    _renew_hash(connection, known, fresh)
                _write_in(connection, known, attempt, now)
                return found
            _write_refusal(connection, known, attempt, now)
        raise SignInRefused

    def sign_in(self, given: Credentials, *, now: datetime) -> SignedIn:
        """Let somebody in.

        Raises:
            SignInRefused, TryLater: as `identify` does.
            PasswordOutdated: the password is right, but was given by somebody else.
        """
        found = self.identify(given, now=now)
        if found.must_change:
            raise PasswordOutdated
        holder = Holder(key_of(self.hasher.vault, "source", given.source), user_id=found.id)
        with self.database.writing() as connection:
            token = begin_session(connection, self.hasher.vault, holder, now=now)
        return SignedIn(found, token)

    def _begin(self, given: Credentials, now: datetime) -> tuple[_Known, _Attempt]:
        vault = self.hasher.vault
        source = key_of(vault, "source", given.source)
        name = name_key(vault, given.name)
        with self.database.writing() as connection:
            known = self._known(connection, name, now=now)
            counted = [
                Counted(Kind.SOURCE, source),
                Counted(Kind.USER_FROM, key_of(vault, "user-from", name, source)),
            ]
            if not is_usual_source(connection, known.id, source):
                counted.append(Counted(Kind.USER, name))
            begun = begin_try(connection, counted, now=now)
        return known, _Attempt(source, tuple(counted), begun)

    def _known(self, connection: Connection, name: str, *, now: datetime) -> _Known:
        row = connection.execute(select(users).where(users.c.name_key == name)).first()
        if row is None:
            return _Known("", None, nobodys(self.hasher.effort), b"", None, is_good=False)
        is_late = row.must_change and now - row.password_set_at >= GIVEN_LASTS
        return _Known(
            row.id,
            row.handle,
            row.password_hash,
            row.sealed_totp,
            row.totp_step,
            is_good=row.disabled_at is None and not is_late,
        )

    def _password_fits(self, known: _Known, password: str) -> bool:
        fits = self.hasher.fits(known.id, password, known.kept)
        return fits and known.is_good

    def _use_factor(self, connection: Connection, known: _Known, code: str, now: datetime) -> bool:
        """Use up the second factor; of two who give the same code at once, one is late."""
        vault = self.hasher.vault
        secret = open_factor(vault, known.id, known.sealed_totp)
        step = step_of(secret, code, now=now, after=known.totp_step)
        if step is None:
            key = recovery_key(vault, known.id, code)
            mine = recovery_codes.c.user_id == known.id, recovery_codes.c.code_key == key
            return connection.execute(delete(recovery_codes).where(*mine)).rowcount == 1
        later = or_(users.c.totp_step.is_(None), users.c.totp_step < step)
        used = update(users).where(users.c.id == known.id, later).values(totp_step=step)
        return connection.execute(used).rowcount == 1

    def _let_in(
        self, connection: Connection, known: _Known, attempt: _Attempt, now: datetime
    ) -> User:
        """Forgive what was counted under the name; of the place only this try: others are there."""
        take_back(connection, [one for one in attempt.counted if one.kind is Kind.SOURCE])
        forgive(connection, [one for one in attempt.counted if one.kind is not Kind.SOURCE])
        connection.execute(update(users).where(users.c.id == known.id).values(signed_in_at=now))
        return load_user(connection, self.hasher.vault, known.id)

    def _fresh_hash(self, known: _Known, password: str) -> str | None:
        """Hash a password anew where the effort has changed since, outside any transaction."""
        stale = not self.hasher.is_current(known.kept)
        return self.hasher.hash(known.id, password) if stale else None


def _renew_hash(connection: Connection, known: _Known, fresh: str) -> None:
    connection.execute(update(users).where(users.c.id == known.id).values(password_hash=fresh))


def _write_in(connection: Connection, known: _Known, attempt: _Attempt, now: datetime) -> None:
    about = {"source": source_word(attempt.source_key)}
    write(connection, Act.SIGNED_IN, actor=_actor(known), now=now, about=about)


def _write_refusal(connection: Connection, known: _Known, attempt: _Attempt, now: datetime) -> None:
    about = {"source": source_word(attempt.source_key)}
    write(connection, Act.REFUSED, actor=_actor(known), now=now, about=about)
    if attempt.begun.shut_until is not None:
        write(connection, Act.SHUT, actor=_actor(known), now=now, about=about)


def _actor(known: _Known) -> str:
    return UNKNOWN if known.handle is None else user(known.handle)
