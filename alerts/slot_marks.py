"""Which slots were opened last: facts in `site_state`, so that a restart neither skips nor repeats."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, select

from ledgers.site_facts import fact, put_fact
from ledgers.tables import site_state

_NAMED = select(site_state.c.name, site_state.c.value).where(
    site_state.c.name.in_(bindparam("names", expanding=True))
)


def last_opened(connection: Connection, kind: str, role: str) -> date | None:
    """Answer the day of a role's last opened `slot`, or workday `between` two."""
    opened = fact(connection, _name(kind, role))
    return None if opened is None else date.fromisoformat(opened.value)


def all_opened(connection: Connection, kind: str, roles: Iterable[str]) -> dict[str, date]:
    """Answer the day last opened for each of these roles, as far as there is one."""
    names = {_name(kind, role): role for role in roles}
    rows = connection.execute(_NAMED, {"names": list(names)})
    return {names[name]: date.fromisoformat(day) for name, day in rows}


def mark_opened(connection: Connection, kind: str, role: str, day: date, *, now: datetime) -> None:
    """Note that a slot was opened whole."""
    put_fact(connection, _name(kind, role), day.isoformat(), now=now)


def _name(kind: str, role: str) -> str:
    return f"{kind}:{role}"[:64]
