"""The other division of a request across regions: who it is that an answer is awaited from."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date
from typing import Protocol

from sqlalchemy import Connection, select

from alerts.directory import batches
from alerts.items import Item
from config.dates import DateRule, FromRecord
from config.lean import dataclass
from config.model import Configuration
from ledgers.divisions import division_names
from ledgers.tables import records


class _Counted(Protocol):
    """An alert as far as it says from which record of whom it counts."""

    rule: str
    entry_id: str
    anchor_on: date | None


@dataclass(frozen=True, slots=True)
class Counterparts:
    """Names of other divisions by rule, entry and the day of the record."""

    names: Mapping[tuple[str, str, date | None], str] = field(default_factory=dict)

    @classmethod
    def read(
        cls, connection: Connection, configuration: Configuration, rows: Iterable[_Counted]
    ) -> "Counterparts":
        """Look up what rows of rules that name another division (`counterpart`) count from."""
        kinds = _kinds(configuration)
        wanted = [row for row in rows if row.rule in kinds]
        if not wanted:
            return cls()
        codes = _codes(connection, {row.entry_id for row in wanted}, set(kinds.values()))
        names = division_names(connection, set(codes.values()))
        found: dict[tuple[str, str, date | None], str] = {}
        for row in wanted:
            code = codes.get((row.entry_id, kinds[row.rule], row.anchor_on))
            if code is not None:
                found[row.rule, row.entry_id, row.anchor_on] = names[code]
        return cls(found)

    def naming(self, item: Item, row: _Counted) -> Item:
        """Answer an item with the name of the other division, if it has one."""
        name = self.names.get((row.rule, row.entry_id, row.anchor_on))
        return item if name is None else item._replace(about=(*item.about, name))


def _kinds(configuration: Configuration) -> dict[str, str]:
    """Answer the kind of record that each rule naming another division counts from."""
    return {
        name: rule.on.record
        for name, rule in configuration.rules.items()
        if isinstance(rule, DateRule) and rule.counterpart and isinstance(rule.on, FromRecord)
    }


def _codes(
    connection: Connection, entry_ids: set[str], kinds: set[str]
) -> dict[tuple[str, str, date | None], str]:
    """Answer the other divisions by entry, kind and day; of several of one day the latest."""
    r = records.c
    found: dict[tuple[str, str, date | None], str] = {}
    for batch in batches(sorted(entry_ids)):
        query = select(r.entry_id, r.kind, r.happened_on, r.counterpart).where(
            r.entry_id.in_(batch),
            r.kind.in_(kinds),
            r.counterpart.is_not(None),
            r.voided_at.is_(None),
        )
        for entry_id, kind, day, code in connection.execute(query.order_by(r.id)):
            found[entry_id, kind, day] = code
    return found
