"""Writes what evaluation answers: alerts and steps, in the transaction of the caller."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from alerts.bulk import Alike, insert_alike
from alerts.changes import Change, Close, DueStep, Keep, Moved, Open, Opening, Watch
from alerts.closing import Ending, close
from alerts.effective import WatchedRule
from alerts.states import Closed, Outcome
from alerts.tables import alerts, steps, watches
from config.lean import dataclass
from ledgers.ids import new_ids
from ledgers.tables import records

DONE = "done"
"""The result of a record that counts (已完成)."""


@dataclass(frozen=True, slots=True)
class Written:
    """How much a unit of work changed."""

    opened: int = 0
    steps: int = 0
    kept: int = 0
    closed: int = 0

    def __add__(self, other: "Written") -> "Written":
        """Add up units."""
        return Written(
            self.opened + other.opened,
            self.steps + other.steps,
            self.kept + other.kept,
            self.closed + other.closed,
        )


def write(
    connection: Connection,
    rule: WatchedRule,
    changes: Iterable[Change],
    *,
    today: date,
    now: datetime,
) -> Written:
    """Write all changes of one rule. The keys make doing it twice impossible, not wrong."""
    opened: list[Open] = []
    kept: list[Keep] = []
    closing: list[Close] = []
    watched: list[Watch] = []
    for change in changes:
        match change:
            case Open():
                opened.append(change)
            case Keep():
                if change.changes:
                    kept.append(change)
            case Close():
                closing.append(change)
            case Watch():
                watched.append(change)
    _watch(connection, rule, watched)
    # Closed first: of one matter an entry has one open alert at any time.
    closed = close(connection, _endings(connection, rule, closing), today=today, now=now)
    made = _keep(connection, rule, kept, now=now)
    new = open_alerts(connection, rule, list(map(Opening.of, opened)), today=today, now=now)
    return new + Written(0, made, len(kept), closed)


def _watch(connection: Connection, rule: WatchedRule, watched: Sequence[Watch]) -> None:
    """Note on which day entries are to be judged for their own history's sake."""
    if not watched:
        return
    ids = [one.entry_id for one in watched]
    connection.execute(
        delete(watches).where(watches.c.rule == rule.name, watches.c.entry_id.in_(ids))
    )
    rows = [
        {"rule": rule.name, "entry_id": one.entry_id, "look_on": one.look_on}
        for one in watched
        if one.look_on is not None
    ]
    if rows:
        connection.execute(insert(watches), rows)


def open_alerts(
    connection: Connection,
    rule: WatchedRule,
    openings: Sequence[Opening],
    *,
    today: date,
    now: datetime,
) -> Written:
    """Write new alerts of one rule with their first steps."""
    count = sum(len(opening.entry_ids) for opening in openings)
    ids = iter(new_ids(now, count))
    alike: list[Alike] = []
    of_alerts: list[tuple[Sequence[str], Opening | Keep]] = []
    for opening in openings:
        alert_ids = list(islice(ids, len(opening.entry_ids)))
        own = alert_ids, opening.entry_ids, opening.cycles
        alike.append((_same_for_all(rule, opening, today=today, now=now), own))
        of_alerts.append((alert_ids, opening))
    insert_alike(connection, alerts, ("id", "entry_id", "cycle"), alike)
    return Written(count, _add_steps(connection, rule, of_alerts, now=now))


def _same_for_all(
    rule: WatchedRule, one: Opening, *, today: date, now: datetime
) -> dict[str, object]:
    """Answer what the alerts of one anchor have in common."""
    return {
        "rule": rule.name,
        "anchor": one.matter.key,
        "rule_version": rule.version,
        "variant": one.variant,
        "anchor_on": one.matter.anchor,
        "due_on": one.course.due_on,
        "opened_on": today,
        "opened_at": now,
        "next_at": one.course.next_at,
    }


def _add_steps(
    connection: Connection,
    rule: WatchedRule,
    of_alerts: Sequence[tuple[Sequence[str], Opening | Keep]],
    *,
    now: datetime,
) -> int:
    """Add the steps of alerts; those of one course, known since one day, share all but the ids."""
    count = sum(len(alert_ids) * len(of.course.steps) for alert_ids, of in of_alerts)
    ids = iter(new_ids(now, count))
    insert_alike(
        connection,
        steps,
        ("id", "alert_id"),
        [
            (_step_row(rule, of, due), (list(islice(ids, len(alert_ids))), alert_ids))
            for alert_ids, of in of_alerts
            for due in of.course.steps
        ],
    )
    return count


def _step_row(rule: WatchedRule, of: Opening | Keep, due: DueStep) -> dict[str, object]:
    return {
        "step": due.timing.key,
        "occurrence": due.occurrence,
        "skipped": due.skipped,
        "on_date": due.on_date,
        "known_on": of.known_on or max(due.on_date, rule.effective_on),
        "after_due": due.after_due,
        "escalation": due.timing.escalation,
        "urgent": rule.urgent,
        "waiting": waiting(due.timing.tell),
    }


def waiting(roles: Sequence[str]) -> str:
    """Write down the roles still to be told."""
    return f"|{'|'.join(roles)}|" if roles else ""


def _keep(connection: Connection, rule: WatchedRule, kept: Sequence[Keep], *, now: datetime) -> int:
    if not kept:
        return 0
    connection.execute(
        update(alerts)
        .where(alerts.c.id == bindparam("alert_id"))
        .values(
            due_on=bindparam("now_due"),
            variant=bindparam("now_variant"),
            next_at=bindparam("now_next"),
        ),
        [
            {
                "alert_id": one.alert.id,
                "now_due": one.course.due_on,
                "now_variant": one.variant,
                "now_next": one.course.next_at,
            }
            for one in kept
        ],
    )
    _move_steps(connection, [moved for one in kept for moved in one.moved])
    return _add_steps(connection, rule, [([one.alert.id], one) for one in kept], now=now)


def _move_steps(connection: Connection, moved: Sequence[Moved]) -> None:
    if not moved:
        return
    connection.execute(
        update(steps)
        # Told meanwhile by a slot? Then it stays as it was told.
        .where(steps.c.id == bindparam("step_id"), steps.c.waiting == bindparam("was"))
        .values(
            on_date=bindparam("now_on"),
            waiting=bindparam("now_waiting"),
            after_due=bindparam("now_after"),
            ended=bindparam("now_ended"),
            ended_reason=bindparam("now_reason"),
        ),
        [
            {
                "step_id": one.step_id,
                "was": waiting(one.was),
                "now_on": one.on_date,
                "now_waiting": waiting(one.waiting),
                "now_after": one.after_due,
                "now_ended": None if one.waiting else Outcome.SUPPRESSED.value,
                "now_reason": None if one.waiting else "step-removed",
            }
            for one in moved
        ],
    )


def _endings(connection: Connection, rule: WatchedRule, closing: Sequence[Close]) -> list[Ending]:
    settled = [one for one in closing if one.how is Closed.DONE]
    found = _closing_records(connection, rule, settled)
    return [
        Ending(one.alert.id, one.how, found.get((one.entry_id, one.counted_on))) for one in closing
    ]


def _closing_records(
    connection: Connection, rule: WatchedRule, settled: Sequence[Close]
) -> dict[tuple[str, date | None], str]:
    """Answer which record settled each, by entry and day."""
    if not settled:
        return {}
    rows = connection.execute(
        select(records.c.id, records.c.entry_id, records.c.happened_on)
        .where(
            records.c.entry_id.in_([one.entry_id for one in settled]),
            records.c.kind.in_(rule.counts),
            records.c.result == DONE,
            records.c.voided_at.is_(None),
        )
        .order_by(records.c.id.desc())
    )
    return {(row.entry_id, row.happened_on): row.id for row in rows}
