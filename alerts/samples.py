"""Made-up notices of each kind, to see and to check templates with: nobody's, anywhere."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from alerts.views import (
    Area,
    Concern,
    Count,
    Day,
    DirectorView,
    GroupView,
    Line,
    OperatorView,
    Relayed,
    SummaryView,
    SupervisorView,
    View,
    Village,
    When,
)

_TODAY = date(2027, 6, 7)
_NUMBERS = tuple(f"{number:02}" for number in range(1, 13))


def samples(says: tuple[str, ...], office: str) -> Mapping[str, View]:
    """Answer a view for each kind of notice, of a director with twelve children.

    `says` are the words that rules may say, the longest first: they stand where work is named.
    """
    first, *others = says or ("走访",)
    second = others[0] if others else first
    village = _village(first, second)
    concerns = (
        Concern("no-recipient", "青山村", "儿童主任", "", 0),
        Concern("not-reached", "青山村", "", "青山-03", 0),
    )
    counts = (Count(first, 8, 2), Count(second, 5, 0))
    areas = tuple(Area(name, counts, 13, 2) for name in ("临河镇", "柳沟镇", "石桥乡"))
    return {
        "director": _director(office, village),
        "supervisor": _supervisor(office, village, concerns),
        "summary": SummaryView(
            office, _day(), urgent=False, may_repeat=False, areas=areas, due=39, overdue=6,
            concerns=concerns[:1],
        ),
        "operator": OperatorView(office, _day(), 120, 3, 2, 1, concerns),
        "group": GroupView(
            office, "临河镇", _day(), urgent=False, may_repeat=False, counts=counts, due=13,
            overdue=2,
        ),
    }  # fmt: skip


def urgent(view: View) -> View:
    """Answer the same notice as one that cannot wait."""
    return view if isinstance(view, OperatorView) else replace(view, urgent=True)


def _village(first: str, second: str) -> Village:
    lines = (
        _line(_NUMBERS[7:8], first, "over", days=3),
        _line(_NUMBERS[:3], second, "today"),
        _line(_NUMBERS[3:7], first, "before", due=date(2027, 6, 9)),
        _line(_NUMBERS[8:], second, "before", due=date(2027, 6, 11)),
    )
    return Village("青山村", lines, len(_NUMBERS))


def _director(office: str, village: Village) -> DirectorView:
    return DirectorView(
        office=office,
        reports_to="儿童督导员",
        today=_day(),
        urgent=False,
        may_repeat=False,
        villages=(village,),
        total=village.total,
        older=2,
        concerns=(),
    )


def _supervisor(office: str, village: Village, concerns: tuple[Concern, ...]) -> SupervisorView:
    pressed = Village("柳沟村", village.lines[:1], 1)
    return SupervisorView(
        office=office,
        today=_day(),
        urgent=False,
        may_repeat=False,
        places=("临河镇",),
        relayed=(Relayed("儿童主任", ("青山村",), "", (village,), village.total, 1),),
        escalated=(pressed,),
        uncovered=(Village("石桥村", village.lines[2:3], 4),),
        relayed_total=village.total,
        escalated_total=1,
        uncovered_total=4,
        older=3,
        concerns=concerns,
        form_rows=17,
    )


def _line(
    numbers: tuple[str, ...], act: str, when: When, *, days: int = 0, due: date = _TODAY
) -> Line:
    return Line(numbers, (act,), when, days, Day.of(due, _TODAY), not_reached=False)


def _day() -> Day:
    return Day.of(_TODAY, _TODAY)
