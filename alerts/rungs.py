"""A ladder of people: who is called when, until somebody answers. Pure (DESIGN.md 3a)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class RungTiming:
    """Who is told on a rung, how long an answer is waited for, how often it is said again.

    Without `wait` it is the last; without `repeat` it is said once.
    """

    tell: tuple[str, ...]
    wait: timedelta | None = None
    repeat: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an alert stands: its rung and how often that was said again, both from 0.

    `began_at` is when the rung was reached, `next_at` when something is to happen; None: nothing.
    """

    rung: int
    occurrence: int
    began_at: datetime
    next_at: datetime | None

    @property
    def step(self) -> str:
        """The step's id in the database."""
        return step_of(self.rung)


def step_of(rung: int) -> str:
    """Answer the id of a rung's step: `rung 1` is the first."""
    return f"rung {rung + 1}"


def begun(ladder: Sequence[RungTiming], now: datetime, *, rung: int = 0) -> Stand:
    """Answer how it stands where a rung is reached now."""
    return Stand(rung, 0, now, _next_at(ladder, rung, 0, now))


def climbed(ladder: Sequence[RungTiming], stand: Stand, now: datetime) -> Stand | None:
    """Answer how it stands after what is due by now; None: nothing is due.

    After a standstill no rung is left out: each has its full wait from when it was reached. Of
    repeats only the newest is said. A ladder that has become shorter goes on with its last rung.
    """
    if not ladder or stand.next_at is None or stand.next_at > now:
        return None
    rung = min(stand.rung, len(ladder) - 1)
    here = ladder[rung]
    is_last = rung == len(ladder) - 1
    if here.wait is not None and not is_last and stand.began_at + here.wait <= now:
        return begun(ladder, now, rung=rung + 1)
    if not here.repeat:
        return Stand(rung, stand.occurrence, stand.began_at, _next_at(ladder, rung, 0, now))
    occurrence = max((now - stand.began_at) // here.repeat, stand.occurrence)
    return Stand(
        rung, occurrence, stand.began_at, _next_at(ladder, rung, occurrence, stand.began_at)
    )


def _next_at(
    ladder: Sequence[RungTiming], rung: int, occurrence: int, began_at: datetime
) -> datetime | None:
    here = ladder[rung]
    again = began_at + here.repeat * (occurrence + 1) if here.repeat else None
    over = began_at + here.wait if here.wait is not None and rung < len(ladder) - 1 else None
    return min((at for at in (again, over) if at is not None), default=None)
