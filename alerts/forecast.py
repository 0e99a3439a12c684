"""The steps of a matter that are still to come, each with the day on which it is written. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date

from alerts.effective import Variant, WatchedRule, step_day
from alerts.moments import Matter, StepTiming, last_number, written_on
from config.lean import dataclass
from schedules.calendars import WorkCalendar
from schedules.deadlines import newest_occurrence, occurrence_date


@dataclass(frozen=True, slots=True)
class AheadStep:
    """A step as daily passes will write it, on `written_on` at the earliest."""

    timing: StepTiming
    occurrence: int
    on_date: date
    after_due: bool
    written_on: date


@dataclass(frozen=True, slots=True)
class Span:
    """From the first pass to the last, on days of the site, with the look-ahead of passes."""

    first: date
    last: date
    look_ahead: int
    calendar: WorkCalendar


def steps_ahead(
    rule: WatchedRule,
    variant: Variant,
    matter: Matter,
    span: Span,
    made: Mapping[str, int] | None = None,
) -> Iterator[AheadStep]:
    """Yield what daily passes within a span write of a matter; `made`: the highest occurrences.

    Of the repeats before the span only the newest is written, as in `alerts.evaluate`.
    """
    highest = made or {}
    for step in variant.steps:
        first = step_day(rule, step, matter, span.calendar)
        if first is None:
            continue
        ahead = written_on(step, first, matter, span.look_ahead)
        of = first, last_number(step, first, matter)
        for number, day in _occurrences(step, of, span, highest.get(step.key, -1)):
            written = max(ahead if number == 0 else day, span.first)
            if written <= span.last:
                yield AheadStep(step, number, day, day > matter.due_on, written)


def _occurrences(
    step: StepTiming, of: tuple[date, int | None], span: Span, made: int
) -> Iterator[tuple[int, date]]:
    first, last = of
    if step.repeat is None:
        if made < 0:
            yield 0, first
        return
    newest = newest_occurrence(first, step.repeat, span.first)
    number = max(newest.number if newest else 0, made + 1)
    if last is not None and newest is not None and newest.number > last:
        number = max(last, made + 1)
    while (last is None or number <= last) and (
        (day := occurrence_date(first, step.repeat, number)) <= span.last or number == 0
    ):
        yield number, day
        number += 1
