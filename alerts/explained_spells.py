"""Windows of a season and periods of the calendar, in sentences."""

from collections.abc import Iterator

from alerts.explain_reckonings import (
    MissingWindow,
    PeriodReckoning,
    SeasonReckoning,
    WindowEntry,
)
from alerts.wording import day_text, span_text
from config.language import catalogue
from config.windows import PlainWindow
from schedules.rounds import Length

_ = catalogue("alerts")


def window_text(window: PlainWindow) -> str:
    """Answer a window as a rule writes it: a calendar's name, or several."""
    if isinstance(window, str):
        return window
    ((word, parts),) = window.items()
    said = (window_text(part) for part in parts)
    return (_(" and ") if word == "all" else _(" or ")).join(said)


def season_lines(reckoning: SeasonReckoning, *, informs: bool) -> Iterator[str]:
    """Yield which window it is, where it comes from, and by when something is to be done."""
    said = {
        "window": window_text(reckoning.window),
        "start": day_text(reckoning.start),
        "end": day_text(reckoning.end),
    }
    yield _season(reckoning.window) % said
    yield from (f"  {_entry(entry)}" for entry in reckoning.entries)
    if reckoning.lead is not None:
        lead = {"span": span_text(reckoning.lead)}
        yield _("For this rule it begins %(span)s earlier than there.") % lead
    if reckoning.tail is not None:
        tail = {"span": span_text(reckoning.tail)}
        yield _("For this rule it ends %(span)s later than there.") % tail
    if not informs:
        yield _("Due at its end, on %(day)s.") % {"day": day_text(reckoning.due_on)}


def _season(window: PlainWindow) -> str:
    if isinstance(window, str):
        return _("It applies in the season %(window)s, from %(start)s to %(end)s.")
    if "all" in window:
        return _("It applies on the days that lie in all of %(window)s: from %(start)s to %(end)s.")
    return _("It applies on the days that lie in any of %(window)s: from %(start)s to %(end)s.")


def _entry(entry: WindowEntry) -> str:
    said = {
        "calendar": entry.calendar,
        "start": day_text(entry.start),
        "end": day_text(entry.end),
        "place": _place(entry.region, entry.region_name),
        "known": day_text(entry.known_on) if entry.known_on else "",
    }
    if entry.festival:
        return _("%(calendar)s: %(start)s, a festival.") % said
    if entry.known_on is not None:
        text = _("%(calendar)s: %(start)s to %(end)s, for %(place)s; imported on %(known)s.")
    elif entry.key is None:
        text = _("%(calendar)s: %(start)s to %(end)s, for %(place)s; the same every year.")
    else:
        text = _("%(calendar)s: %(start)s to %(end)s, for %(place)s; from the configuration.")
    return text % said


def _place(region: str, name: str) -> str:
    if not region:
        return _("every division")
    return f"{name} {region}" if name else region


def missing_line(missing: MissingWindow) -> str:
    """Answer that a window was not entered, and since when somebody is told so."""
    said = {
        "calendar": missing.calendar,
        "year": missing.year,
        "place": _place(missing.region, missing.region_name),
        "day": day_text(missing.tell_from) if missing.tell_from else "",
    }
    if missing.tell_from is None:
        return _("Calendar %(calendar)s, %(year)s, for %(place)s: not configured.") % said
    text = _(
        "Calendar %(calendar)s, %(year)s, for %(place)s: not configured; this is told from %(day)s."
    )
    return text % said


def period_lines(reckoning: PeriodReckoning) -> Iterator[str]:
    """Yield which month, quarter … it is, and its due day."""
    yield _("Owed once in each %(period)s; this one is %(start)s to %(end)s.") % {
        "period": period_text(reckoning.period),
        "start": day_text(reckoning.start),
        "end": day_text(reckoning.end),
    }
    said = {
        "which": _day_text(reckoning),
        "plain": day_text(reckoning.plain),
        "due": day_text(reckoning.due_on),
    }
    if reckoning.due_on == reckoning.plain:
        text = _("Due on its %(which)s, %(due)s.")
    elif reckoning.due_on < reckoning.plain:
        text = _(
            "Its %(which)s, %(plain)s, is a day of rest; the workday before it counts: due on %(due)s."
        )
    else:
        text = _(
            "Its %(which)s, %(plain)s, is a day of rest; the workday after it counts: due on %(due)s."
        )
    yield text % said


def _day_text(reckoning: PeriodReckoning) -> str:
    if reckoning.number is None:
        return _("last working day") if reckoning.workday else _("last day")
    number = {"n": reckoning.number}
    return _("working day %(n)d") % number if reckoning.workday else _("day %(n)d") % number


def period_text(period: Length) -> str:
    """Answer what a period is called."""
    return {
        Length.MONTH: _("month"),
        Length.QUARTER: _("quarter"),
        Length.HALF_YEAR: _("half-year"),
        Length.YEAR: _("year"),
        Length.TERM: _("term"),
    }[period]
