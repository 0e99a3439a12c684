"""The day a group is asked for, and how spans of time reach back from it."""

from dataclasses import field
from datetime import date

from alerts.effective import EvaluationPlan
from alerts.lookups import Lookups
from config.durations import Duration
from config.lean import dataclass
from schedules.calendars import WorkCalendar, shifted_days
from schedules.periods import Period, latest_anchor

_SCHOOL_YEAR_STARTS = 9


@dataclass(frozen=True, slots=True)
class Ages:
    """How ages are counted, on which day."""

    today: date
    calendar: WorkCalendar
    reached_day_after: bool
    lookups: Lookups = field(default_factory=Lookups)

    @classmethod
    def on(cls, plan: EvaluationPlan, today: date) -> "Ages":
        """Count them as the configuration says."""
        return cls(today, plan.calendar, plan.reached_day_after, plan.lookups)

    def born_by(self, age: Duration) -> date:
        """Answer the last birthday of those who have reached `age` today."""
        return latest_anchor(lambda born: self.reached_on(born, age), self.today) or date.min

    def reached_on(self, born: date, age: Duration) -> date:
        """Answer the day on which somebody born on `born` reaches `age`."""
        reached = Period.of(age, self.calendar).after(born)
        return shifted_days(reached, 1) if self.reached_day_after else reached

    def begun_by(self, span: Duration) -> date:
        """Answer the last day from which `span` has gone by today."""
        return Period.of(span, self.calendar).latest_start(self.today)


def school_year(today: date) -> int:
    """Answer the year in which the running school year began."""
    return today.year if today.month >= _SCHOOL_YEAR_STARTS else today.year - 1
