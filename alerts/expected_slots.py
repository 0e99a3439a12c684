"""In which slot a step goes out: the windows of a slot without the database. Pure.

`alerts.digest` opens the same windows; `alerts.waiting` asks the database for what is in them.
"""

from datetime import date

from alerts.timetable import Timetable
from alerts.windows import Window
from config.lean import dataclass
from schedules.calendars import shifted_days

_LONGEST_LEAD = 60
"""Days before a step's date at which no slot takes it: two slots are never so far apart."""

_MOST_SLOTS = 200


@dataclass(frozen=True, slots=True)
class Dated:
    """A step as far as slots care."""

    on_date: date
    after_due: bool


def window_of(timetable: Timetable, asked: str, *, through: str, slot_day: date) -> Window:
    """Answer what a slot of `through` takes of what `asked` is to be told."""
    day = timetable.early_slot(asked, through=through, slot_day=slot_day)
    return Window(asked, slot_day, day, timetable.horizon(asked, day))


def takes(window: Window, step: Dated) -> bool:
    """Say whether a step lies in a window (`alerts.waiting` says the same in SQL)."""
    if step.on_date <= window.day:
        return True
    return not step.after_due and step.on_date <= window.horizon


def first_slot(
    timetable: Timetable, asked: str, step: Dated, *, through: str, not_before: date
) -> date | None:
    """Answer the first slot of `through`, not before a day, in which `asked` is told of a step."""
    plan = timetable.plans[through]
    slot = plan.on_or_after(max(not_before, shifted_days(step.on_date, -_LONGEST_LEAD)))
    for _ in range(_MOST_SLOTS):
        if takes(window_of(timetable, asked, through=through, slot_day=slot), step):
            return slot
        slot = plan.next_after(slot)
    return None
