"""What somebody owes under a rule in the course of a span, if nothing more is recorded. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from alerts.changes import Facts, Horizon
from alerts.cohorts import Cohort, Known
from alerts.effective import WatchedRule
from alerts.forecast import Span
from alerts.moments import Matter
from alerts.owing import first_written, matters_of, over
from alerts.plan_groups import Inside
from alerts.timings import Duty
from schedules.calendars import shifted_days

_STRIDE = 180
"""Days between looks: shorter than passes look ahead, so that no window or period is missed."""


def owed(
    rule: WatchedRule, facts: Facts, span: Span, inside: Inside, known_on: date | None
) -> Iterator[Cohort]:
    """Yield a cohort for each matter that passes within the span find, the open ones too.

    `known_on` is when what the first of these passes writes could be known; None: on its own day.
    """
    variant = facts.variant
    assert variant is not None  # noqa: S101  # only who is in the group is asked about
    begins = max(span.first, inside.since or span.first, variant.valid_from or span.first)
    is_late = begins > span.first
    if is_late and not inside.by_grade:
        known_on = begins
    known = None if known_on is None else Known(begins, known_on)
    horizon = Horizon(begins, span.look_ahead, span.calendar)
    level = facts.level if isinstance(variant.timing, Duty) and variant.timing.by_level else None
    for matter in _matters(rule, facts, horizon, span.last):
        over_on = over(rule, variant, matter, horizon)
        ends = [day for day in (over_on, inside.until) if day is not None]
        yield Cohort(
            rule=rule.name,
            variant=variant.prefix,
            matter=matter,
            level=level,
            known=_known(rule, facts, matter, (horizon, known)),
            since=begins if is_late else None,
            until=min(ends, default=None),
            ends=over_on is not None,
        )


def _matters(rule: WatchedRule, facts: Facts, horizon: Horizon, last: date) -> Iterator[Matter]:
    seen: set[str] = set()
    day = horizon.today
    while day <= last:
        for matter in matters_of(rule, facts, replace(horizon, today=day)):
            if matter.key not in seen:
                seen.add(matter.key)
                yield matter
        day = last if day < last < shifted_days(day, _STRIDE) else shifted_days(day, _STRIDE)


def _known(
    rule: WatchedRule, facts: Facts, matter: Matter, of: tuple[Horizon, Known | None]
) -> Known | None:
    """A window that was entered late could not be known before, unless all of an entry is judged."""
    horizon, known = of
    spell, variant = matter.spell, facts.variant
    if spell is None or spell.known_on is None or variant is None:
        return known
    opens_on = first_written(rule, variant, matter, horizon) or horizon.today
    if opens_on > horizon.today:
        return Known(opens_on, max(spell.start, spell.known_on))
    if known is not None and known.on in (facts.known_on, horizon.today):
        return known
    return Known(horizon.today, max(known.on if known else spell.start, spell.known_on))
