"""What the runner fires, as frozen values, and APScheduler's triggers made of them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from config.lean import dataclass
from schedules.daytimes import WEEKDAYS, check_aware, parse_wall_time, weekday_numbers
from schedules.slots import SlotPlan


@dataclass(frozen=True, slots=True)
class DailyJob:
    """Fires at a wall time of the runner's zone on some days of the week, rest days or not."""

    id: str
    at: str
    days: tuple[str, ...] = WEEKDAYS


@dataclass(frozen=True, slots=True)
class EveryJob:
    """Fires every so many seconds, first after that time or at once."""

    id: str
    seconds: float
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class OnceJob:
    """Fires one time; at once if the moment has passed."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SlotJob:
    """Fires whenever a slot of the plan opens; the plan has its own zone."""

    id: str
    plan: SlotPlan


Job = DailyJob | EveryJob | OnceJob | SlotJob


class SlotTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler carries no types
    """Fires at the instants of a slot plan."""

    def __init__(self, plan: SlotPlan) -> None:
        self._plan = plan

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Answer the slot after the last one fired, or the first one from `now` on."""
        plan = self._plan
        if previous_fire_time is not None:
            return plan.instant(plan.next_after(previous_fire_time.astimezone(plan.zone).date()))
        slot = plan.on_or_after(now.astimezone(plan.zone).date())
        opens = plan.instant(slot)
        return opens if opens >= now else plan.instant(plan.next_after(slot))


def trigger_of(job: Job, *, zone: ZoneInfo, now: datetime) -> BaseTrigger:
    """Make the trigger of a job that is scheduled at `now`.

    Raises:
        WallTimeInvalid, WeekdayInvalid, InstantNaive: the job says no such time.
    """
    match job:
        case DailyJob():
            at, days = parse_wall_time(job.at), sorted(weekday_numbers(job.days))
            # Names, not numbers: APScheduler's 0 is Monday, cron's is Sunday.
            names = ",".join(WEEKDAYS[day][:3] for day in days)
            return CronTrigger(day_of_week=names, hour=at.hour, minute=at.minute, timezone=zone)
        case EveryJob():
            first = now if job.at_once else now + timedelta(seconds=job.seconds)
            return IntervalTrigger(seconds=job.seconds, start_date=first, timezone=zone)
        case OnceJob():
            return DateTrigger(check_aware(job.at), timezone=zone)
    return SlotTrigger(job.plan)
