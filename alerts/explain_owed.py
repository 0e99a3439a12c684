"""What one entry owes under one rule, and why nothing, if so."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from alerts.changes import Facts, Horizon
from alerts.effective import Variant, WatchedRule
from alerts.explain_reckonings import MissingWindow
from alerts.explanation import Why
from alerts.facts import Placed
from alerts.moments import Matter
from alerts.owing import (
    dated_matter,
    duty_matter,
    first_written,
    is_past_validity,
    is_settled,
    matters_of,
)
from alerts.spells import Periods, Windows
from alerts.timings import Duty, FromDay, InSpells, OnSignal
from config.lean import dataclass
from config.windows import TERMS
from schedules.calendar_books import CalendarBook
from schedules.calendars import shifted_days
from schedules.rounds import Length
from schedules.windows import names_in

_A_YEAR = 366


@dataclass(frozen=True, slots=True)
class Owed:
    """What an entry owes under a rule: the variant that holds, what is known, and the matters.

    Of windows and periods that are still to come only the next is there. `unbounded` is the matter
    as if the rule never ran out; None: nothing can be said yet, or there are many.
    """

    variant: Variant
    facts: Facts
    matters: tuple[Matter, ...]
    unbounded: Matter | None

    @property
    def is_run_out(self) -> bool:
        """Say whether it would fall due only after the rule has run out."""
        return self.unbounded is not None and is_past_validity(self.variant, self.unbounded)

    @property
    def told(self) -> tuple[Matter, ...]:
        """Answer the matters whose dates can be explained."""
        return self.matters or ((self.unbounded,) if self.unbounded else ())


def owed(rule: WatchedRule, facts: Facts, placed: Placed, horizon: Horizon) -> Owed:
    """Answer what is owed as evaluation sees it, whether or not the rule is for the entry."""
    variant = placed.variant(rule)
    inside = replace(facts, variant=variant)
    found = tuple(_standing(rule, inside, horizon))
    return Owed(variant, inside, found, _unbounded(rule, variant, inside))


def _standing(rule: WatchedRule, facts: Facts, horizon: Horizon) -> Iterator[Matter]:
    """Yield the matters that have begun, are open, or come next."""
    still_open = {alert.key for alert in facts.alerts if alert.is_open}
    variant = facts.variant
    for matter in matters_of(rule, facts, horizon):
        yield matter
        if variant is None or matter.key in still_open:
            continue
        opens_on = first_written(rule, variant, matter, horizon)
        days = (opens_on, matter.spell.start if matter.spell else None)
        if min((day for day in days if day), default=date.max) > horizon.today:
            return


def _unbounded(rule: WatchedRule, variant: Variant, facts: Facts) -> Matter | None:
    match variant.timing:
        case Duty() as timing:
            matter = duty_matter(rule, timing, facts)
            return None if matter is None else variant.advised(matter, facts.seat)
        case FromDay() as timing if facts.value is not None:
            dated = dated_matter(timing, facts.value, month_only=facts.value_month_only)
            return variant.advised(dated, facts.seat)
    return None


def absence(rule: WatchedRule, found: Owed, horizon: Horizon) -> Why | None:
    """Answer why nothing is owed; None: something is, or the next pass will say."""
    if found.matters:
        return None
    facts = found.facts
    match found.variant.timing:
        case Duty() as timing:
            return Why.NOT_CONFIGURED if timing.deadline(facts.level) is None else None
        case FromDay() as timing if facts.value is None:
            return Why.NO_DATE if timing.record is None else Why.NO_RECORD
        case FromDay():
            matter = found.unbounded
            done = matter and is_settled(rule, found.variant, matter, facts, horizon)
            return Why.SETTLED if done else Why.OVER
        case InSpells() as timing:
            lately = shifted_days(horizon.today, -_A_YEAR)
            spells = timing.spells.between(lately, shifted_days(horizon.today, _A_YEAR))
            return Why.NO_NEXT_WINDOW if spells else Why.NO_WINDOW
        case OnSignal():
            return None if any(alert.is_open for alert in facts.alerts) else Why.NO_SIGNAL


def missing_windows(
    variant: Variant, on: date, names: Mapping[str, str], book: CalendarBook, place: str
) -> tuple[MissingWindow, ...]:
    """Answer which windows of a rule nobody has entered for this year, or for the next in time.

    `names` are those of divisions; `book` and `place` serve where the rule goes by terms.
    """
    timing = variant.timing
    if not isinstance(timing, InSpells):
        return ()
    match timing.spells:
        case Windows() as windows:
            where = windows.where
            wanted = sorted(names_in(where.expression))
            return tuple(_missing(where.book, wanted, (where.region, on), names))
        case Periods() as periods if periods.rounds.length is Length.TERM:
            return tuple(_missing(book, [TERMS], (place, on), names))
    return ()


def _missing(
    book: CalendarBook, wanted: list[str], of: tuple[str, date], names: Mapping[str, str]
) -> Iterator[MissingWindow]:
    region, on = of
    for name in wanted:
        asked = {one.key: one.tell_from for one in book.missing(name, region, on)}
        this_year = range(on.year, on.year + 1)
        if not book.windows(name, region, this_year, as_of=on):
            asked.setdefault(str(on.year), date.min)
        for key, tell_from in sorted(asked.items()):
            known = None if tell_from == date.min else tell_from
            yield MissingWindow(name, key, region, names.get(region, ""), known)
