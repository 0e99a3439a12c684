"""What the promises are checked against: rows as they stand, and what really was handed over.

Nothing here asks the engine: rows are read whole, and everything else is plain Python.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Table, select

from alerts import tables as its
from config.lean import dataclass
from config.model import Configuration
from ledgers import tables as theirs
from service.simulation.weather import Handed

_HEAVY = frozenset({"sealed_body", "sealed_row"})


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """A broken promise: which, about which row, and what is wrong with it; by ids only."""

    promise: str
    subject: str
    what: str = ""


Rows = dict[str, list[Row[Any]]]
"""Rows by the name of their table."""


@dataclass(frozen=True)
class Evidence:
    """Everything a check may look at; instants are those of the wall clock.

    `lives`: from when to when the daemon ran. `overnight`: (rule, entry) overdue on the day a rule
    was changed. `calm_since`: when the last trouble ended.
    """

    configuration: Configuration
    zone: ZoneInfo
    now: datetime
    began: datetime
    handed: tuple[Handed, ...]
    audits: tuple[datetime, ...]
    findings: tuple[tuple[datetime, str, str], ...]
    lives: tuple[tuple[datetime, datetime], ...]
    overnight: tuple[tuple[str, str], ...]
    calm_since: datetime
    clock_was_wrong: bool
    rows: Rows

    @property
    def today(self) -> date:
        """The day it is by the wall clock."""
        return self.local(self.now).date()

    def local(self, instant: datetime) -> datetime:
        """Answer an instant on the site's own clock."""
        return instant.astimezone(self.zone)

    def table(self, name: str) -> list[Row[Any]]:
        """Answer all rows of a table."""
        return self.rows[name]

    @cached_property
    def tellings(self) -> dict[str, Row[Any]]:
        """Tellings by id."""
        return {row.id: row for row in self.table("tellings")}

    @cached_property
    def steps(self) -> dict[str, Row[Any]]:
        """Steps by id."""
        return {row.id: row for row in self.table("steps")}

    @cached_property
    def alerts(self) -> dict[str, Row[Any]]:
        """Alerts by id."""
        return {row.id: row for row in self.table("alerts")}

    @cached_property
    def notices(self) -> dict[str, Row[Any]]:
        """Notices by id."""
        return {row.id: row for row in self.table("notices")}

    def grouped(self, table: str, column: str) -> dict[Any, list[Row[Any]]]:
        """Answer a table's rows by the value of a column."""
        found: dict[Any, list[Row[Any]]] = defaultdict(list)
        for row in self.table(table):
            found[row._mapping[column]].append(row)
        return found


READ: tuple[Table, ...] = (
    its.alerts,
    its.steps,
    its.tellings,
    its.outcomes,
    its.notices,
    its.attempts,
    its.silences,
    its.first_dues,
    its.rule_versions,
    its.signals,
    theirs.entries,
    theirs.entry_changes,
    theirs.entry_triggers,
    theirs.level_changes,
    theirs.calendar_windows,
    theirs.records,
    theirs.posts,
    theirs.post_holdings,
    theirs.assignments,
    theirs.leaves,
    theirs.site_state,
)
"""The tables that are read."""


def read_rows(connection: Connection, tables: Iterable[Table] = READ) -> Rows:
    """Read tables whole, but for what is sealed."""
    return {
        table.name: list(
            connection.execute(
                select(
                    *(
                        c
                        for c in table.columns
                        if c.name not in _HEAVY and not c.name.startswith("sealed_")
                    )
                )
            )
        )
        for table in tables
    }
