"""A made-up township's officer who signs in, with the app on her phone."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from ledgers.access.roles import Role
from ledgers.access.scopes import Scope
from ledgers.access.signing_in import Credentials, Door
from ledgers.access.totp import code_at
from ledgers.access.users import Enrolment, NewUser, User, add_user, load_user
from ledgers.audit_tables import audit_events
from ledgers.ids import new_id

NOW = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
TOWN = "990101001"
NAME = "柳河赵"
PASSWORD = "清风徐来 水波不兴 举酒"
OFFICE = "192.0.2.7"


@dataclass(slots=True)
class Office:
    """An officer, her app, and a clock that is moved by hand."""

    door: Door
    now: datetime = NOW
    user: User = field(init=False)
    enrolment: Enrolment = field(init=False)

    def __post_init__(self) -> None:
        self.user, self.enrolment = self.add(NAME)

    def add(self, name: str, *, must_change: bool = False) -> tuple[User, Enrolment]:
        """Add somebody of the township."""
        hasher, id_ = self.door.hasher, new_id(self.now)
        kept = hasher.hash(id_, PASSWORD)
        new = NewUser(id_, name, Role.TOWNSHIP, Scope.of([TOWN]), kept, must_change)
        with self.door.database.writing() as connection:
            _, enrolment = add_user(connection, hasher.vault, new, now=self.now)
            return load_user(connection, hasher.vault, id_), enrolment

    def code(self, *, late: int = 0) -> str:
        """Answer what her app shows, or showed so many steps ago."""
        return code_at(self.enrolment.secret, int(self.now.timestamp()) // 30 - late)

    def credentials(
        self,
        *,
        name: str = NAME,
        password: str = PASSWORD,
        code: str | None = None,
        source: str = OFFICE,
    ) -> Credentials:
        """Answer what she types; whatever is not named is right."""
        return Credentials(name, password, self.code() if code is None else code, source)

    def sign_in(self, **wrong: str) -> str:
        """Let her sign in and answer the session's token."""
        return self.door.sign_in(self.credentials(**wrong), now=self.now).token

    def wait(self, **time: float) -> None:
        """Let time go by."""
        self.now += timedelta(**time)

    def events(self) -> list[tuple[str, str]]:
        """Answer who did what."""
        with self.door.database.reading() as connection:
            query = select(audit_events.c.kind, audit_events.c.actor)
            return [tuple(row) for row in connection.execute(query.order_by(audit_events.c.number))]
