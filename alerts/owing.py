"""What an entry owes under a rule today: its matters, whatever the rule's kind. Pure (DESIGN.md 3a)."""

from collections.abc import Iterator
from datetime import date

from alerts.changes import Facts, Horizon
from alerts.effective import Variant, WatchedRule, step_day
from alerts.levels import due_of
from alerts.moments import Matter, Spell, last_days, written_on
from alerts.timings import Duty, FromDay, InSpells, OnSignal
from schedules.calendars import shifted_days

TOLD_WITHIN = 14
"""Days after its last step in which information is told at the latest: two weekly slots."""

_FORESIGHT = 366
"""Days ahead in which windows may have steps before they begin."""


def matters_of(rule: WatchedRule, facts: Facts, horizon: Horizon) -> Iterator[Matter]:
    """Yield what is owed: at most one matter, but for windows and periods that stand side by side."""
    variant = facts.variant
    if variant is None or not variant.in_force(horizon.today):
        return
    for plain in _all(rule, variant, facts, horizon):
        matter = variant.advised(plain, facts.seat)
        if is_past_validity(variant, matter):
            continue
        over_on = over(rule, variant, matter, horizon)
        if over_on is None or horizon.today < over_on:
            yield matter


def _all(rule: WatchedRule, variant: Variant, facts: Facts, horizon: Horizon) -> Iterator[Matter]:
    match variant.timing:
        case Duty():
            matter = duty_matter(rule, variant.timing, facts)
            if matter is not None:
                yield matter
        case FromDay() if facts.value is not None:
            matter = dated_matter(variant.timing, facts.value, month_only=facts.value_month_only)
            if not is_settled(rule, variant, matter, facts, horizon):
                yield matter
        case InSpells():
            yield from _spells(rule, variant.timing, facts, horizon)
        case OnSignal():
            yield from (
                signal_matter(alert.key, alert.due_on) for alert in facts.alerts if alert.is_open
            )


def signal_matter(signal_id: str, raised_on: date) -> Matter:
    """Answer what is owed because of a signal. How long it lasts is counted in hours elsewhere."""
    return Matter(raised_on, raised_on, Spell(signal_id, raised_on, raised_on, raised_on))


def duty_matter(rule: WatchedRule, timing: Duty, facts: Facts) -> Matter | None:
    """Answer what is owed of a duty; None: no first due day was given yet, or no interval is set."""
    due_on = due_of(timing, facts, rule.level_ranks)
    return None if due_on is None else Matter(facts.anchor, due_on)


def dated_matter(timing: FromDay, value: date, *, month_only: bool) -> Matter:
    """Answer what is owed after a date; `month_only`: only its month is known."""
    due_on = timing.due(value, month_only=month_only)
    return Matter(value, due_on, is_target=timing.is_target)


def spell_matter(spell: Spell) -> Matter:
    """Answer what is owed in a window or period."""
    return Matter(spell.start, spell.due_on, spell)


def _spells(
    rule: WatchedRule, timing: InSpells, facts: Facts, horizon: Horizon
) -> Iterator[Matter]:
    since = max(rule.started_on, facts.entered_on or date.min)
    done_since = facts.anchor or date.min
    for spell in timing.spells.between(since, shifted_days(horizon.today, _FORESIGHT)):
        if not rule.counts or spell.start > done_since:
            yield spell_matter(spell)


def spells_to_open(
    rule: WatchedRule, variant: Variant, through: date | None, horizon: Horizon
) -> Iterator[Matter]:
    """Yield the windows and periods whose first step is written after `through` and by today."""
    timing = variant.timing
    if not isinstance(timing, InSpells):
        return
    until = shifted_days(horizon.today, _FORESIGHT)
    for spell in timing.spells.between(rule.started_on, until):
        matter = variant.advised(spell_matter(spell))
        opens_on = first_written(rule, variant, matter, horizon)
        over_on = over(rule, variant, matter, horizon)
        if opens_on is None or is_past_validity(variant, matter):
            continue
        is_new = through is None or opens_on > through
        if is_new and opens_on <= horizon.today and (over_on is None or horizon.today < over_on):
            yield matter


def next_opening(rule: WatchedRule, variant: Variant, horizon: Horizon) -> date:
    """Answer the first day after today on which a window or period may have to be looked at."""
    timing = variant.timing
    if not isinstance(timing, InSpells):
        return date.max
    until = shifted_days(horizon.today, _FORESIGHT)
    days = [
        day
        for spell in timing.spells.between(horizon.today, until)
        for matter in (variant.advised(spell_matter(spell)),)
        for day in (first_written(rule, variant, matter, horizon),)
        if day is not None and day > horizon.today
    ]
    return min(days, default=shifted_days(horizon.today, _FORESIGHT // 2))


def is_settled(
    rule: WatchedRule, variant: Variant, matter: Matter, facts: Facts, horizon: Horizon
) -> bool:
    """Say whether a matter of a date was settled already.

    One on a record is settled by an act since that record; one on a field of the entry by what was
    written down since its first step could go out.
    """
    if not rule.counts or matter.anchor is None:
        return False
    if not matter.is_target:
        return facts.anchor is not None and facts.anchor >= matter.anchor
    opens_on = first_written(rule, variant, variant.advised(matter), horizon)
    return facts.recorded_on is not None and opens_on is not None and facts.recorded_on >= opens_on


def first_written(
    rule: WatchedRule, variant: Variant, matter: Matter, horizon: Horizon
) -> date | None:
    """Answer the first day on which a step of a matter is written; None if none ever is."""
    days = []
    for step in variant.steps:
        day = step_day(rule, step, matter, horizon.calendar)
        if day is not None:
            days.append(written_on(step, day, matter, horizon.look_ahead))
    return min(days, default=None)


def over(rule: WatchedRule, variant: Variant, matter: Matter, horizon: Horizon) -> date | None:
    """Answer the day on which a matter ends though nothing was done; None: it stays until it is.

    Information is over once its last step has had time to be told, and none of it is told for the
    first time that lay before the rule began.
    """
    if rule.counts or isinstance(variant.timing, OnSignal):
        return matter.spell.over_on if matter.spell else None
    days = last_days(variant.steps, matter, horizon.calendar, escalate_from=rule.escalate_from)
    last = max(days, default=matter.due_on)
    return date.min if last < rule.started_on else shifted_days(last, TOLD_WITHIN + 1)


def is_past_validity(variant: Variant, matter: Matter) -> bool:
    """Say whether it would fall due only after the rule has run out."""
    return variant.valid_to is not None and matter.due_on > variant.valid_to
