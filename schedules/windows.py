"""Windows of dates by name: what a window expression means in a region, and since when one knows.

An expression is a calendar's name, all of several, or any of several. Its windows are named
`summer-flood:2027` by the year they start in; the name stays when a window is extended, started
early or moved by what is entered later.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from config import windows as written
from config.lean import dataclass
from schedules.calendar_books import CalendarBook
from schedules.errors import WindowInvalid
from schedules.periods import Period
from schedules.spans import Span, in_all, in_any, without_dominated

# How far around the days asked about is looked: windows may cross the new year, and their key may
# name another year than they start in.
_AROUND = 2


@dataclass(frozen=True, slots=True)
class AllOf:
    """The days that lie in each of the parts."""

    parts: "tuple[Expression, ...]"

    def __str__(self) -> str:
        return f"all({', '.join(sorted(map(str, self.parts)))})"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The days that lie in one of the parts."""

    parts: "tuple[Expression, ...]"

    def __str__(self) -> str:
        return f"any({', '.join(sorted(map(str, self.parts)))})"


Expression = str | AllOf | AnyOf
"""Its `str` is one text for every order of parts."""

Plain = str | Mapping[str, "Sequence[Plain]"]
"""An expression as YAML holds it: `flood`, `{all: [flood, summer-holiday]}`."""


@dataclass(frozen=True, slots=True)
class Around:
    """How much earlier a window begins for a rule (`lead`) and how much later it ends (`tail`)."""

    lead: Period | None = None
    tail: Period | None = None

    def widened(self, span: Span) -> Span:
        """Answer the window with lead and tail."""
        return Span(
            self.lead.before(span.start) if self.lead else span.start,
            self.tail.after(span.end) if self.tail else span.end,
        )


@dataclass(frozen=True, slots=True)
class Where:
    """Which expression is meant, in whose calendars and for which region (a division code)."""

    book: CalendarBook
    expression: Expression
    region: str
    around: Around = Around()


@dataclass(frozen=True, slots=True)
class Instance:
    """One window, lead and tail included, under a name that lasts.

    `known_on` is the day it was first entered and `changed_on` the day its dates were last changed
    by a later entry; None: as always known.
    """

    key: str
    start: date
    end: date
    known_on: date | None = None
    changed_on: date | None = None


def expression_of(plain: Plain | written.Window) -> Expression:
    """Read an expression, as the configuration has it or as plain JSON.

    Raises:
        WindowInvalid: it is neither a name nor one of `all` and `any` over at least one part.
    """
    if isinstance(plain, str):
        return plain
    if isinstance(plain, written.AllOf | written.AnyOf):
        return expression_of(plain.model_dump(by_alias=True))
    if len(plain) == 1:
        ((word, parts),) = plain.items()
        if word in ("all", "any") and not isinstance(parts, str) and parts:
            read = tuple(expression_of(part) for part in parts)
            return AllOf(read) if word == "all" else AnyOf(read)
    raise WindowInvalid


def names_in(expression: Expression) -> frozenset[str]:
    """Answer the calendars an expression names."""
    if isinstance(expression, str):
        return frozenset({expression})
    return frozenset(name for part in expression.parts for name in names_in(part))


def instances(where: Where, name: str, *, first: date, last: date) -> tuple[Instance, ...]:
    """Answer the windows that share a day with `first` to `last`, in order of their start.

    `name` begins their keys: the rule's name, or the expression's text. A second window of one
    start year is `name:2027:2`.
    """
    live: list[tuple[Span, Instance]] = []
    for entered, spans in _stages(where, first, last):
        live = _renamed(live, spans, name=name, entered=entered)
    widened = [(where.around.widened(span), instance) for span, instance in live]
    asked = Span(first, last)
    return tuple(
        replace(instance, start=span.start, end=span.end)
        for span, instance in widened
        if span.meets(asked)
    )


def known_windows(where: Where, *, first: date, last: date) -> tuple[Span, ...]:
    """Answer the windows as intervals may count in them: none begins before it was known.

    What was extended or started early is there twice: as it was known, and as it is, from the day
    of the change. What was taken back or cut short counts no more than what is left of it.
    """
    live: list[Span] = []
    for entered, spans in _stages(where, first, last):
        widened = [where.around.widened(span) for span in spans]
        known = [span for span in widened if entered is None or span.end >= entered]
        starts = [max(span.start, entered or span.start) for span in known]
        live = without_dominated(
            [
                *(old.shared(span) for old in live for span in widened if old.meets(span)),
                *(replace(span, start=start) for span, start in zip(known, starts, strict=True)),
            ]
        )
    asked = Span(first, last)
    return tuple(span for span in live if span.meets(asked))


def _stages(where: Where, first: date, last: date) -> Iterator[tuple[date | None, list[Span]]]:
    """Yield what the expression meant at first, and after each day something was entered."""
    low, high = max(first.year - _AROUND, 1), min(last.year + _AROUND, date.max.year - 1)
    years = range(low, high + 1)
    days = where.book.known_dates(names_in(where.expression), where.region)
    for entered in (None, *days):
        as_of = entered or date.min
        yield entered, _meaning(where.expression, where, years=years, as_of=as_of)


def _meaning(expression: Expression, where: Where, *, years: range, as_of: date) -> list[Span]:
    if isinstance(expression, str):
        return where.book.windows(expression, where.region, years, as_of=as_of)
    parts = [_meaning(part, where, years=years, as_of=as_of) for part in expression.parts]
    return in_all(parts) if isinstance(expression, AllOf) else in_any(parts)


def _renamed(
    live: Sequence[tuple[Span, Instance]], spans: Iterable[Span], *, name: str, entered: date | None
) -> list[tuple[Span, Instance]]:
    """Give each window the name of the one it was before, or else a free one."""
    left = list(live)
    found: list[tuple[Span, Instance | None]] = []
    for span in sorted(spans):
        before = next((one for one in left if one[0].meets(span)), None)
        if before is not None:
            left.remove(before)
        found.append((span, _moved(before, span, entered)))
    taken = {instance.key for _, instance in found if instance}
    return [
        (span, instance or _named(span, taken, name=name, entered=entered))
        for span, instance in found
    ]


def _moved(
    before: tuple[Span, Instance] | None, span: Span, entered: date | None
) -> Instance | None:
    if before is None or before[0] == span:
        return before and before[1]
    return replace(before[1], changed_on=entered)


def _named(span: Span, taken: set[str], *, name: str, entered: date | None) -> Instance:
    key, number = f"{name}:{span.start.year}", 1
    while key in taken:
        number += 1
        key = f"{name}:{span.start.year}:{number}"
    taken.add(key)
    return Instance(key, span.start, span.end, known_on=entered)
