"""How long spans are, roughly: for comparing what was written, never for a deadline."""

from config.durations import Duration, Unit

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
