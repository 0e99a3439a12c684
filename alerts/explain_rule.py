"""One entry under one rule: does the rule hold for it, and how does its due date come about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, RowMapping, select

from alerts.changes import Facts, Horizon
from alerts.effective import Variant, WatchedRule
from alerts.explanation import FailedFilter, Reckoning, RecordFacts
from alerts.facts import Placed
from alerts.filters import Ages, matches
from alerts.in_force import InForce
from alerts.moments import Matter
from alerts.owing import dated_matter, duty_matter, is_past_validity, matters_of
from alerts.timings import Duty, FromDay
from config.groups import Group
from config.model import Configuration
from ledgers.acts import DONE
from ledgers.tables import entries, entry_fields, entry_triggers
from schedules.deadlines import Deadline, Roll

_COLUMN_OF = {
    "age": "born_on",
    "stay": "stay_since",
    "crosses": "registered_in",
    "not_between_districts_of": "registered_in",
}
_ALWAYS_KNOWN = frozenset({"assignment"})


@dataclass(frozen=True, slots=True)
class Owed:
    """What an entry owes under a rule: the variant that holds, and the matter.

    `unbounded` is the matter as if the rule never ran out; both None: nothing can be said yet.
    """

    variant: Variant
    matter: Matter | None
    unbounded: Matter | None


def failed_filters(
    connection: Connection, in_force: InForce, rule: WatchedRule, entry: RowMapping, on: date
) -> tuple[FailedFilter, ...]:
    """Answer each condition of the rule's group that the entry does not meet on a day."""
    ages = Ages.on(in_force.plan, on)
    group = rule.group
    if group.ledger != entry["ledger"]:
        return (FailedFilter("ledger", None, group.ledger, unknown=False),)
    declared = in_force.configuration.fields.get(group.ledger, {})
    found = []
    for name, wanted in group.where.items():
        alone = Group(ledger=group.ledger, where={name: wanted})
        query = select(entries.c.id).where(entries.c.id == entry["id"], matches(alone, ages))
        if connection.execute(query).first() is None:
            title = declared[name].title if name in declared else None
            unknown = _is_unknown(connection, entry, name)
            found.append(FailedFilter(name, title, wanted, unknown))
    return tuple(found)


def owed(rule: WatchedRule, facts: Facts, placed: Placed, horizon: Horizon) -> Owed:
    """Answer what is owed as evaluation sees it, whether or not the rule is for the entry."""
    variant = placed.variant(rule)
    inside = replace(facts, variant=variant)
    matter = next(iter(matters_of(rule, inside, horizon)), None)
    return Owed(variant, matter, _unbounded(rule, variant, inside) or matter)


def _unbounded(rule: WatchedRule, variant: Variant, facts: Facts) -> Matter | None:
    match variant.timing:
        case Duty() as timing:
            return duty_matter(rule, timing, facts)
        case FromDay() as timing if facts.value is not None:
            return dated_matter(timing, facts.value, month_only=facts.value_month_only)
    return None


def is_run_out(found: Owed) -> bool:
    """Say whether it would fall due only after the rule has run out."""
    return found.unbounded is not None and is_past_validity(found.variant, found.unbounded)


def reckon(
    rule: WatchedRule,
    found: Owed,
    level: str | None,
    known: tuple[Mapping[str, RecordFacts], frozenset[str]],
) -> Reckoning | None:
    """Take a due date apart: what it counts from, the interval, rest days, a softened change.

    `known` are the records, the newest first, and the titles of the kinds that count.
    """
    matter, deadline = found.unbounded, found.variant.deadline(level)
    if matter is None or deadline is None:
        return None
    records, counting = known
    interval, _ = deadline.history[-1]
    if matter.anchor is None:
        return Reckoning(
            due_on=matter.due_on,
            first=True,
            record=None,
            counted_from=None,
            interval=rule.spread.duration,
            plain=None,
            roll=deadline.roll,
            softened_on=None,
            provisional=deadline.calendar.is_provisional(matter.due_on)
            and deadline.roll is not Roll.NONE,
        )
    return Reckoning(
        due_on=matter.due_on,
        first=False,
        record=_record_of(matter.anchor, records, counting),
        counted_from=matter.anchor,
        interval=interval.duration,
        plain=interval.after(matter.anchor),
        roll=deadline.roll,
        softened_on=_softened(deadline, matter),
        provisional=deadline.is_provisional(matter.anchor),
    )


def counting_titles(configuration: Configuration, rule: WatchedRule) -> frozenset[str]:
    """Answer the titles of the record kinds that count for a rule."""
    return frozenset(configuration.records[kind].title for kind in rule.counts)


def _record_of(
    anchor: date, known: Mapping[str, RecordFacts], counting: frozenset[str]
) -> RecordFacts | None:
    standing: Iterator[RecordFacts] = (
        record
        for record in known.values()
        if record.voided_on is None and record.result == DONE and record.kind in counting
    )
    return next((record for record in standing if record.happened_on == anchor), None)


def _softened(deadline: Deadline, matter: Matter) -> date | None:
    """Answer the day of the change that keeps a date later than today's interval alone would."""
    if matter.anchor is None:
        return None
    alone = Deadline((deadline.history[-1],), deadline.roll, deadline.calendar)
    if deadline.due(matter.anchor) == alone.due(matter.anchor):
        return None
    return deadline.history[-1][1]


def _is_unknown(connection: Connection, entry: RowMapping, field: str) -> bool:
    column = _COLUMN_OF.get(field, field)
    if column in entries.c:
        return entry[column] is None
    if column in _ALWAYS_KNOWN:
        return False
    if field == "triggers":
        query = select(entry_triggers.c.trigger).where(entry_triggers.c.entry_id == entry["id"])
    else:  # one that the site declared
        query = select(entry_fields.c.field).where(
            entry_fields.c.entry_id == entry["id"], entry_fields.c.field == field
        )
    return connection.execute(query.limit(1)).first() is None
