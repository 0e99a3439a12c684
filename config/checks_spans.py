"""Checks on the length of spans that deadlines are counted in."""

from config.durations import Duration
from config.findings import Finding, Findings
from config.language import catalogue
from config.shape import Loc
from config.spans import SHORT

_ = catalogue("config")


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
