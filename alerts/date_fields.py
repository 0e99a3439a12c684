"""Where the dates that `date` rules count from stand, for questions to an index and for one entry."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, false, select

from alerts.moving import is_staying
from config.lean import dataclass
from ledgers.rows import LedgerDate
from ledgers.tables import entries, entry_fields

STAY = "stay"
"""The start of the present stay, as a field of an entry."""


@dataclass(frozen=True, slots=True)
class DateSource:
    """One row of `table` for each entry that has the date; `where` picks them out.

    There is an index by `day` for each of them, within the ledger or the field. With `month_only`,
    `day` is the first of the month.
    """

    table: Table
    entry_id: Column[str]
    day: Column[date]
    month_only: ColumnElement[bool]
    where: tuple[ColumnElement[bool], ...]


def date_source(ledger: str, field: str, today: date) -> DateSource:
    """Answer where a date field of a ledger stands; what is no column was declared by the site."""
    e = entries.c
    mine = e.ledger == ledger
    if field == STAY:
        return DateSource(entries, e.id, e.stay_since, false(), (mine, is_staying(today)))
    own: Column[Any] | None = e.get(field)
    if own is None:
        f = entry_fields.c
        return DateSource(
            entry_fields,
            f.entry_id,
            f.on_date,
            f.month_only,
            (f.field == field, f.on_date.is_not(None)),
        )
    month_only = e.born_month_only if field == "born_on" else false()
    return DateSource(entries, e.id, own, month_only, (mine, own.is_not(None)))


def dates_of(
    connection: Connection, source: DateSource, ids: Collection[str]
) -> dict[str, LedgerDate]:
    """Answer the dates of some entries by id; who has none is missing."""
    query = select(source.entry_id, source.day, source.month_only).where(
        source.entry_id.in_(ids), *source.where
    )
    return {
        id_: LedgerDate(day, bool(month_only)) for id_, day, month_only in connection.execute(query)
    }
