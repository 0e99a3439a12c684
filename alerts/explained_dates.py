"""How a due date comes about, in sentences."""

from collections.abc import Iterator
from datetime import date

from alerts.explain_reckonings import (
    DateReckoning,
    DutyReckoning,
    LevelFacts,
    LevelMove,
    PeriodReckoning,
    Reckoning,
    RecordFacts,
    SeasonReckoning,
    Shortening,
)
from alerts.explained_alerts import kind_text
from alerts.explained_spells import period_lines, season_lines, window_text
from alerts.timings import Snap
from alerts.wording import day_text, joined, month_text, span_text
from alerts.wording_filters import field_text
from config.language import catalogue
from schedules.deadlines import Roll

_ = catalogue("alerts")


def reckoning_lines(reckoning: Reckoning, *, informs: bool = False) -> Iterator[str]:
    """Yield the arithmetic of a due date; `informs`: nothing is to be recorded, so none is due."""
    match reckoning:
        case DutyReckoning():
            yield from _duty_lines(reckoning)
        case DateReckoning():
            yield from _date_lines(reckoning)
        case SeasonReckoning():
            yield from season_lines(reckoning, informs=informs)
        case PeriodReckoning():
            yield from period_lines(reckoning)
    if not isinstance(reckoning, SeasonReckoning) and reckoning.provisional:
        yield _("The holidays of that year are not known yet: the date may still move.")


def _duty_lines(reckoning: DutyReckoning) -> Iterator[str]:
    if reckoning.first:
        yield _("No record counts yet, so it is not overdue but never recorded.")
        if reckoning.level is None or not reckoning.level.moved:
            yield _("First due on %(due)s; first dates are spread over %(span)s.") % {
                "due": day_text(reckoning.due_on),
                "span": span_text(reckoning.interval),
            }
    else:
        yield from _counted(reckoning)
    if reckoning.level is not None and reckoning.level.moved:
        yield from _moved(reckoning.level)
        yield _due(reckoning.due_on)


def level_lines(level: LevelFacts) -> Iterator[str]:
    """Yield what the rule asks of each level, and of this entry; its level itself stays unsaid."""
    if len(level.intervals) > 0:
        each = joined(f"{title} {span_text(span)}" for title, span in level.intervals)
        if level.holds is None:
            yield _("The interval goes by level: %(each)s. For this level: not configured.") % {
                "each": each
            }
        else:
            said = {"each": each, "span": span_text(level.holds)}
            yield _("The interval goes by level: %(each)s. Here it is %(span)s.") % said


def _counted(reckoning: DutyReckoning) -> Iterator[str]:
    if reckoning.counted_from is None or reckoning.plain is None:
        return
    yield from _from(reckoning.record, reckoning.counted_from)
    said = {
        "from": day_text(reckoning.counted_from),
        "span": span_text(reckoning.interval),
        "plain": day_text(reckoning.plain),
        "due": day_text(reckoning.due_on),
    }
    if reckoning.level is not None and reckoning.level.moved:
        yield _("%(span)s from %(from)s would be %(plain)s.") % said
    elif reckoning.softened_on is not None:
        yield _("%(span)s from %(from)s would be %(plain)s.") % said
        yield _softened(reckoning.softened_on, reckoning.due_on)
    elif reckoning.shortened is not None:
        yield _("%(span)s from %(from)s would be %(plain)s.") % said
        yield from _shortened(reckoning.shortened, reckoning.due_on)
    else:
        yield _ended(said, (reckoning.plain, reckoning.due_on), reckoning.roll)


def _ended(said: dict[str, str], days: tuple[date, date], roll: Roll) -> str:
    plain, due_on = days
    if due_on < plain:
        text = _(
            "%(span)s from %(from)s is %(plain)s, a day of rest; the workday before it counts:"
            " due on %(due)s."
        )
    elif due_on > plain and roll is not Roll.NONE:
        text = _(
            "%(span)s from %(from)s is %(plain)s, a day of rest; the workday after it counts:"
            " due on %(due)s."
        )
    else:
        text = _("%(span)s from %(from)s: due on %(due)s.")
    return text % said


def _softened(since: date, due_on: date) -> str:
    said = {"day": day_text(since), "due": day_text(due_on)}
    return (
        _(
            "The interval became shorter on %(day)s; so that nobody is late overnight,"
            " it is due on %(due)s."
        )
        % said
    )


def _shortened(shortened: Shortening, due_on: date) -> Iterator[str]:
    yield _("From %(start)s to %(end)s (%(windows)s) the interval is only %(span)s.") % {
        "start": day_text(shortened.start),
        "end": day_text(shortened.end),
        "windows": joined(window_text(one) for one in shortened.windows) or "—",
        "span": span_text(shortened.every),
    }
    said = {
        "span": span_text(shortened.every),
        "from": day_text(shortened.counted_from),
        "due": day_text(due_on),
    }
    if due_on == shortened.plain:
        yield _("%(span)s from %(from)s: due on %(due)s.") % said
    else:
        yield _("%(span)s from %(from)s, moved off days of rest: due on %(due)s.") % said


def _moved(level: LevelFacts) -> Iterator[str]:
    for move in level.moves:
        yield _move(move) % {
            "day": day_text(move.on),
            "span": span_text(move.interval) if move.interval else "",
            "within": span_text(move.within) if move.within else "",
        }


def _move(move: LevelMove) -> str:
    if move.interval is None:
        return _("Its level became another on %(day)s, for which no interval is configured.")
    if not move.raised:
        return _("Its level became another on %(day)s; the interval is %(span)s since then.")
    if move.within is None:
        return _(
            "Its level was raised on %(day)s; the interval is %(span)s since then, counted from"
            " that day at the earliest."
        )
    return _(
        "Its level was raised on %(day)s: to be done within %(within)s of that day; the interval is"
        " %(span)s since then."
    )


def _from(record: RecordFacts | None, counted_from: date) -> Iterator[str]:
    if record is None:
        yield _("Counted from %(day)s.") % {"day": day_text(counted_from)}
        return
    said = {"kind": kind_text(record), "day": _day_of(record)}
    yield _("Last record that counts: %(kind)s on %(day)s.") % said
    if record.month_only:
        first = {"day": day_text(record.happened_on)}
        yield _("Only the month is known; it counts from its first day, %(day)s.") % first


def _day_of(record: RecordFacts) -> str:
    return month_text(record.happened_on) if record.month_only else day_text(record.happened_on)


def _date_lines(reckoning: DateReckoning) -> Iterator[str]:
    value = reckoning.value
    if reckoning.field is not None:
        day = month_text(value) if reckoning.month_only else day_text(value)
        field = reckoning.title or field_text(reckoning.field)
        yield _("Counted from a date of the entry: %(field)s, %(day)s.") % {
            "field": field,
            "day": day,
        }
    elif reckoning.record is not None:
        said = {"kind": kind_text(reckoning.record), "day": day_text(value)}
        yield _("Counted from a record: %(kind)s on %(day)s.") % said
    else:
        yield _("Counted from %(day)s.") % {"day": day_text(value)}
    if reckoning.month_only:
        last = {"day": day_text(reckoning.counted_from)}
        yield _("Only the month is known; it counts as its last day, %(day)s.") % last
    if reckoning.plus.amount:
        yield _("%(span)s from then is %(day)s.") % {
            "span": span_text(reckoning.plus),
            "day": day_text(reckoning.plain),
        }
    if reckoning.snap is not Snap.DAY:
        yield _snapped(reckoning) % {"day": day_text(reckoning.snapped)}
    if reckoning.softened_on is not None:
        yield _softened(reckoning.softened_on, reckoning.due_on)
    elif reckoning.due_on < reckoning.snapped:
        yield _("That is a day of rest; the workday before it counts.")
    elif reckoning.due_on > reckoning.snapped:
        yield _("That is a day of rest; the workday after it counts.")
    if reckoning.softened_on is None:
        yield _due(reckoning.due_on)


def _snapped(reckoning: DateReckoning) -> str:
    if reckoning.snap is Snap.MONTH_END:
        return _("The last day of that month counts, %(day)s.")
    return _("The first day of that month counts, %(day)s.")


def _due(due_on: date) -> str:
    return _("Due on %(day)s.") % {"day": day_text(due_on)}
