"""Days, spans, states and conditions in the reader's language, for all that the office reads."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts.open_items import Standing
from alerts.states import Closed, NoticeState, Outcome
from config.durations import Duration, Unit
from config.groups import (
    AgeRange,
    AssignmentFilter,
    DateRange,
    Filter,
    NumberRange,
    PlaceFilter,
    SetFilter,
)
from config.language import catalogue, current_language

_ = catalogue("alerts")


def day_text(day: date) -> str:
    """Answer a day: `2027-06-07`, 2027年6月7日."""
    if current_language() == "en":
        return day.isoformat()
    return f"{day.year}年{day.month}月{day.day}日"


def month_text(day: date) -> str:
    """Answer the month of a day that is known to the month only."""
    return f"{day:%Y-%m}" if current_language() == "en" else f"{day.year}年{day.month}月"


def instant_text(instant: datetime, zone: ZoneInfo) -> str:
    """Answer an instant by the site's clock, to the minute."""
    local = instant.astimezone(zone)
    return f"{day_text(local.date())} {local:%H:%M}"


def span_text(span: Duration) -> str:
    """Answer a length of time, never negative."""
    amount = abs(span.amount)
    texts: Mapping[Unit, Callable[[], str]] = {
        Unit.MINUTES: lambda: _("%(n)d minutes"),
        Unit.HOURS: lambda: _("%(n)d hours"),
        Unit.DAYS: lambda: _("%(n)d days"),
        Unit.WORKDAYS: lambda: _("%(n)d working days"),
        Unit.WEEKS: lambda: _("%(n)d weeks"),
        Unit.MONTHS: lambda: _("%(n)d months"),
        Unit.YEARS: lambda: _("%(n)d years"),
    }
    return texts[span.unit]() % {"n": amount}


def joined(words: Iterable[str]) -> str:
    """Answer words as a list in a sentence."""
    return _(", ").join(words)


def outcome_text(outcome: Outcome) -> str:
    """Answer what became of a telling, or of a step."""
    return {
        Outcome.PENDING: _("waits to go out"),
        Outcome.HELD: _("held for an operator to look at"),
        Outcome.SENDING: _("being sent"),
        Outcome.UNKNOWN: _("handed over, answer lost"),
        Outcome.SENT: _("sent"),
        Outcome.DELIVERED: _("arrived"),
        Outcome.MERGED: _("said together with a newer reminder"),
        Outcome.RELAYED: _("given to be passed on"),
        Outcome.RESOLVED: _("done before it went out"),
        Outcome.SILENCED: _("not said: reminders were paused"),
        Outcome.SUPPRESSED: _("not said: no longer needed"),
        Outcome.LATE_RECORDED: _("not said: too late, only noted"),
        Outcome.EXPIRED: _("not said: its time ran out"),
        Outcome.FAILED: _("could not be sent"),
        Outcome.NO_RECIPIENT: _("nobody to be told"),
    }[outcome]


def closed_text(how: Closed) -> str:
    """Answer how an alert ended."""
    return {
        Closed.DONE: _("done"),
        Closed.NO_LONGER_DUE: _("no longer due"),
        Closed.ENTRY_LEFT: _("the entry left the ledger"),
        Closed.RULE_REMOVED: _("the rule was removed"),
        Closed.RECORD_VOIDED: _("the record it rested on is void"),
        Closed.AGED_OUT: _("the age of the rule is passed"),
        Closed.EXPIRED: _("information only, and told"),
    }[how]


def notice_text(state: NoticeState) -> str:
    """Answer where a message stands."""
    return {
        NoticeState.PENDING: _("waits to go out"),
        NoticeState.HELD: _("held for an operator to look at"),
        NoticeState.SENDING: _("being sent"),
        NoticeState.UNKNOWN: _("handed over, answer lost"),
        NoticeState.SENT: _("sent"),
        NoticeState.FAILED: _("could not be sent"),
        NoticeState.EMPTY: _("nothing left to say"),
    }[state]


def standing_text(standing: Standing) -> str:
    """Answer how an open item stands."""
    return {
        Standing.OVERDUE: _("overdue"),
        Standing.NEVER: _("never recorded"),
        Standing.TODAY: _("due today"),
        Standing.AHEAD: _("to come"),
    }[standing]


def status_text(status: str) -> str:
    """Answer the status of an entry; a word of the site's own stays as it is."""
    return {
        "active": _("in the ledger"),
        "moved": _("moved away"),
        "closed": _("closed"),
        "died": _("died"),
    }.get(status, status)


def result_text(result: str) -> str:
    """Answer what came of an act; a word of the site's own stays as it is."""
    return {
        "done": _("completed"),
        "not-reached": _("not reached"),
        "moved": _("has moved away"),
        "refused": _("refused"),
    }.get(result, result)


def field_text(field: str) -> str:
    """Answer the name of a plain field."""
    return {
        "ledger": _("ledger"),
        "status": _("status"),
        "population": _("population"),
        "category": _("category"),
        "level": _("level"),
        "grade": _("grade"),
        "sex": _("sex"),
        "triggers": _("circumstances"),
        "age": _("age"),
        "born_on": _("date of birth"),
        "entered_on": _("day of entry"),
        "left_on": _("day of leaving"),
        "lives_in": _("place of living"),
        "registered_in": _("place of registration"),
    }.get(field, field)


def filter_text(field: str, wanted: Filter) -> str:
    """Answer what a condition of a rule asks for."""
    match wanted:
        case str():
            return status_text(wanted) if field == "status" else wanted
        case AssignmentFilter():
            return _("nobody is %(role)s") % {"role": wanted.without}
        case AgeRange():
            bounds = []
            if wanted.at_least is not None:
                bounds.append(_("at least %(age)s") % {"age": _age(wanted.at_least)})
            if wanted.under is not None:
                bounds.append(_("under %(age)s") % {"age": _age(wanted.under)})
            return joined(bounds)
        case DateRange():
            days = [] if wanted.known is None else [_("known") if wanted.known else _("not known")]
            if wanted.since is not None:
                days.append(_("from %(day)s") % {"day": day_text(wanted.since)})
            if wanted.until is not None:
                days.append(_("up to %(day)s") % {"day": day_text(wanted.until)})
            return joined(days)
        case SetFilter() | PlaceFilter() | NumberRange():
            return joined(_texts(wanted))
        case _:
            return _("one of: %(words)s") % {"words": joined(wanted)}


def _age(span: Duration) -> str:
    if span.unit is Unit.YEARS:
        return _("%(n)d years of age") % {"n": span.amount}
    return span_text(span)


def _texts(wanted: SetFilter | PlaceFilter | NumberRange) -> Iterable[str]:
    return _number_texts(wanted) if isinstance(wanted, NumberRange) else _set_texts(wanted)


def _number_texts(wanted: NumberRange) -> Iterable[str]:
    if wanted.at_least is not None:
        yield _("%(number)s or more") % {"number": wanted.at_least}
    if wanted.under is not None:
        yield _("less than %(number)s") % {"number": wanted.under}


def _set_texts(wanted: SetFilter | PlaceFilter) -> Iterable[str]:
    if isinstance(wanted, PlaceFilter):
        yield _("tagged: %(words)s") % {"words": joined(wanted.tagged)}
    if wanted.any_of is not None:
        yield _("one of: %(words)s") % {"words": joined(wanted.any_of)}
    if isinstance(wanted, SetFilter) and wanted.all_of is not None:
        yield _("all of: %(words)s") % {"words": joined(wanted.all_of)}
    if wanted.none_of is not None:
        yield _("none of: %(words)s") % {"words": joined(wanted.none_of)}
