"""Which slots were opened last: facts in `site_state`, so that a restart neither skips nor repeats."""

from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select

from ledgers.tables import site_state


def last_opened(connection: Connection, kind: str, role: str) -> date | None:
    """Answer the day of a role's last opened `slot`, or workday `between` two."""
    query = select(site_state.c.value).where(site_state.c.name == _name(kind, role))
    value = connection.execute(query).scalar_one_or_none()
    return None if value is None else date.fromisoformat(value)


def mark_opened(connection: Connection, kind: str, role: str, day: date, *, now: datetime) -> None:
    """Note that a slot was opened whole."""
    name = _name(kind, role)
    connection.execute(delete(site_state).where(site_state.c.name == name))
    connection.execute(insert(site_state).values(name=name, value=day.isoformat(), at=now))


def _name(kind: str, role: str) -> str:
    return f"{kind}:{role}"[:64]
