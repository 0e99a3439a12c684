"""How long spans are, roughly: for comparing what was written, never for a deadline."""

from config.durations import Duration, Unit
from config.findings import Finding, Findings
from config.language import catalogue
from config.shape import Loc

_ = catalogue("config")

_DAYS = {
    Unit.MINUTES: 1 / 1440,
    Unit.HOURS: 1 / 24,
    Unit.DAYS: 1.0,
    Unit.WORKDAYS: 1.4,
    Unit.WEEKS: 7.0,
    Unit.MONTHS: 30.44,
    Unit.YEARS: 365.25,
}

SHORT = frozenset({Unit.MINUTES, Unit.HOURS})
"""Units no deadline is counted in."""


def days(span: Duration) -> float:
    """Answer about how many days a span is."""
    return span.amount * _DAYS[span.unit]


def check_interval(span: Duration, loc: Loc) -> Findings:
    """Answer what is wrong with a span of at least a day."""
    if span.unit in SHORT:
        yield Finding(loc, _("a deadline is counted in days or more, not in hours or minutes"))
    elif span.amount < 1:
        yield Finding(loc, _("an interval must be at least one day"))


def check_length(span: Duration | None, loc: Loc) -> Findings:
    """Answer what is wrong with a span of days that may be nothing but not negative."""
    if span is None:
        return
    if span.unit in SHORT:
        yield Finding(loc, _("a deadline is counted in days or more, not in hours or minutes"))
    elif span.amount < 0:
        yield Finding(loc, _("a span of time cannot be negative here"))
