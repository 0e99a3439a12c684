"""When an entry falls due whose level changed: by its own history, not by the rule's alone."""

from datetime import date

from config.durations import Duration
from config.lean import dataclass
from schedules.calendars import WorkCalendar
from schedules.deadlines import Deadline
from schedules.errors import HistoryEmpty
from schedules.periods import Period, shifted


def raised(due_before: date, anchor: date, *, shorter: Deadline, on: date) -> date:
    """Answer the due date after the interval became shorter for one entry on a day.

    The date it had, if sooner; else the shorter interval from that day or the later anchor on.
    """
    return min(due_before, shorter.due(max(anchor, on)))


@dataclass(frozen=True, slots=True)
class LevelChange:
    """What held for one entry from `since` on; None: since it came in.

    `deadline` None is a level without an interval, "not configured". `within` is the time a raised
    level leaves (`on_raise`); None where the level was not raised or the rule grants nothing.
    """

    deadline: Deadline | None
    since: date | None = None
    within: Period | None = None


@dataclass(frozen=True, slots=True)
class LevelHistory:
    """The due date of one entry as a function of its anchor, over the levels it had.

    `changes` are oldest first. It never falls as the anchor rises. An act on the day of a raise
    already answers it.
    """

    changes: tuple[LevelChange, ...]
    calendar: WorkCalendar

    def __post_init__(self) -> None:
        if not self.changes:
            raise HistoryEmpty

    @property
    def is_configured(self) -> bool:
        """Say whether today's level has an interval."""
        return self.changes[-1].deadline is not None

    def due(self, anchor: date) -> date | None:
        """Answer the due date of what was last done on `anchor`; None: not configured.

        A shorter interval counts from the day of its change at the earliest, a longer one simply
        moves the date, and a raise must be answered within its own time.
        """
        due: date | None = None
        for change in self.changes:
            due = _after_change(due, anchor, change)
        return due

    def step_date(self, anchor: date, offset: Duration) -> date | None:
        """Answer the day of a step; None if not configured, or on or before the anchor."""
        due = self.due(anchor)
        if due is None:
            return None
        day = shifted(due, offset, self.calendar)
        return day if day > anchor else None


def _after_change(due: date | None, anchor: date, change: LevelChange) -> date | None:
    deadline, since = change.deadline, change.since
    if deadline is None:
        return None
    new = deadline.due(anchor)
    if since is None:
        return new
    restarted = deadline.due(max(anchor, since))
    if due is not None:
        restarted = max(new, raised(due, anchor, shorter=deadline, on=since))
    if change.within is None or anchor >= since:
        return restarted
    return min(restarted, change.within.after(since))
