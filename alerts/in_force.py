"""The rules and the times of sending as they are in force: what explain and plan go by."""

from alerts.effective import EvaluationPlan
from alerts.timetable import Timetable
from config.lean import dataclass
from config.model import Configuration
from schedules.calendars import WorkCalendar


@dataclass(frozen=True, slots=True)
class InForce:
    """One reading of the configuration: `plan` says what is due, `timetable` when it is told."""

    plan: EvaluationPlan
    timetable: Timetable

    @property
    def configuration(self) -> Configuration:
        """Answer the configuration both were made from."""
        return self.timetable.configuration

    @property
    def calendar(self) -> WorkCalendar:
        """Answer the working days both go by."""
        return self.timetable.calendar
