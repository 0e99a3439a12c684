"""How the due date of one matter comes about, whatever the rule's kind: taken apart, pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from alerts.effective import WatchedRule
from alerts.explain_duty import duty_reckoning
from alerts.explain_owed import Owed
from alerts.explain_reckonings import (
    DateReckoning,
    PeriodReckoning,
    Reckoning,
    RecordFacts,
    SeasonReckoning,
    WindowEntry,
)
from alerts.moments import Matter, Spell
from alerts.spells import Periods, Windows
from alerts.timings import Duty, FromDay, InSpells, Snap
from config.durations import Unit
from config.lean import dataclass
from config.model import Configuration
from config.windows import FESTIVALS, PlainWindow
from schedules.calendar_books import CalendarBook, Dated, Yearly
from schedules.deadlines import Roll
from schedules.periods import month_end, month_start, shifted
from schedules.rounds import Round
from schedules.spans import Span
from schedules.windows import AllOf, Expression, names_in


@dataclass(frozen=True, slots=True)
class Known:
    """What a reckoning may cite: the records, the newest first, and names of divisions."""

    configuration: Configuration
    records: Mapping[str, RecordFacts]
    names: Mapping[str, str]
    on: date


def reckoned(rule: WatchedRule, found: Owed, matter: Matter, known: Known) -> Reckoning | None:
    """Take a due date apart: what it counts from, how long, what moved it."""
    match found.variant.timing:
        case Duty() as timing:
            cited = known.configuration, known.records
            return duty_reckoning(rule, (found, timing), matter, cited)
        case FromDay() as timing if found.facts.value is not None:
            return _dated(timing, found, matter, known)
        case InSpells() as timing if matter.spell is not None:
            match timing.spells:
                case Windows() as windows:
                    return _season(windows, matter.spell, known)
                case Periods() as periods:
                    return _period(periods, matter.spell)
    return None


def _dated(timing: FromDay, found: Owed, matter: Matter, known: Known) -> DateReckoning:
    value, month_only = found.facts.value or matter.due_on, found.facts.value_month_only
    start = month_end(value.year, value.month) if month_only else value
    plus = timing.history[-1][0]
    plain = snapped = shifted(start, plus, timing.calendar)
    if timing.snap is not Snap.DAY:
        edge = month_end if timing.snap is Snap.MONTH_END else month_start
        snapped = edge(plain.year, plain.month)
    alone = replace(timing, history=(timing.history[-1],)).due(value, month_only=month_only)
    counts = timing.roll is not Roll.NONE or plus.unit is Unit.WORKDAYS
    kind = known.configuration.records.get(timing.record or "")
    return DateReckoning(
        due_on=matter.due_on,
        field=timing.field,
        title=_field_title(known.configuration, timing),
        record=_record(known, kind.title, value) if kind else None,
        value=value,
        month_only=month_only,
        counted_from=start,
        plus=plus,
        plain=plain,
        snap=timing.snap,
        snapped=snapped,
        roll=timing.roll,
        softened_on=timing.history[-1][1] if alone != matter.due_on else None,
        provisional=counts and timing.calendar.is_provisional(matter.due_on),
    )


def _field_title(configuration: Configuration, timing: FromDay) -> str | None:
    if timing.is_column or timing.field is None:
        return None
    declared = (of.get(timing.field) for of in configuration.fields.values())
    return next((field.title for field in declared if field), None)


def _record(known: Known, title: str, on: date) -> RecordFacts | None:
    standing = (one for one in known.records.values() if one.voided_on is None)
    return next((one for one in standing if (one.kind, one.happened_on) == (title, on)), None)


def _season(windows: Windows, spell: Spell, known: Known) -> SeasonReckoning:
    where = windows.where
    entries = [
        entry
        for name in sorted(names_in(where.expression))
        for entry in _entries(where.book, name, where.region, (spell, known))
    ]
    lead, tail = where.around.lead, where.around.tail
    return SeasonReckoning(
        due_on=spell.due_on,
        start=spell.start,
        end=spell.end,
        window=_plain(where.expression),
        entries=tuple(entries),
        lead=lead.duration if lead else None,
        tail=tail.duration if tail else None,
    )


def _entries(
    book: CalendarBook, name: str, region: str, of: tuple[Spell, Known]
) -> Iterator[WindowEntry]:
    """Yield what the calendar says that meets the window."""
    spell, known = of
    rows = book.entered(name, region, as_of=known.on)
    years = {row.year for row in rows if isinstance(row, Dated)}
    for row in rows:
        for key, span in _spans(row, spell, years):
            if span.start <= spell.end and span.end >= spell.start:
                yield WindowEntry(
                    calendar=name,
                    region=row.region,
                    region_name=known.names.get(row.region, ""),
                    key=key,
                    start=span.start,
                    end=span.end,
                    known_on=row.known_on,
                    festival=name in FESTIVALS and row not in book.dated,
                )


def _spans(row: Dated | Yearly, spell: Spell, years: set[int]) -> Iterator[tuple[str | None, Span]]:
    if isinstance(row, Dated):
        yield row.key, Span(row.start, row.end)
        return
    for year in range(spell.start.year - 1, spell.end.year + 1):
        if year not in years:
            yield None, row.in_year(year)


def _plain(expression: Expression) -> PlainWindow:
    if isinstance(expression, str):
        return expression
    word = "all" if isinstance(expression, AllOf) else "any"
    return {word: [_plain(part) for part in expression.parts]}


def _period(periods: Periods, spell: Spell) -> PeriodReckoning:
    round_, due_in = Round(spell.start, spell.end), periods.due_in
    return PeriodReckoning(
        due_on=spell.due_on,
        period=periods.rounds.length,
        start=spell.start,
        end=spell.end,
        number=due_in.number,
        workday=due_in.workday,
        plain=replace(due_in, roll=Roll.NONE).due(round_),
        roll=due_in.roll,
        provisional=due_in.is_provisional(round_),
    )
