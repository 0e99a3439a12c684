"""Sessions: what is open after somebody signed in, or gave a link's second factor."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from config.lean import dataclass
from ledgers.access.tables import links, sessions, users
from ledgers.access.tokens import is_ours, key_of, new_token
from ledgers.ids import new_id
from ledgers.sealing import Vault

KEPT = timedelta(days=90)
"""How long an ended session is remembered: from where somebody signs in is known so long."""

_SEEN_EVERY = timedelta(minutes=1)
"""Between two notes that a session is in use: not every request writes."""

_KIND = "session"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts unused, and in all."""

    idle: timedelta
    longest: timedelta


OF_USERS = Lifetime(idle=timedelta(minutes=30), longest=timedelta(hours=12))
OF_LINKS = Lifetime(idle=timedelta(minutes=10), longest=timedelta(minutes=30))


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose session it is: a user's or a link's, one of both; and from where (a keyed hash)."""

    source_key: str
    user_id: str | None = None
    link_id: str | None = None

    @property
    def lifetime(self) -> Lifetime:
        """How long such a session lasts."""
        return OF_USERS if self.user_id is not None else OF_LINKS


@dataclass(frozen=True, slots=True)
class Session:
    """A session in use."""

    id: str
    user_id: str | None
    link_id: str | None
    began_at: datetime
    seen_at: datetime
    ends_at: datetime


def begin_session(connection: Connection, vault: Vault, holder: Holder, *, now: datetime) -> str:
    """Write a session and answer its token, which is known here no more afterwards."""
    token = new_token(vault, _KIND)
    connection.execute(delete(sessions).where(sessions.c.ends_at < now - KEPT))
    connection.execute(
        insert(sessions).values(
            id=new_id(now),
            token_key=key_of(vault, _KIND, token),
            user_id=holder.user_id,
            link_id=holder.link_id,
            source_key=holder.source_key,
            began_at=now,
            seen_at=now,
            ends_at=now + holder.lifetime.longest,
        )
    )
    return token


def session_of(
    connection: Connection, vault: Vault, token: str, *, now: datetime
) -> Session | None:
    """Answer the session of a token if it is in force: not ended, not idle too long, its user or
    link still good."""
    if not is_ours(vault, _KIND, token):
        return None
    good_user = and_(sessions.c.user_id == users.c.id, users.c.disabled_at.is_(None))
    good_link = and_(sessions.c.link_id == links.c.id, links.c.revoked_at.is_(None))
    query = (
        select(sessions)
        .outerjoin(users, good_user)
        .outerjoin(links, good_link)
        .where(
            sessions.c.token_key == key_of(vault, _KIND, token),
            sessions.c.ended_at.is_(None),
            sessions.c.ends_at > now,
            or_(users.c.id.is_not(None), links.c.id.is_not(None)),
        )
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    found = Session(row.id, row.user_id, row.link_id, row.began_at, row.seen_at, row.ends_at)
    idle = Holder(row.source_key, row.user_id, row.link_id).lifetime.idle
    return found if now - found.seen_at < idle else None


def note_use(connection: Connection, session: Session, *, now: datetime) -> None:
    """Note that a session is in use: its idle time begins anew. Needs a writing unit."""
    connection.execute(update(sessions).where(sessions.c.id == session.id).values(seen_at=now))


def needs_note(session: Session, *, now: datetime) -> bool:
    """Say whether the last note is old enough to be worth a write."""
    return now - session.seen_at >= _SEEN_EVERY


def end_session(connection: Connection, session_id: str, *, now: datetime) -> None:
    """End one session."""
    connection.execute(
        update(sessions)
        .where(sessions.c.id == session_id, sessions.c.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_sessions(connection: Connection, user_id: str, *, now: datetime) -> int:
    """End all sessions of a user; answer how many were open."""
    return connection.execute(
        update(sessions)
        .where(
            sessions.c.user_id == user_id, sessions.c.ended_at.is_(None), sessions.c.ends_at > now
        )
        .values(ended_at=now)
    ).rowcount


def open_sessions(connection: Connection, user_id: str, *, now: datetime) -> list[Session]:
    """Answer what a user has open, the newest first."""
    query = (
        select(sessions)
        .where(
            sessions.c.user_id == user_id,
            sessions.c.ended_at.is_(None),
            sessions.c.ends_at > now,
            sessions.c.seen_at > now - OF_USERS.idle,
        )
        .order_by(sessions.c.began_at.desc())
    )
    return [
        Session(row.id, row.user_id, row.link_id, row.began_at, row.seen_at, row.ends_at)
        for row in connection.execute(query)
    ]


def is_usual_source(connection: Connection, user_id: str, source_key: str) -> bool:
    """Say whether a user signed in from there in the last while."""
    query = select(sessions.c.id).where(
        sessions.c.user_id == user_id, sessions.c.source_key == source_key
    )
    return connection.execute(query.limit(1)).first() is not None
