"""What SMS may cost in a day: parts that were handed over and not certainly refused."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from alerts.tables import send_log
from config.lean import dataclass
from ledgers.site_facts import fact, put_fact

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DailyParts:
    """A budget: so many parts on each calendar day of a zone; `warn_at` is per cent of it."""

    parts: int
    warn_at: int
    zone: ZoneInfo

    def day(self, now: datetime) -> tuple[datetime, datetime]:
        """Answer when the day of an instant begins and when the next one does."""
        today = now.astimezone(self.zone).date()
        begins = datetime.combine(today, time(), self.zone)
        return begins, datetime.combine(today + _DAY, time(), self.zone)


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of a day's budget is gone; `is_spent`: routine notices wait for the next day."""

    used: int
    of: int
    warn_at: int
    is_spent: bool

    @property
    def is_low(self) -> bool:
        """Whether it is time to tell somebody."""
        return self.used * 100 >= self.of * self.warn_at


def used_parts(connection: Connection, counter: str, budget: DailyParts, *, now: datetime) -> int:
    """Answer how many parts of today's budget are gone, with those under way."""
    begins, _ = budget.day(now)
    query = select(func.coalesce(func.sum(send_log.c.parts), 0)).where(
        send_log.c.counter == counter,
        send_log.c.last >= begins,  # for the index; it is never before `at`
        send_log.c.at >= begins,
    )
    return int(connection.execute(query).scalar_one())


def spend(connection: Connection, counter: str, budget: DailyParts, *, now: datetime) -> None:
    """Note that the next message would go over today's budget."""
    if not is_spent(connection, counter, budget, now=now):
        put_fact(connection, _name(counter), str(budget.parts), now=now)


def is_spent(connection: Connection, counter: str, budget: DailyParts, *, now: datetime) -> bool:
    """Say whether routine notices wait for tomorrow; a budget raised meanwhile is a new one."""
    noted = fact(connection, _name(counter))
    begins, _ = budget.day(now)
    return noted is not None and noted.at >= begins and int(noted.value) >= budget.parts


def standing(
    connection: Connection, counter: str, budget: DailyParts, *, now: datetime
) -> Standing:
    """Answer how a day's budget stands."""
    return Standing(
        used_parts(connection, counter, budget, now=now),
        budget.parts,
        budget.warn_at,
        is_spent(connection, counter, budget, now=now),
    )


def _name(counter: str) -> str:
    return f"budget:{counter}"
