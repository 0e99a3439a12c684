"""What an SMS of a notice may say, and in which order its list is cut. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from alerts.views import (
    Area,
    Concern,
    Day,
    DirectorView,
    GroupView,
    Line,
    OperatorView,
    ShortView,
    SummaryView,
    SupervisorView,
    View,
    Village,
)
from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Things:
    """What a list holds: lines of villages, else divisions, else matters. Its length counts them."""

    villages: tuple[Village, ...] = ()
    areas: tuple[Area, ...] = ()
    concerns: tuple[Concern, ...] = ()
    dated: bool = True

    def __len__(self) -> int:
        if self.villages:
            return sum(_size(line) for village in self.villages for line in village.lines)
        return len(self.areas or self.concerns)

    def first(self, count: int) -> "Things":
        """Answer the first so many."""
        if self.villages:
            return Things(villages=_first_numbers(self.villages, count), dated=self.dated)
        if self.areas:
            return Things(areas=self.areas[:count], dated=self.dated)
        return Things(concerns=self.concerns[:count], dated=self.dated)

    def undated(self) -> "Things":
        """Answer the same without dates: entries with the same to be done stand together."""
        merged = tuple(
            Village(village.name, _merged(village.lines), village.total)
            for village in self.villages
        )
        return replace(self, villages=merged, dated=False)

    def most_pressing(self) -> Line | None:
        """Answer the line that cannot wait longest."""
        lines = [line for village in self.villages for line in village.lines]
        return min(lines, key=_pressure, default=None)


@dataclass(frozen=True, slots=True)
class Gist:
    """A notice without its list, and what the list holds. `is_named`: villages are told apart."""

    view: ShortView
    things: Things
    is_named: bool


def gist_of(view: View, first: str = "") -> Gist:
    """Answer what an SMS of a notice's view says; `first` stands before everything."""
    match view:
        case DirectorView():
            return _director(view, first)
        case SupervisorView():
            return _supervisor(view, first)
        case SummaryView():
            return _summary(view, first)
        case OperatorView():
            return _operator(view)
        case GroupView():
            return _group(view, first)


def _director(view: DirectorView, first: str) -> Gist:
    things = _things(view.villages, view.areas, view.concerns)
    blank = _blank(view, first, _places(view.villages, view.areas))
    return Gist(
        replace(
            blank,
            reports_to=view.reports_to,
            total=view.total,
            overdue=_overdue(view.villages),
            older=view.older,
            concerns=len(view.concerns),
        ),
        things,
        blank.villages > 1,
    )


def _supervisor(view: SupervisorView, first: str) -> Gist:
    passed_on = [village for person in view.relayed for village in person.villages]
    villages = (*passed_on, *view.asked, *view.escalated, *view.uncovered)
    total = view.relayed_total + view.asked_total + view.escalated_total + view.uncovered_total
    places = view.places or _places(villages, view.areas)
    return Gist(
        replace(
            _blank(view, first, places),
            villages=len(villages or view.areas),
            total=total,
            overdue=_overdue(villages),
            older=view.older,
            relayed=len(view.relayed),
            escalated=view.escalated_total,
            uncovered=view.uncovered_total,
            asked=view.asked_total,
            concerns=len(view.concerns),
        ),
        _things(villages, view.areas, view.concerns),
        is_named=True,
    )


def _summary(view: SummaryView, first: str) -> Gist:
    blank = _blank(view, first, tuple(area.name for area in view.areas))
    counted = replace(blank, total=view.due, overdue=view.overdue, concerns=len(view.concerns))
    return Gist(counted, _things((), view.areas, view.concerns), is_named=True)


def _operator(view: OperatorView) -> Gist:
    counted = replace(
        _BLANK,
        office=view.office,
        today=view.today,
        concerns=len(view.concerns),
        sent=view.sent,
        failed=view.failed,
        waiting=view.waiting,
        held=view.held,
    )
    return Gist(counted, Things(concerns=view.concerns), is_named=True)


def _group(view: GroupView, first: str) -> Gist:
    by_act = tuple(Area(view.place, (count,), count.due, count.overdue) for count in view.counts)
    counted = replace(_blank(view, first, (view.place,)), total=view.due, overdue=view.overdue)
    return Gist(counted, Things(areas=by_act), is_named=False)


def _blank(
    view: DirectorView | SupervisorView | SummaryView | GroupView,
    first: str,
    places: Sequence[str],
) -> ShortView:
    return replace(
        _BLANK,
        office=view.office,
        today=view.today,
        urgent=view.urgent,
        may_repeat=view.may_repeat,
        first=first,
        village=places[0] if places else "",
        villages=len(places),
    )


def _things(
    villages: Sequence[Village], areas: Sequence[Area], concerns: Sequence[Concern]
) -> Things:
    return Things(tuple(villages), tuple(areas), tuple(concerns))


def _places(villages: Sequence[Village], areas: Sequence[Area]) -> tuple[str, ...]:
    found = [village.name for village in villages] or [area.name for area in areas]
    return tuple(dict.fromkeys(found))


def _overdue(villages: Sequence[Village]) -> int:
    lines = [line for village in villages for line in village.lines]
    return sum(_size(line) for line in lines if line.when == "over")


def _size(line: Line) -> int:
    """Count what a line says: a village's whole, or a division's own matter, is one thing."""
    return 1 if line.everyone else max(1, len(line.numbers))


def _first_numbers(villages: Sequence[Village], count: int) -> tuple[Village, ...]:
    kept = []
    for village in villages:
        lines = []
        for line in village.lines:
            if count > 0:
                lines.append(line if line.everyone else replace(line, numbers=line.numbers[:count]))
            count -= _size(line)
        if lines:
            kept.append(Village(village.name, tuple(lines), village.total))
    return tuple(kept)


def _merged(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Put lines of the same acts together where the first of them stands, its numbers first."""
    by_acts: dict[tuple[object, ...], Line] = {}
    for line in lines:
        # A whole village, and a division's own matter, stay lines of their own.
        key = (line.acts, line.everyone, bool(line.numbers))
        known = by_acts.get(key)
        numbers = dict.fromkeys((*(known.numbers if known else ()), *line.numbers))
        by_acts[key] = replace(known or line, numbers=tuple(numbers))
    return tuple(by_acts.values())


_RANKS = ("over", "never", "today", "tomorrow", "before", "until", "from", "on")


def _pressure(line: Line) -> tuple[int, int, str]:
    return _RANKS.index(line.when), -line.days, line.due.iso


_BLANK = ShortView(
    office="",
    reports_to="",
    today=Day(1, 1, 1, "", other_year=False),
    urgent=False,
    may_repeat=False,
    brief=False,
    dated=True,
    first="",
    village="",
    villages=0,
    list="",
    due="",
    total=0,
    overdue=0,
    older=0,
    relayed=0,
    escalated=0,
    uncovered=0,
    asked=0,
    concerns=0,
    sent=0,
    failed=0,
    waiting=0,
    held=0,
)
