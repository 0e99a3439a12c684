"""Everything a notice's templates may use: these fields and no others (DESIGN.md 6).

All of it is of class `public`: village numbers, villages, counts, dates, the rules' `say` words.
No field here may ever hold a child's name, a label, a school or an illness.
"""

from datetime import date
from typing import Literal

from config.lean import dataclass

When = Literal["today", "tomorrow", "before", "over", "never", "from", "until", "on"]
"""How a date stands on the day of sending; `never`: nothing was ever recorded, and it is past.

The last three are of what only informs: a window that begins, one that ends, and a day.
"""


@dataclass(frozen=True, slots=True)
class Day:
    """A date in parts. `other_year`: it is not in the year of sending, so the year must be said."""

    year: int
    month: int
    day: int
    iso: str
    other_year: bool

    @classmethod
    def of(cls, day: date, today: date) -> "Day":
        """Take a date apart."""
        return cls(day.year, day.month, day.day, day.isoformat(), day.year != today.year)


@dataclass(frozen=True, slots=True)
class Line:
    """Entries of one village for which the same is due at the same time.

    `days` is how many days it is past due. `not_reached`: the last try found nobody. `everyone`:
    it concerns all of the village, so that no numbers need be read. Without numbers it is about the
    division itself. `suggested`: the day to do it on, if one is suggested.
    """

    numbers: tuple[str, ...]
    acts: tuple[str, ...]
    when: When
    days: int
    due: Day
    not_reached: bool
    everyone: bool = False
    suggested: tuple[Day, ...] = ()


@dataclass(frozen=True, slots=True)
class Village:
    """A village and what is due there, the most pressing first, then what only informs.

    `total` counts entries with something to do.
    """

    name: str
    lines: tuple[Line, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Concern:
    """A matter to be mended. `place` is a region's name, `title` a role's, `number` an entry's."""

    kind: str
    place: str
    title: str
    number: str
    count: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many items of one kind: all, and those past due among them.

    `informs`: it is only told, and counts into no sum.
    """

    act: str
    due: int
    overdue: int
    informs: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """One township (or the next division below the reader's own) in figures."""

    name: str
    counts: tuple[Count, ...]
    due: int
    overdue: int


@dataclass(frozen=True, slots=True)
class DirectorView:
    """A village's message. `older` counts open items told before and not listed again.

    `reports_to` is the title of the role above, to whom done work is reported. `areas` is what is
    told in figures only.
    """

    office: str
    reports_to: str
    today: Day
    urgent: bool
    may_repeat: bool
    villages: tuple[Village, ...]
    total: int
    older: int
    concerns: tuple[Concern, ...]
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Relayed:
    """What one person without an address is to be told, ready to pass on."""

    title: str
    places: tuple[str, ...]
    handle: str  # only where the places do not tell two persons apart, else empty
    villages: tuple[Village, ...]
    total: int
    older: int


@dataclass(frozen=True, slots=True)
class SupervisorView:
    """A township's message: texts to pass on, what to press for, what has nobody to do it.

    `form_rows` counts the lines of the attached form; 0 means none is attached. `asked` is what the
    reader has to do or know themselves, `areas` what is told in figures only.
    """

    office: str
    today: Day
    urgent: bool
    may_repeat: bool
    places: tuple[str, ...]
    relayed: tuple[Relayed, ...]
    escalated: tuple[Village, ...]
    uncovered: tuple[Village, ...]
    relayed_total: int
    escalated_total: int
    uncovered_total: int
    older: int
    concerns: tuple[Concern, ...]
    form_rows: int
    asked: tuple[Village, ...] = ()
    asked_total: int = 0
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class SummaryView:
    """A county's message: figures per township, no single entry."""

    office: str
    today: Day
    urgent: bool
    may_repeat: bool
    areas: tuple[Area, ...]
    due: int
    overdue: int
    concerns: tuple[Concern, ...]


@dataclass(frozen=True, slots=True)
class OperatorView:
    """The daily sign of life: what delivery did since yesterday, and what is the matter."""

    office: str
    today: Day
    sent: int
    waiting: int
    held: int
    failed: int
    concerns: tuple[Concern, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """What a group of people reads together: totals of one place, no village and no number."""

    office: str
    place: str
    today: Day
    urgent: bool
    may_repeat: bool
    counts: tuple[Count, ...]
    due: int
    overdue: int


@dataclass(frozen=True, slots=True)
class ListView:
    """What `_list.txt` puts into one line: entries of villages, or divisions, or matters.

    `dated`: each with its date. `named`: villages are named, for there are several. `total` counts
    all there are; `cut`: some of them found no room and are left out.
    """

    villages: tuple[Village, ...]
    areas: tuple[Area, ...]
    concerns: tuple[Concern, ...]
    dated: bool
    named: bool
    total: int
    cut: bool


@dataclass(frozen=True, slots=True)
class DueView:
    """What `_due.txt` says of the most pressing line."""

    line: Line


@dataclass(frozen=True, slots=True)
class ShortView:
    """What an SMS may say, of whatever kind of notice. `list` is cut to what there is room for.

    `brief`: there is little room, so leave out what only helps. `dated`: `list` says all dates;
    else `due` says how the most pressing one stands. `village` is the first village or place of
    `villages`. `total` counts what is to be done, `overdue` what of it is past; `relayed` are
    persons to pass on to; `escalated`, `uncovered` and `asked` count as in `SupervisorView`.
    `concerns` counts matters. `first` is a line that stands before everything.
    """

    office: str
    reports_to: str
    today: Day
    urgent: bool
    may_repeat: bool
    brief: bool
    dated: bool
    first: str
    village: str
    villages: int
    list: str
    due: str
    total: int
    overdue: int
    older: int
    relayed: int
    escalated: int
    uncovered: int
    asked: int
    concerns: int
    sent: int
    failed: int
    waiting: int
    held: int


View = DirectorView | SupervisorView | SummaryView | OperatorView | GroupView

KINDS: dict[str, type[View]] = {
    "director": DirectorView,
    "supervisor": SupervisorView,
    "summary": SummaryView,
    "operator": OperatorView,
    "group": GroupView,
}
"""The kinds of notice, each a folder of templates, and what its templates may use."""

PIECES: dict[str, type[ListView | DueView]] = {"_list.txt": ListView, "_due.txt": DueView}
"""Parts that are put into words by themselves, for SMS."""
