"""How much a channel may be handed: a log of what it was, and in no window of it more than a rate.

Every message has its place in the log before it is handed over. It counts from then until the
window has passed since its answer, for nobody can know at which instant in between the far side
counted it. Whoever reserves a place holds the counter's lock, so that two workers never take the
same one (docs/decisions/0020).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, delete, func, insert, select, update

from alerts.budgets import DailyParts
from alerts.claims import LEASE
from alerts.locks import hold
from alerts.tables import send_log
from channels.protocol import Load
from config.lean import dataclass
from config.rates import Rate
from ledgers.among import among

_TICK = timedelta(microseconds=1)
_KEPT = timedelta(days=2)
"""For so long entries are kept in any case: the parts of a day are counted from them."""


@dataclass(frozen=True, slots=True)
class Counted:
    """An entry of the log: the far side counted its messages at `last` at the latest."""

    last: datetime
    messages: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for all that is handed over under one counter."""

    counter: str
    rates: tuple[Rate, ...] = ()
    per_person: tuple[Rate, ...] = ()
    budget: DailyParts | None = None

    @property
    def heaviest(self) -> int | None:
        """The most messages that can ever be handed over at once; None: any number."""
        return min((rate.count for rate in (*self.rates, *self.per_person)), default=None)


@dataclass(frozen=True, slots=True)
class Place:
    """One handover in the log, under its attempt's id. `addressee` is a keyed hash."""

    attempt_id: str
    load: Load
    addressee: str | None


def fits_at(rate: Rate, counted: Sequence[Counted], messages: int, *, now: datetime) -> datetime:
    """Answer when so many messages, which the rate allows at all, fit into it; `now`: at once.

    `counted` holds at least all of the last window, the oldest first.
    """
    within = [one for one in counted if one.last >= now - rate.window]
    excess = sum(one.messages for one in within) + messages - rate.count
    return _free_at(rate.window, within, excess, now=now)


def _free_at(
    window: timedelta, oldest: Iterable[Counted], excess: int, *, now: datetime
) -> datetime:
    """Answer when messages that are too many have left the window.

    What has no answer yet may have one at any moment: for it the answer is the earliest instant
    that is worth another look.
    """
    at = now
    for one in oldest:
        if excess <= 0:
            break
        excess -= one.messages
        at = min(one.last, now) + window + _TICK
    return at


def lock(connection: Connection, limits: Limits) -> None:
    """Let one worker at a time reserve under a counter, until its transaction ends."""
    hold(connection, [f"*rates {limits.counter}"])


def used(connection: Connection, limits: Limits, *, now: datetime) -> tuple[int, ...]:
    """Answer how many messages count in the window of each of the channel's rates."""
    if not limits.rates:
        return ()
    begins = [now - rate.window for rate in limits.rates]
    counts = [
        func.coalesce(func.sum(case((send_log.c.last >= begin, send_log.c.messages), else_=0)), 0)
        for begin in begins
    ]
    query = select(*counts).where(
        send_log.c.counter == limits.counter, send_log.c.last >= min(begins)
    )
    return tuple(connection.execute(query).one())


def free_at(
    connection: Connection, limits: Limits, messages: int, *, taken: int = 0, now: datetime
) -> datetime:
    """Answer when so many messages fit into all of the channel's rates; `now`: at once.

    `taken` is how many go now that are not in the log yet.
    """
    at = now
    for rate, count in zip(limits.rates, used(connection, limits, now=now), strict=True):
        if (excess := count + taken + messages - rate.count) > 0:
            # Each entry is a message at least: no more of them need to leave than are too many.
            query = (
                select(send_log.c.last, send_log.c.messages)
                .where(send_log.c.counter == limits.counter, send_log.c.last >= now - rate.window)
                .order_by(send_log.c.last)
                .limit(excess)
            )
            oldest = [Counted(row.last, row.messages) for row in connection.execute(query)]
            oldest.append(Counted(now, taken))
            at = max(at, _free_at(rate.window, oldest, excess, now=now))
    return at


def handed_to(
    connection: Connection, limits: Limits, addressees: Collection[str], *, now: datetime
) -> dict[str, list[Counted]]:
    """Answer what counts for each of some addressees, the oldest first."""
    found: dict[str, list[Counted]] = {one: [] for one in addressees}
    if not limits.per_person:
        return found
    since = now - max(rate.window for rate in limits.per_person)
    rows = connection.execute(
        select(send_log.c.addressee, send_log.c.last, send_log.c.messages)
        .where(
            send_log.c.counter == limits.counter,
            among(connection, send_log.c.addressee, found),
            send_log.c.last >= since,
        )
        .order_by(send_log.c.last)
    )
    for row in rows:
        found[row.addressee].append(Counted(row.last, row.messages))
    return found


def reserve(
    connection: Connection, limits: Limits, places: Sequence[Place], *, now: datetime
) -> None:
    """Write handovers into the log before they begin; each ends with its claim at the latest."""
    if places:
        connection.execute(
            insert(send_log),
            [
                {
                    "id": place.attempt_id,
                    "counter": limits.counter,
                    "addressee": place.addressee,
                    "at": now,
                    "last": now + LEASE,
                    "messages": place.load.messages,
                    "parts": place.load.parts,
                }
                for place in places
            ],
        )


def answered(connection: Connection, answers: Sequence[tuple[str, datetime, bool]]) -> None:
    """Note when handovers had their answers; what was certainly not taken is not paid for.

    Each answer is an attempt's id, its instant, and whether the message may have been taken.
    """
    for paid in (True, False):
        rows = [
            {"attempt": id_, "at_": at}
            for id_, at, perhaps_taken in answers
            if perhaps_taken is paid
        ]
        if rows:
            freed = {} if paid else {"parts": 0}
            connection.execute(
                update(send_log)
                .where(send_log.c.id == bindparam("attempt"))
                .values(last=bindparam("at_"), **freed),
                rows,
            )


def forget(connection: Connection, limits: Limits, *, now: datetime) -> None:
    """Delete what no limit counts any more."""
    windows = [rate.window for rate in (*limits.rates, *limits.per_person)]
    connection.execute(
        delete(send_log).where(
            send_log.c.counter == limits.counter,
            send_log.c.last < now - max([_KEPT, *windows]) - LEASE,
        )
    )
