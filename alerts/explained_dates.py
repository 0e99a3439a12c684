"""How a due date comes about, in sentences."""

from collections.abc import Iterator

from alerts.explanation import Reckoning, RecordFacts
from alerts.wording import day_text, month_text, span_text
from config.language import catalogue
from schedules.deadlines import Roll

_ = catalogue("alerts")


def reckoning_lines(reckoning: Reckoning) -> Iterator[str]:
    """Yield the arithmetic of a due date: what it counts from, the interval, rest days, changes."""
    if reckoning.first:
        yield _("No record counts yet, so it is not overdue but never recorded.")
        yield _("First due on %(due)s; first dates are spread over %(span)s.") % {
            "due": day_text(reckoning.due_on),
            "span": span_text(reckoning.interval),
        }
    else:
        yield from _counted(reckoning)
    if reckoning.provisional:
        yield _("The holidays of that year are not known yet: the date may still move.")


def _counted(reckoning: Reckoning) -> Iterator[str]:
    if reckoning.counted_from is None or reckoning.plain is None:
        return
    record = reckoning.record
    if record is None:
        yield _("Counted from %(day)s.") % {"day": day_text(reckoning.counted_from)}
    else:
        said = {"kind": record.kind, "day": _day_of(record)}
        yield _("Last record that counts: %(kind)s on %(day)s.") % said
        if record.month_only:
            first = {"day": day_text(record.happened_on)}
            yield _("Only the month is known; it counts from its first day, %(day)s.") % first
    said = {
        "from": day_text(reckoning.counted_from),
        "span": span_text(reckoning.interval),
        "plain": day_text(reckoning.plain),
        "due": day_text(reckoning.due_on),
    }
    if reckoning.softened_on is not None:
        yield _("%(span)s from %(from)s would be %(plain)s.") % said
        softened = {**said, "day": day_text(reckoning.softened_on)}
        yield (
            _(
                "The interval became shorter on %(day)s; so that nobody is late overnight,"
                " it is due on %(due)s."
            )
            % softened
        )
    elif reckoning.plain == reckoning.due_on:
        yield _("%(span)s from %(from)s: due on %(due)s.") % said
    elif reckoning.due_on < reckoning.plain:
        yield (
            _(
                "%(span)s from %(from)s is %(plain)s, a day of rest; the workday before it counts:"
                " due on %(due)s."
            )
            % said
        )
    elif reckoning.roll is not Roll.NONE:
        yield (
            _(
                "%(span)s from %(from)s is %(plain)s, a day of rest; the workday after it counts:"
                " due on %(due)s."
            )
            % said
        )
    else:
        yield _("%(span)s from %(from)s: due on %(due)s.") % said


def _day_of(record: RecordFacts) -> str:
    return month_text(record.happened_on) if record.month_only else day_text(record.happened_on)
