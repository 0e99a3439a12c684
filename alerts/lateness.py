"""How late a step is told, and what follows: pure.

Lateness counts from the slot in which the step should have gone out, which is the first one after
it could be known and was not deferred. So it bites only when the engine was stopped or held.
"""

from datetime import date
from enum import Enum, auto

from config.common_rule import Late
from config.lean import dataclass
from schedules.calendars import WorkCalendar, shifted_days
from schedules.periods import shifted
from schedules.slots import SlotPlan


@dataclass(frozen=True, slots=True)
class Timing:
    """When a step was to be told. `deferred_to`: the last day it was silenced or acknowledged."""

    on_date: date
    known_on: date
    after_due: bool
    deferred_to: date | None = None


class Lateness(Enum):
    """What to do with a step at its slot."""

    ORDINARY = auto()
    LATE = auto()  # still sent as usual, but counts as backlog
    RECORD = auto()  # too late: only recorded
    ESCALATE = auto()  # too late: sent, and the next rung is told too


def proper_slot(timing: Timing, plan: SlotPlan) -> date:
    """Answer the first slot in which a step could have been told."""
    ready = timing.known_on
    if timing.deferred_to is not None:
        ready = max(ready, shifted_days(timing.deferred_to, 1))
    due = plan.on_or_after if timing.after_due else plan.last_slot_for
    return max(due(timing.on_date), plan.on_or_after(ready))


def judge(proper: date, slot_day: date, late: Late, calendar: WorkCalendar) -> Lateness:
    """Compare the slot a step should have had with the one it has, under a rule's policy."""
    if slot_day <= proper:
        return Lateness.ORDINARY
    if slot_day <= shifted(proper, late.send_within, calendar):
        return Lateness.LATE
    return Lateness.RECORD if late.then == "record" else Lateness.ESCALATE
