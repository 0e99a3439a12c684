"""What evaluation knows and what it answers: plain values between the SQL and the rules."""

from collections.abc import Sequence
from datetime import date

from alerts.effective import Variant
from alerts.moments import Matter, StepTiming
from alerts.states import SATISFIED, Closed
from config.lean import dataclass
from schedules.calendars import WorkCalendar


@dataclass(frozen=True, slots=True)
class Horizon:
    """The day of a pass, and how far ahead of their date steps before the due date are written."""

    today: date
    look_ahead: int
    calendar: WorkCalendar


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step that is to become a row. `skipped` counts the repeats before it that never will."""

    timing: StepTiming
    occurrence: int
    skipped: int
    on_date: date
    after_due: bool


@dataclass(frozen=True, slots=True)
class Course:
    """How a matter stands today. `next_at`: the next day to look at it; None: no step is left."""

    due_on: date
    steps: tuple[DueStep, ...]
    next_at: date | None


@dataclass(frozen=True, slots=True)
class MadeStep:
    """A step row of an open alert. `waiting` is empty once everybody was told, or it ended.

    `is_told`: somebody was told already; who waits still may have been added for its lateness.
    """

    id: str
    key: str
    occurrence: int
    on_date: date
    waiting: tuple[str, ...]
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class KnownAlert:
    """An alert of the entry under the rule, open or closed; `made` only where it is open."""

    id: str
    key: str
    anchor: date | None
    cycle: int
    version: int
    variant: str
    due_on: date
    next_at: date | None
    closed_how: Closed | None
    made: tuple[MadeStep, ...] = ()

    @property
    def is_open(self) -> bool:
        """Say whether it still waits for its record."""
        return self.closed_how is None

    @property
    def is_satisfied(self) -> bool:
        """Say whether it ended as it should and never opens again."""
        return self.closed_how in SATISFIED


@dataclass(frozen=True, slots=True)
class LevelChange:
    """The day on which an entry's level became another; None: it had none."""

    on: date
    was: str | None
    level: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that evaluation knows of one entry under one rule.

    `variant` is None if the rule is not for it (any more); `leaving` then says why. `anchor` is the
    newest date that counts, `recorded_on` the newest day on which an act that counts was written
    down. `first_due` is the day given to it at launch, used while `anchor` is None. `value` is the
    date that a rule on a field or a record counts from. `watch_on` is the day on which it is to be
    judged for its own history's sake; `seat` is its place among its neighbours, where days are suggested.
    """

    entry_id: str
    variant: Variant | None
    anchor: date | None
    first_due: date | None
    known_on: date | None
    leaving: Closed = Closed.NO_LONGER_DUE
    alerts: tuple[KnownAlert, ...] = ()
    recorded_on: date | None = None
    value: date | None = None
    value_month_only: bool = False
    entered_on: date | None = None
    level: str | None = None
    level_changes: tuple[LevelChange, ...] = ()
    watch_on: date | None = None
    seat: int | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A new alert."""

    entry_id: str
    matter: Matter
    cycle: int
    variant: str
    course: Course
    known_on: date | None


@dataclass(frozen=True, slots=True)
class Opening:
    """New alerts of one matter: what all share, their entries, and the cycle of each."""

    matter: Matter
    variant: str
    course: Course
    known_on: date | None
    entry_ids: Sequence[str]
    cycles: Sequence[int]

    @classmethod
    def of(cls, one: Open) -> "Opening":
        """Answer the opening of a single alert."""
        return cls(one.matter, one.variant, one.course, one.known_on, [one.entry_id], [one.cycle])


@dataclass(frozen=True, slots=True)
class Moved:
    """A step row whose date or roles change before it is told; without roles it ends."""

    step_id: str
    was: tuple[str, ...]
    on_date: date
    waiting: tuple[str, ...]
    after_due: bool


@dataclass(frozen=True, slots=True)
class Keep:
    """An open alert that stays: its dates now, steps to add, steps to move."""

    alert: KnownAlert
    variant: str
    course: Course
    moved: tuple[Moved, ...]
    known_on: date | None

    @property
    def changes(self) -> bool:
        """Say whether anything is to be written."""
        now = (self.variant, self.course.due_on, self.course.next_at)
        before = (self.alert.variant, self.alert.due_on, self.alert.next_at)
        return bool(now != before or self.course.steps or self.moved)


@dataclass(frozen=True, slots=True)
class Close:
    """An open alert that ends; `counted_on` is the newer date that settles it."""

    alert: KnownAlert
    entry_id: str
    how: Closed
    counted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """The day on which an entry is to be judged again, because the cut-offs do not know its dates.

    None: they do, or an open alert looks after it.
    """

    entry_id: str
    look_on: date | None


Change = Open | Keep | Close | Watch
