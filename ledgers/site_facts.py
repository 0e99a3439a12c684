"""Single facts about the whole site: one value by name, and since when it holds."""

from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Insert, bindparam, delete, select

from config.lean import dataclass
from ledgers.tables import site_state
from ledgers.upserting import upserting

_NAMED = site_state.c.name == bindparam("named")
# Written once: a statement costs four times as much to write as to run.
_FACT = select(site_state.c.value, site_state.c.at).where(_NAMED)
_DROP = delete(site_state).where(_NAMED)


@cache
def _put(dialect: str) -> Insert:
    statement = upserting(site_state, dialect)
    return statement.on_conflict_do_update(
        index_elements=[site_state.c.name],
        set_={"value": statement.excluded.value, "at": statement.excluded.at},
    )


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as it was written last."""

    value: str
    at: datetime


def fact(connection: Connection, name: str) -> Fact | None:
    """Answer a fact; None if it does not hold."""
    row = connection.execute(_FACT, {"named": name}).one_or_none()
    return None if row is None else Fact(row.value, row.at)


def facts_under(connection: Connection, prefix: str) -> dict[str, Fact]:
    """Answer all facts whose name begins so, by the rest of their name."""
    query = select(site_state).where(site_state.c.name.startswith(prefix, autoescape=True))
    return {
        row.name.removeprefix(prefix): Fact(row.value, row.at) for row in connection.execute(query)
    }


def put_fact(connection: Connection, name: str, value: str, *, now: datetime) -> None:
    """Write a fact in place of what was known, also when another worker writes it at that moment."""
    row = {"name": name, "value": value, "at": now}
    connection.execute(_put(connection.dialect.name), row)


def drop_fact(connection: Connection, name: str) -> bool:
    """Forget a fact; answer whether it held."""
    return bool(connection.execute(_DROP, {"named": name}).rowcount)
