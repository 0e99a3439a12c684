"""Which slots were opened last: facts in `site_state`, so that a restart neither skips nor repeats."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select

from ledgers.tables import site_state


def last_opened(connection: Connection, kind: str, role: str) -> date | None:
    """Answer the day of a role's last opened `slot`, or workday `between` two."""
    query = select(site_state.c.value).where(site_state.c.name == _name(kind, role))
    value = connection.execute(query).scalar_one_or_none()
    return None if value is None else date.fromisoformat(value)


def all_opened(connection: Connection, kind: str, roles: Iterable[str]) -> dict[str, date]:
    """Answer the day last opened for each of these roles, as far as there is one."""
    names = {_name(kind, role): role for role in roles}
    query = select(site_state.c.name, site_state.c.value).where(site_state.c.name.in_(names))
    return {names[name]: date.fromisoformat(day) for name, day in connection.execute(query)}


def mark_opened(connection: Connection, kind: str, role: str, day: date, *, now: datetime) -> None:
    """Note that a slot was opened whole."""
    name = _name(kind, role)
    connection.execute(delete(site_state).where(site_state.c.name == name))
    connection.execute(insert(site_state).values(name=name, value=day.isoformat(), at=now))


def _name(kind: str, role: str) -> str:
    return f"{kind}:{role}"[:64]
