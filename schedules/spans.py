"""Sets of days as spans: what holds in all of them, in any of them, and which spans say nothing new."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import reduce

from config.lean import dataclass

_DAY = timedelta(days=1)
# A year's calendar has no span longer than this.
_LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The days from `start` to `end`, both included; `end` is never before `start`."""

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def meets(self, other: "Span") -> bool:
        """Say whether a day lies in both."""
        return self.start <= other.end and other.start <= self.end

    def shared(self, other: "Span") -> "Span":
        """Answer the days of both, which must meet."""
        return Span(max(self.start, other.start), min(self.end, other.end))


def in_all(sets: Sequence[Iterable[Span]]) -> list[Span]:
    """Answer the days that lie in each of the sets; windows that only touch stay apart."""
    lists = [list(spans) for spans in sets]
    shared: list[Span] = reduce(_shared, lists)
    return sorted(shared)


def in_any(sets: Iterable[Iterable[Span]]) -> list[Span]:
    """Answer the days that lie in one of the sets, each run of days as one span.

    A run of more than a year, as of windows that follow each other for ever, is cut at each
    1 January: else its start would be that of whatever range one happens to look at.
    """
    runs: list[Span] = []
    for span in sorted(span for spans in sets for span in spans):
        if runs and span.start <= runs[-1].end + _DAY:
            runs[-1] = Span(runs[-1].start, max(runs[-1].end, span.end))
        else:
            runs.append(span)
    return [piece for run in runs for piece in _pieces(run)]


def without_dominated(spans: Iterable[Span]) -> list[Span]:
    """Leave out each span that lies within another."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end.toordinal())):
        if not kept or span.end > kept[-1].end:
            kept.append(span)
    return kept


def _shared(some: list[Span], others: list[Span]) -> list[Span]:
    return [one.shared(other) for one in some for other in others if one.meets(other)]


def _pieces(run: Span) -> list[Span]:
    if run.end - run.start < _LONGEST:
        return [run]
    years = range(run.start.year, run.end.year + 1)
    return [run.shared(Span(date(year, 1, 1), date(year, 12, 31))) for year in years]
