"""How a duty's due date comes about: the record, the interval, its level, windows, changes. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date

from alerts.effective import WatchedRule
from alerts.explain_owed import Owed
from alerts.explain_reckonings import (
    DutyReckoning,
    LevelFacts,
    LevelMove,
    RecordFacts,
    Shortening,
)
from alerts.levels import changes_since, is_raise
from alerts.moments import Matter
from alerts.timings import Duty
from config.durations import Duration
from config.duties import DutyRule
from config.model import Configuration
from config.regional import in_region
from config.windows import PlainWindow, plain_window
from ledgers.acts import DONE
from schedules.deadlines import Deadline, Roll
from schedules.intervals import Interval
from schedules.periods import Period

Cited = tuple[Configuration, Mapping[str, RecordFacts]]
"""The configuration, and the records, the newest first."""


def duty_reckoning(
    rule: WatchedRule, of: tuple[Owed, Duty], matter: Matter, cited: Cited
) -> DutyReckoning | None:
    """Take a duty's due date apart; None: no interval is set for the level of the entry."""
    found, timing = of
    deadline = timing.deadline(found.facts.level)
    if deadline is None:
        return None
    level = level_facts(rule, found, matter, cited[0])
    if matter.anchor is None:
        rolls = deadline.roll is not Roll.NONE
        return DutyReckoning(
            due_on=matter.due_on,
            first=True,
            record=None,
            counted_from=None,
            interval=rule.spread.duration,
            plain=None,
            roll=deadline.roll,
            softened_on=None,
            provisional=rolls and deadline.calendar.is_provisional(matter.due_on),
            level=level,
        )
    interval, _ = deadline.history[-1]
    return DutyReckoning(
        due_on=matter.due_on,
        first=False,
        record=_record_of(rule, matter.anchor, cited),
        counted_from=matter.anchor,
        interval=interval.duration,
        plain=(interval.period if isinstance(interval, Interval) else interval).after(
            matter.anchor
        ),
        roll=deadline.roll,
        softened_on=_softened(deadline, matter.anchor, matter.due_on),
        provisional=deadline.is_provisional(matter.anchor),
        level=level,
        shortened=_shortened(interval, matter.anchor, _windows(rule, found, cited[0])),
    )


def level_facts(
    rule: WatchedRule, found: Owed, matter: Matter | None, configuration: Configuration
) -> LevelFacts | None:
    """Answer the intervals by level; None: the rule has one for all and asks nothing of a raise."""
    timing, facts = found.variant.timing, found.facts
    if not isinstance(timing, Duty) or not (timing.by_level or timing.on_raise):
        return None
    here = timing.deadline(facts.level)
    return LevelFacts(
        intervals=tuple(
            (level.title, _span(timing.deadlines[level.id]))
            for level in configuration.levels
            if level.id in timing.deadlines
        ),
        holds=_span(here) if here else None,
        moves=tuple(_moves(rule, found, timing)),
        moved=_is_moved(found, matter, here),
    )


def _is_moved(found: Owed, matter: Matter | None, here: Deadline | None) -> bool:
    if matter is None or here is None:
        return False
    if matter.anchor is None:
        return matter.due_on != found.facts.first_due
    return matter.due_on != here.due(matter.anchor)


def _moves(rule: WatchedRule, found: Owed, timing: Duty) -> Iterator[LevelMove]:
    for change in changes_since(timing, found.facts):
        raised = is_raise(change, rule.level_ranks)
        deadline = timing.deadline(change.level)
        within = timing.on_raise.duration if raised and timing.on_raise else None
        yield LevelMove(change.on, raised, _span(deadline) if deadline else None, within)


def _span(deadline: Deadline) -> Duration:
    return deadline.history[-1][0].duration


def _record_of(rule: WatchedRule, anchor: date, cited: Cited) -> RecordFacts | None:
    configuration, records = cited
    counting = {configuration.records[kind].title for kind in rule.counts}
    standing = (
        record
        for record in records.values()
        if record.voided_on is None and record.result == DONE and record.kind in counting
    )
    return next((record for record in standing if record.happened_on == anchor), None)


def _softened(deadline: Deadline, anchor: date, due_on: date) -> date | None:
    """Answer the day of the change that keeps a date later than today's interval alone would."""
    alone = Deadline((deadline.history[-1],), deadline.roll, deadline.calendar)
    due = deadline.due(anchor)
    return deadline.history[-1][1] if due == due_on != alone.due(anchor) else None


def _windows(
    rule: WatchedRule, found: Owed, configuration: Configuration
) -> list[tuple[Duration, PlainWindow]]:
    written = configuration.rules[rule.name]
    if not isinstance(written, DutyRule):
        return []
    during = in_region(written, found.variant.prefix).during
    return [(one.every, plain_window(one.window)) for one in during]


def _shortened(
    interval: Period | Interval, anchor: date, written: list[tuple[Duration, PlainWindow]]
) -> Shortening | None:
    if not isinstance(interval, Interval):
        return None
    (_, usual), *others = interval.ends(anchor)
    start, end = min(others, key=lambda one: one[1], default=(anchor, usual))
    if end >= usual:
        return None
    for window in interval.windows:
        begins = max(anchor, window.start)
        if (begins, window.period.after(begins)) == (start, end) and end <= window.end:
            every = window.period.duration
            names = tuple(name for span, name in written if span == every)
            return Shortening(window.start, window.end, names, every, start, end)
    return None
