"""Days, spans, states and conditions in the reader's language, for all that the office reads."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts.directory import OPERATOR
from alerts.open_items import Standing
from alerts.states import Closed, NoticeState, Outcome
from channels.protocol import FailureReason
from config.durations import Duration, Unit
from config.language import catalogue, current_language
from config.model import Role

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
    one, many = _spans()[span.unit]
    return one if amount == 1 else many % {"n": amount}


def _spans() -> Mapping[Unit, tuple[str, str]]:
    return {
        Unit.MINUTES: (_("1 minute"), _("%(n)d minutes")),
        Unit.HOURS: (_("1 hour"), _("%(n)d hours")),
        Unit.DAYS: (_("1 day"), _("%(n)d days")),
        Unit.WORKDAYS: (_("1 working day"), _("%(n)d working days")),
        Unit.WEEKS: (_("1 week"), _("%(n)d weeks")),
        Unit.MONTHS: (_("1 month"), _("%(n)d months")),
        Unit.YEARS: (_("1 year"), _("%(n)d years")),
    }


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


def role_text(roles: Mapping[str, Role], role: str) -> str:
    """Answer what a role is called; one that is configured no more goes by its name."""
    if role in roles:
        return roles[role].title
    return _("the operator") if role == OPERATOR else role


def reason_text(reason: str) -> str:
    """Answer why a message or a telling stands as it does; a word of a newer version as it is."""
    return {
        FailureReason.ADDRESS_REFUSED: _("the address is refused"),
        FailureReason.CONTENT_REFUSED: _("the content is refused"),
        FailureReason.SENDER_REFUSED: _("the sender is refused"),
        FailureReason.AUTHENTICATION: _("user name or password is wrong"),
        FailureReason.RATE_LIMITED: _("too many at once; try again later"),
        FailureReason.TEMPORARY: _("not now; try again later"),
        FailureReason.UNREACHABLE: _("it cannot be reached; check host, port and network"),
        FailureReason.FORBIDDEN_ADDRESS: _(
            "it leads into an inner network; if that is meant, name it under `allow_private`"
        ),
        FailureReason.TLS: _("the connection cannot be secured; check `security` and certificates"),
        FailureReason.NO_ANSWER: _("it does not answer"),
        FailureReason.UNREADABLE_ANSWER: _("its answer makes no sense"),
        FailureReason.MISCONFIGURED: _("its settings do not fit"),
        "template": _("its template failed"),
        "crash": _("the program ended before the answer came"),
        "unknown": _("no answer came"),
        "not-delivered": _("it did not reach the reader"),
        "channel-paused": _("its channel lets nothing through"),
        "no-receipt": _("nobody confirmed that it arrived"),
        "backlog": _("too many late ones at once"),
        "late": _("it is late"),
        "operator": _("by the operator's hand"),
        "passed-on": _("somebody else is told instead"),
        "raised-it": _("whoever would be told has raised it"),
        "step-removed": _("the step was taken out of the rule"),
        **{how.value: closed_text(how) for how in Closed},
    }.get(reason, reason)


def notice_text(state: NoticeState) -> str:
    """Answer where a message stands."""
    return {
        NoticeState.PENDING: _("waits to go out"),
        NoticeState.HELD: _("held for an operator to look at"),
        NoticeState.SENDING: _("being sent"),
        NoticeState.UNKNOWN: _("handed over, answer lost"),
        NoticeState.SENT: _("sent"),
        NoticeState.DELIVERED: _("arrived"),
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
        Standing.INFORMS: _("for information"),
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
