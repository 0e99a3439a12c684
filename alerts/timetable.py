"""When each role is told: the site's slots, quiet hours, caps and patience as one value."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.directory import OPERATOR
from config.durations import Duration, Unit
from config.lean import dataclass
from config.model import Configuration
from schedules.calendars import WorkCalendar, shifted_days
from schedules.quiet import QuietHours
from schedules.slots import SlotPlan

_PATIENCE = timedelta(hours=48)
_URGENT_PATIENCE = timedelta(hours=2)
_LOOK_AHEAD = 21
"""Days a step is known before its date: a slot of whoever passes it on, at most a week before the
slot of the person told, which looks a week ahead; and a week for what long holidays pull apart."""

_HOURS = {
    Unit.MINUTES: 1 / 60,
    Unit.HOURS: 1,
    Unit.DAYS: 24,
    Unit.WORKDAYS: 24,
    Unit.WEEKS: 168,
    Unit.MONTHS: 720,
    Unit.YEARS: 8760,
}


@dataclass(frozen=True, slots=True)
class Timetable:
    """Slots by role, in the site's zone. Days are days of that zone."""

    configuration: Configuration
    calendar: WorkCalendar
    zone: ZoneInfo
    plans: Mapping[str, SlotPlan]
    quiet: QuietHours

    @classmethod
    def of(cls, configuration: Configuration, calendar: WorkCalendar) -> "Timetable":
        """Read the configuration."""
        zone = ZoneInfo(configuration.timezone)
        delivery = configuration.delivery
        plans = {
            role: SlotPlan(digest.days, digest.at, zone, calendar)
            for role in (*configuration.roles, OPERATOR)
            for digest in (delivery.digest_of(role),)
        }
        return cls(configuration, calendar, zone, plans, QuietHours(delivery.quiet_hours, zone))

    def today(self, now: datetime) -> date:
        """Answer the site's day at an instant."""
        return now.astimezone(self.zone).date()

    def horizon(self, role: str, slot_day: date) -> date:
        """Answer the last day on which what falls due is told at a slot already."""
        looks_ahead = self.configuration.delivery.digest_of(role).looks_ahead
        return slot_day if looks_ahead == "none" else self.plans[role].horizon(slot_day)

    def look_ahead(self) -> int:
        """Answer how many days before its date a step must be known, over all roles."""
        return _LOOK_AHEAD if self.plans else 0

    def current_slot(self, role: str, now: datetime) -> date:
        """Answer the last slot of a role that has begun."""
        plan = self.plans[role]
        slot = plan.on_or_before(self.today(now))
        return slot if plan.instant(slot) <= now else plan.on_or_before(shifted_days(slot, -1))

    def early_slot(self, role: str, *, through: str, slot_day: date) -> date:
        """Answer the slot of `role` that is opened at a slot of `through`, who passes things on.

        It is the last one before the next slot of `through`, so that nobody is told too late.
        """
        if role == through:
            return slot_day
        eve = self.plans[through].horizon(slot_day)
        return self.plans[role].on_or_before(eve)

    def due_at(self, instant: datetime, *, now: datetime) -> datetime:
        """Answer when a routine message that belongs to `instant` may go out."""
        return self.quiet.next_allowed(max(instant, now))

    def patience(self, *, urgent: bool) -> timedelta:
        """Answer for how long delivery keeps trying."""
        if urgent:
            return _URGENT_PATIENCE
        written: Duration | None = self.configuration.delivery.keep_trying
        return (
            _PATIENCE if written is None else timedelta(hours=written.amount * _HOURS[written.unit])
        )

    def cap_period(self, role: str, day: date) -> tuple[int, datetime, datetime] | None:
        """Answer a role's cap and the instants its running period begins and ends; None: no cap."""
        cap = self.configuration.delivery.at_most.get(role)
        if cap is None:
            return None
        first = {
            "day": day,
            "week": shifted_days(day, -day.weekday()),
            "month": day.replace(day=1),
        }[cap.per]
        length = {"day": 1, "week": 7, "month": 31}[cap.per]
        after = shifted_days(first, length)
        after = after.replace(day=1) if cap.per == "month" else after
        return cap.count, self._midnight(first), self._midnight(after)

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)
