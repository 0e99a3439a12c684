"""What is open, and how it stands: one condition behind every count, list, page and message.

The list and the counts are the same rows; only what is done with them differs (DESIGN.md 3, 9).
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, case, false, func, literal, or_, select
from sqlalchemy.sql.selectable import Subquery

from alerts.items import Item, Open, item_of, ruled_by
from alerts.tables import alerts
from config.lean import dataclass
from config.model import Configuration
from ledgers.tables import entries, records

NOT_REACHED = "not-reached"
"""The result 未联系上 of a record."""


class Standing(StrEnum):
    """How an open item stands on a day."""

    OVERDUE = "overdue"  # its day has passed (逾期)
    NEVER = "never"  # its first day has passed and nothing was ever recorded (从未登记)
    TODAY = "today"
    AHEAD = "ahead"  # opened early, to be told in time
    INFORMS = "informs"  # nobody's work: it is told, and ends by itself (仅提示)


PAST = frozenset({Standing.OVERDUE, Standing.NEVER})
"""What should have been done by now; only the first is called overdue."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open alert with what may be shown of its entry. `anchor_on` None: never recorded."""

    alert_id: str
    entry_id: str
    number: str
    lives_in: str
    rule: str
    due_on: date
    anchor_on: date | None
    opened_on: date
    deferred_until: date | None
    standing: Standing
    not_reached: bool

    def days_past(self, today: date) -> int:
        """Answer how many days it is past due; 0 if it is not."""
        return max((today - self.due_on).days, 0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which open items: of entries that live within `region`, or one of `places`; due by a day.

    None says nothing about it; no place at all is nowhere. `ledgers` help the index on entries.
    `informing` names the rules that only inform: what they say is never overdue.
    """

    region: str = ""
    places: Collection[str] | None = None
    ledgers: Collection[str] | None = None
    rules: frozenset[str] | None = None
    due_by: date | None = None
    standings: frozenset[Standing] | None = None
    informing: frozenset[str] = frozenset()


ALL = Wanted()
WORK = frozenset(Standing) - {Standing.INFORMS}
"""What somebody has to do."""


def is_open() -> ColumnElement[bool]:
    """Say that an alert still waits for its record."""
    return alerts.c.closed_at.is_(None)


def standing_on(today: date, informing: Collection[str] = ()) -> ColumnElement[str]:
    """Answer how an open alert stands on a day, as SQL; those of `informing` rules only inform."""
    return case(
        (alerts.c.rule.in_(sorted(informing)), literal(Standing.INFORMS.value)),
        (alerts.c.due_on == today, literal(Standing.TODAY.value)),
        (alerts.c.due_on > today, literal(Standing.AHEAD.value)),
        (alerts.c.anchor_on.is_(None), literal(Standing.NEVER.value)),
        else_=literal(Standing.OVERDUE.value),
    )


def tried_in_vain() -> ColumnElement[bool]:
    """Say that the entry's newest record found nobody."""
    newest = (
        select(records.c.result)
        .where(records.c.entry_id == alerts.c.entry_id, records.c.voided_at.is_(None))
        .order_by(records.c.happened_on.desc(), records.c.id.desc())
        .limit(1)
    )
    return func.coalesce(newest.scalar_subquery(), "") == NOT_REACHED


def open_items(connection: Connection, today: date, wanted: Wanted = ALL) -> Iterator[OpenItem]:
    """Yield open items by village and number, those of one entry by date."""
    rows = _rows(today, wanted)
    columns = (rows.c.lives_in, func.length(rows.c.number), rows.c.number, rows.c.due_on)
    query = select(rows).order_by(*columns, rows.c.alert_id)
    for row in connection.execute(query):
        yield OpenItem(
            row.alert_id,
            row.entry_id,
            row.number,
            row.lives_in,
            row.rule,
            row.due_on,
            row.anchor_on,
            row.opened_on,
            row.deferred_until,
            Standing(row.standing),
            bool(row.not_reached),
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many open items of one rule stand how, in one division."""

    region: str
    rule: str
    standing: Standing
    count: int


def tallies(
    connection: Connection, today: date, wanted: Wanted = ALL, *, digits: int = 9
) -> list[Tally]:
    """Count what `open_items` lists, by division of so many digits, rule and standing."""
    rows = _rows(today, wanted)
    region = func.substr(rows.c.lives_in, 1, digits)
    columns = (region, rows.c.rule, rows.c.standing)
    query = select(*columns, func.count()).group_by(*columns).order_by(*columns)
    return [
        Tally(place, rule, Standing(standing), count)
        for place, rule, standing, count in connection.execute(query)
    ]


def count_by_standing(found: list[Tally]) -> Mapping[Standing, int]:
    """Add up tallies."""
    return {
        standing: sum(tally.count for tally in found if tally.standing is standing)
        for standing in Standing
    }


def as_line_item(item: OpenItem, configuration: Configuration) -> Item | None:
    """Answer an item as messages show it; None for a rule that is gone."""
    if item.rule not in configuration.rules:
        return None
    return item_of(
        ruled_by(configuration, item.rule),
        Open(
            item.alert_id,
            item.entry_id,
            item.number,
            item.lives_in,
            item.rule,
            item.due_on,
            item.anchor_on,
            item.not_reached,
        ),
    )


def _rows(today: date, wanted: Wanted) -> Subquery:
    conditions = [is_open()]
    standing = standing_on(today, wanted.informing)
    if wanted.region:
        conditions.append(entries.c.lives_in.startswith(wanted.region, autoescape=True))
    if wanted.places is not None:
        conditions.append(_within(wanted.places))
    if wanted.ledgers is not None:
        conditions.append(entries.c.ledger.in_(sorted(wanted.ledgers)))
    if wanted.rules is not None:
        conditions.append(alerts.c.rule.in_(wanted.rules))
    if wanted.due_by is not None:
        conditions.append(alerts.c.due_on <= wanted.due_by)
    if wanted.standings is not None:
        conditions.append(standing.in_([one.value for one in wanted.standings]))
    return (
        select(
            alerts.c.id.label("alert_id"),
            alerts.c.entry_id,
            entries.c.number,
            entries.c.lives_in,
            alerts.c.rule,
            alerts.c.due_on,
            alerts.c.anchor_on,
            alerts.c.opened_on,
            alerts.c.deferred_until,
            standing.label("standing"),
            tried_in_vain().label("not_reached"),
        )
        .join(entries, entries.c.id == alerts.c.entry_id)
        .where(and_(*conditions))
        .subquery()
    )


def _within(places: Collection[str]) -> ColumnElement[bool]:
    """Ask for the divisions below these by range: digits sort alike in every collation."""
    ranges = (entries.c.lives_in.between(place, place.ljust(12, "9")) for place in places)
    return or_(false(), *ranges)
