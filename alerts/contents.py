"""What stands in a notice at the moment of sending: only what is still true (DESIGN.md 3, 3)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, or_, select, update

from alerts.directory import batches
from alerts.lines import Item
from alerts.outcomes import move
from alerts.quieted import Silences
from alerts.states import Closed, Outcome
from alerts.tables import alerts, notices, steps, tellings
from config.model import Configuration
from ledgers.tables import entries, records, regions

NEVER = "never"
"""Anchor of an alert whose entry was never recorded."""

NOT_REACHED = "not-reached"
"""Result 未联系上 of a record."""

_OUTCOME_OF = {Closed.DONE: Outcome.RESOLVED, Closed.EXPIRED: Outcome.EXPIRED}
_SAID = (Outcome.SENT.value, Outcome.DELIVERED.value, Outcome.RELAYED.value)


@dataclass(frozen=True, slots=True)
class Said:
    """One pending telling of a notice. `via` is set where the notice's person passes it on."""

    telling_id: str
    person_id: str
    via: str | None
    role: str
    escalation: bool
    item: Item


def read_true(
    connection: Connection,
    notice_ids: Collection[str],
    configuration: Configuration,
    *,
    today: date,
    now: datetime,
) -> dict[str, list[Said]]:
    """Answer what notices say now, in the order it was put in, and end what they no longer say.

    What was done or withdrawn ends; what was acknowledged or silenced meanwhile leaves its notice
    and waits, as a telling without one, for the next slot after.
    """
    kept: dict[str, list[Said]] = {notice: [] for notice in notice_ids}
    ended: dict[tuple[Outcome, str], list[str]] = defaultdict(list)
    deferred: list[str] = []
    silences = Silences.on(connection, today)
    for row in _rows_of(connection, _PENDING, notice_ids):
        if row.closed_how is not None:
            outcome = _OUTCOME_OF.get(Closed(row.closed_how), Outcome.SUPPRESSED)
            ended[outcome, row.closed_how].append(row.telling_id)
        elif _is_deferred(row, silences, today):
            deferred.append(row.telling_id)
        else:
            kept[row.notice_id].append(_said(row, configuration))
    for (outcome, reason), ids in ended.items():
        move(connection, ids, outcome, now=now, reason=reason)
    take_out(connection, deferred)
    entry_ids = {said.item.entry_id for of_notice in kept.values() for said in of_notice}
    missed = _not_reached(connection, entry_ids)
    return {
        notice: [_missed(said) if said.item.entry_id in missed else said for said in of_notice]
        for notice, of_notice in kept.items()
    }


def take_out(connection: Connection, telling_ids: Sequence[str]) -> None:
    """Leave tellings without a notice: the next slot puts them into one again."""
    for batch in batches(telling_ids):
        connection.execute(update(tellings).where(tellings.c.id.in_(batch)).values(notice_id=None))


def told_and_open(
    connection: Connection, person_id: str, notice_id: str, configuration: Configuration
) -> list[Item]:
    """Answer everything a person has been told and that is open, with what the notice says now."""
    in_this = tellings.c.notice_id == notice_id
    pending = in_this & (tellings.c.state == Outcome.PENDING.value)
    query = _columns().join(notices, notices.c.id == tellings.c.notice_id)
    rows = connection.execute(
        query.where(
            notices.c.person_id == person_id,
            tellings.c.state.in_(_SAID) | pending,
            alerts.c.closed_at.is_(None),
        )
    )
    return [_said(row, configuration).item for row in rows]


def count_older(connection: Connection, notice_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Count open alerts told before to a notice's person and not in it, by notice and who was told."""
    found: dict[str, dict[str, int]] = {notice: {} for notice in notice_ids}
    for row in _rows_of(connection, _OLDER, notice_ids):
        found[row.this_notice][row.person_id] = row.alerts
    return found


def open_items(
    connection: Connection,
    places: Sequence[str],
    configuration: Configuration,
    *,
    due_by: date,
) -> list[Item]:
    """Answer all open alerts of some divisions that are due by a day: what a form asks for."""
    if not places:
        return []
    query = (
        select(*_ITEM_COLUMNS)
        .select_from(alerts)
        .join(entries, entries.c.id == alerts.c.entry_id)
        .where(
            # Ledger and a range of divisions: what the index on entries can use.
            entries.c.ledger.in_(_ledgers(configuration)),
            _in_any(places),
            alerts.c.closed_at.is_(None),
            alerts.c.due_on <= due_by,
        )
        .order_by(entries.c.lives_in, entries.c.number, alerts.c.due_on, alerts.c.id)
    )
    return [_item(row, configuration) for row in connection.execute(query)]


def region_names(connection: Connection, codes: Iterable[str]) -> dict[str, str]:
    """Answer the names of divisions; one that is not known is missing."""
    found: dict[str, str] = {}
    for batch in batches(sorted(set(codes))):
        rows = connection.execute(
            select(regions.c.code, regions.c.name).where(regions.c.code.in_(batch))
        )
        found.update((row.code, row.name) for row in rows)
    return found


_ITEM_COLUMNS: tuple[Any, ...] = (
    alerts.c.id.label("alert_id"),
    alerts.c.rule,
    alerts.c.anchor,
    alerts.c.due_on,
    alerts.c.entry_id,
    entries.c.number,
    entries.c.lives_in,
)


def _columns() -> Any:
    return (
        select(
            *_ITEM_COLUMNS,
            tellings.c.id.label("telling_id"),
            tellings.c.person_id,
            tellings.c.via,
            tellings.c.role,
            steps.c.escalation,
            alerts.c.closed_how,
            alerts.c.deferred_until,
        )
        .select_from(tellings)
        .join(steps, steps.c.id == tellings.c.step_id)
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .join(entries, entries.c.id == alerts.c.entry_id)
    )


# Statements of every batch of messages are put together once.
_NOTICES: Any = bindparam("notices", expanding=True)
_PENDING = (
    _columns()
    .add_columns(tellings.c.notice_id)
    .where(tellings.c.notice_id.in_(_NOTICES), tellings.c.state == Outcome.PENDING.value)
    .order_by(tellings.c.id)
)
_THIS = notices.alias("this")
_SAME = tellings.alias("same")
_OLDER = (
    select(
        _THIS.c.id.label("this_notice"),
        tellings.c.person_id,
        func.count(tellings.c.alert_id.distinct()).label("alerts"),
    )
    .select_from(_THIS)
    .join(notices, notices.c.person_id == _THIS.c.person_id)
    .join(tellings, tellings.c.notice_id == notices.c.id)
    .join(alerts, alerts.c.id == tellings.c.alert_id)
    .where(
        _THIS.c.id.in_(_NOTICES),
        tellings.c.state.in_(_SAID),
        alerts.c.closed_at.is_(None),
        ~select(_SAME.c.id)
        .where(
            _SAME.c.alert_id == tellings.c.alert_id,
            _SAME.c.notice_id == _THIS.c.id,
            _SAME.c.state == Outcome.PENDING.value,
        )
        .exists(),
    )
    .group_by(_THIS.c.id, tellings.c.person_id)
)


def _rows_of(connection: Connection, query: Any, notice_ids: Collection[str]) -> Iterator[Row[Any]]:
    for batch in batches(list(notice_ids)):
        yield from connection.execute(query, {"notices": batch}).all()


def _ledgers(configuration: Configuration) -> list[str]:
    return sorted({configuration.group_of(rule).ledger for rule in configuration.rules.values()})


def _in_any(places: Sequence[str]) -> ColumnElement[bool]:
    """Ask for the divisions below these: digits sort alike in every collation."""
    ranges = (entries.c.lives_in.between(place, place.ljust(12, "9")) for place in places)
    return or_(*ranges)


def _said(row: Row[Any], configuration: Configuration) -> Said:
    return Said(
        row.telling_id, row.person_id, row.via, row.role, row.escalation, _item(row, configuration)
    )


def _missed(said: Said) -> Said:
    return replace(said, item=replace(said.item, not_reached=True))


def _item(row: Any, configuration: Configuration) -> Item:
    rule = configuration.rules.get(row.rule)
    return Item(
        alert_id=row.alert_id,
        entry_id=row.entry_id,
        number=row.number,
        lives_in=row.lives_in,
        act=rule.say if rule else "",
        kind=rule.done_by[0] if rule else row.rule,
        due_on=row.due_on,
        never=row.anchor == NEVER,
    )


def _not_reached(connection: Connection, entry_ids: set[str]) -> set[str]:
    """Answer the entries whose newest record says that nobody was reached."""
    newest: Mapping[str, str] = {}
    for batch in batches(sorted(entry_ids)):
        rows = connection.execute(
            select(records.c.entry_id, records.c.result)
            .where(records.c.entry_id.in_(batch), records.c.voided_at.is_(None))
            .order_by(records.c.happened_on, records.c.id)
        )
        newest = {**newest, **{row.entry_id: row.result for row in rows}}
    return {entry for entry, result in newest.items() if result == NOT_REACHED}


def _is_deferred(row: Row[Any], silences: Silences, today: date) -> bool:
    acknowledged = row.deferred_until is not None and row.deferred_until >= today
    if acknowledged or not silences.now:
        return acknowledged
    return silences.cover(row) or silences.cover_person(row.person_id)
