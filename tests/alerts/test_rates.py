"""Rates: in no window more than allowed, whoever sends; and nobody waits for ever."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from alerts import budgets, rates
from alerts.budgets import DailyParts
from alerts.deliver import Lane, Means
from alerts.policies import Policy
from alerts.rates import Counted, Limits, Place
from alerts.tables import attempts, notices, send_log
from channels.memory import MemoryChannel
from channels.protocol import FailureReason, Load, Message, Receipt, Refused, Unknown
from config.rates import Rate
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.tables import metadata
from tests.alerts.posting import NOON, Clock, compose_plainly, means_of, post, states
from tests.databases import delete_rows

MINUTE = Rate(5, "minute")
SHANGHAI = ZoneInfo("Asia/Shanghai")
Offsets = Sequence[float]


class Counter(MemoryChannel):
    """A far side that notes when each message came, how many at once, and to whom."""

    def __init__(self, clock: Callable[[], datetime], *, weight: int = 1) -> None:
        super().__init__()
        self.clock = clock
        self.weight = weight
        self.came: list[datetime] = []

    def load(self, message: Message) -> Load:
        """Say what a message costs."""
        return Load(self.weight, self.weight)

    async def send(self, message: Message) -> Receipt:
        """Note the message."""
        self.came += [self.clock()] * self.weight
        return await super().send(message)


def most_in_any(window: timedelta, instants: Sequence[datetime]) -> int:
    """Answer the most that came within any stretch of a length, both ends included."""
    return max((sum(at - window <= one <= at for one in instants) for at in instants), default=0)


@given(
    offsets=st.lists(st.integers(0, 120), max_size=12),
    wanted=st.integers(1, 5),
)
def test_what_fits_later_does_not_fit_before(offsets: list[int], wanted: int) -> None:
    """The instant is the first: then it fits, and a moment earlier it does not."""
    counted = [Counted(NOON - timedelta(seconds=offset), 1) for offset in sorted(offsets)[::-1]]
    at = rates.fits_at(MINUTE, counted, wanted, now=NOON)

    def fits(instant: datetime) -> bool:
        count = sum(one.last >= instant - MINUTE.window for one in counted)
        return count + wanted <= MINUTE.count

    assert fits(at)
    assert at == NOON or not fits(at - timedelta(microseconds=1))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.floats(0, 40), st.floats(0, 30), st.integers(1, 3)), max_size=25)
)
def test_no_window_ever_holds_more(
    database: Database, steps: list[tuple[float, float, int]]
) -> None:
    """Whenever somebody asks, however long answers take, and wherever the far side counts."""
    delete_rows(database, metadata)
    limits = Limits("channel:x", (MINUTE, Rate(7, "minute", 2)))
    now, came = NOON, []
    for pause, delay, messages in steps:
        now += timedelta(seconds=pause)
        with database.writing() as connection:
            rates.lock(connection, limits)
            if rates.free_at(connection, limits, messages, now=now) > now:
                continue
            id_ = new_id(now)
            rates.reserve(connection, limits, [Place(id_, Load(messages), None)], now=now)
            ends = now + timedelta(seconds=delay)
            came += [now + timedelta(seconds=delay / 2)] * messages
            rates.answered(connection, [(id_, ends, True)])
    for rate in limits.rates:
        assert most_in_any(rate.window, came) <= rate.count


def _run_for(lane: Lane, clock: Clock, minutes: float) -> None:
    """Run a lane as the courier does: again at once after work, else when its rest is over."""
    end = clock.now + timedelta(minutes=minutes)
    while clock.now <= end:
        if asyncio.run(lane.run_once()).claimed == 0:
            clock.now = max(lane.rest_until or end, clock.now) + timedelta(microseconds=1)


def test_a_lane_keeps_its_rate_and_sends_everything(database: Database) -> None:
    """Forty at twenty a minute take a little over a minute, and no try is wasted."""
    post(database, 40, tellings_each=1)
    clock = Clock()
    channel = Counter(clock)
    policy = Policy(Limits("channel:email", (Rate(20, "minute"),)))
    _run_for(Lane("email", channel, means_of(database, clock), policy=policy), clock, 3)
    assert states(database) == {"sent": 40}
    assert most_in_any(timedelta(minutes=1), channel.came) == 20
    assert max(channel.came) - min(channel.came) < timedelta(minutes=1, seconds=1)
    with database.reading() as connection:
        assert connection.scalar(select(func.max(notices.c.attempts))) == 1


def test_messages_of_many_parts_are_never_overtaken_for_ever(database: Database) -> None:
    """Three of the five places at a time: the oldest first, each whole or not at all."""
    post(database, 6, tellings_each=1)
    clock = Clock()
    channel = Counter(clock, weight=3)
    policy = Policy(Limits("channel:email", (MINUTE,)))
    _run_for(Lane("email", channel, means_of(database, clock), policy=policy), clock, 8)
    assert states(database) == {"sent": 6}
    assert most_in_any(MINUTE.window, channel.came) == 3
    order = [message.out_id for message in channel.taken]
    assert order == sorted(order)


def test_what_is_heavier_than_its_rate_takes_the_next_route(database: Database) -> None:
    """It would wait for ever; without another route it fails in words."""
    post(database, 1)
    clock = Clock()
    policy = Policy(Limits("channel:email", (MINUTE,)))
    lane = Lane("email", Counter(clock, weight=6), means_of(database, clock), policy=policy)
    asyncio.run(lane.run_once())
    assert states(database) == {"failed": 2}


def test_channels_of_one_account_share_its_rate(database: Database) -> None:
    """Two robots, one allowance."""
    post(database, 4, tellings_each=1, channel="one")
    post(database, 4, tellings_each=1, channel="two")
    clock = Clock()
    channels = [Counter(clock), Counter(clock)]
    policy = Policy(Limits("account:county", (MINUTE,)))
    means = means_of(database, clock)
    for name, channel in zip(("one", "two"), channels, strict=True):
        asyncio.run(Lane(name, channel, means, policy=policy).run_once())
    assert [len(channel.came) for channel in channels] == [4, 1]


def _to_one_address(means: Means) -> Means:
    def compose(connection, revisions, *, now):  # type: ignore[no-untyped-def]  # as `Compose`
        made = compose_plainly(connection, revisions, now=now)
        return {
            id_: replace(one, address="same@example.invalid")
            for id_, one in made.items()
            if isinstance(one, Message)
        }

    return replace(means, compose=compose)


def test_one_address_is_not_sent_more_than_it_may_be(database: Database) -> None:
    """Others are not held up by it, and its own wait is no attempt."""
    post(database, 3, tellings_each=1)
    clock = Clock()
    channel = Counter(clock)
    policy = Policy(Limits("channel:email", per_person=(Rate(1, "minute"),)))
    lane = Lane("email", channel, _to_one_address(means_of(database, clock)), policy=policy)
    asyncio.run(lane.run_once())
    assert (len(channel.came), lane.rest_until) == (1, None)
    with database.reading() as connection:
        waiting = connection.execute(
            select(notices.c.attempts, notices.c.next_attempt_at).where(
                notices.c.ended_at.is_(None)
            )
        ).all()
    assert {tuple(row) for row in waiting} == {(0, NOON + timedelta(minutes=1, microseconds=1))}
    for _ in range(4):
        clock.pass_(minutes=1, seconds=1)
        asyncio.run(lane.run_once())
    assert states(database) == {"sent": 3}
    assert most_in_any(timedelta(minutes=1), channel.came) == 1


def test_what_an_address_was_sent_before_counts(database: Database) -> None:
    """Half a minute later a second message waits for the other half."""
    post(database, 1, tellings_each=1)
    clock = Clock()
    policy = Policy(Limits("channel:email", per_person=(Rate(1, "minute"),)))
    lane = Lane("email", Counter(clock), _to_one_address(means_of(database, clock)), policy=policy)
    asyncio.run(lane.run_once())
    clock.pass_(seconds=30)
    post(database, 1, tellings_each=1)
    asyncio.run(lane.run_once())
    with database.reading() as connection:
        at = connection.scalar(
            select(notices.c.next_attempt_at).where(notices.c.ended_at.is_(None))
        )
    assert at == NOON + timedelta(minutes=1, microseconds=1)


def test_the_log_tells_nobody_an_address(database: Database) -> None:
    """What an address is counted under is a keyed hash."""
    post(database, 1)
    clock = Clock()
    policy = Policy(Limits("channel:email", per_person=(Rate(1, "minute"),)))
    asyncio.run(Lane("email", Counter(clock), means_of(database, clock), policy=policy).run_once())
    with database.reading() as connection:
        row = connection.execute(select(send_log)).one()
    assert len(row.addressee) == 43
    assert "@" not in row.addressee


@pytest.mark.parametrize("workers", [2])
def test_two_workers_never_take_the_same_place(database: Database, workers: int) -> None:
    """Each with its own connections, at the same time: together no more than the rate."""
    post(database, 60, tellings_each=1)
    clock = Clock()
    opened = [Database.open(database.engine.url.render_as_string(False)) for _ in range(workers)]
    channels = [Counter(clock) for _ in opened]
    policy = Policy(Limits("channel:email", (Rate(17, "minute"),)))
    lanes = [
        Lane("email", channel, means_of(one, clock, worker=f"w{at}"), policy=policy)
        for at, (one, channel) in enumerate(zip(opened, channels, strict=True))
    ]

    async def race() -> None:
        for _ in range(3):
            await asyncio.gather(*(lane.run_once() for lane in lanes))

    asyncio.run(race())
    assert sum(len(channel.came) for channel in channels) == 17
    for one in opened:
        one.close()


def test_what_counts_no_more_is_forgotten(database: Database) -> None:
    """The log does not grow with the years."""
    clock = Clock()
    policy = Policy(Limits("channel:email", (MINUTE,)))
    lane = Lane("email", Counter(clock), means_of(database, clock), policy=policy)
    post(database, 1)
    asyncio.run(lane.run_once())
    clock.pass_(days=3)
    post(database, 1, now=clock.now)
    asyncio.run(lane.run_once())
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(send_log)) == 1


def test_a_spent_budget_holds_routine_notices_until_tomorrow(database: Database) -> None:
    """Urgent ones go all the same; what was refused for certain cost nothing."""
    post(database, 1, tellings_each=1)
    clock = Clock()
    budget = DailyParts(2, 80, SHANGHAI)
    limits = Limits("channel:email", budget=budget)
    channel = Counter(clock)
    channel.script([Refused(FailureReason.ADDRESS_REFUSED, permanent=True)])
    lane = Lane("email", channel, means_of(database, clock), policy=Policy(limits), limit=1)
    asyncio.run(lane.run_once())
    post(database, 4, tellings_each=1)
    asyncio.run(lane.run_once())
    post(database, 1, tellings_each=1, class_="urgent")
    for _ in range(4):
        asyncio.run(lane.run_once())
    assert states(database) == {"failed": 1, "pending": 2, "sent": 3}
    with database.reading() as connection:
        standing = budgets.standing(connection, limits.counter, budget, now=clock.now)
    assert (standing.used, standing.is_low, standing.is_spent) == (3, True, True)
    clock.now = budget.day(clock.now)[1]
    asyncio.run(lane.run_once())
    asyncio.run(lane.run_once())
    assert states(database) == {"failed": 1, "sent": 5}


def test_a_far_side_that_is_pressed_is_left_alone_for_a_window(database: Database) -> None:
    """Without a time of its own; account-wide, the whole channel waits and no notice fails."""
    post(database, 9, tellings_each=1)
    clock = Clock()
    channel = Counter(clock)
    channel.script([Refused(FailureReason.RATE_LIMITED, "45009", account_wide=True)])
    policy = Policy(Limits("channel:email", (Rate(20, "minute"),)))
    lane = Lane("email", channel, means_of(database, clock), policy=policy, limit=1)
    asyncio.run(lane.run_once())
    tried = len(channel.tried)
    clock.pass_(seconds=50)
    assert asyncio.run(lane.run_once()).claimed == 0
    clock.pass_(seconds=11)
    asyncio.run(lane.run_once())
    assert len(channel.tried) > tried


class Remembering(Counter):
    """A far side that can be asked what it has."""

    def __init__(self, clock: Callable[[], datetime], found: Sequence[object]) -> None:
        super().__init__(clock)
        self.found = list(found)
        self.asked: list[datetime] = []

    async def find(self, message: Message, *, since: datetime) -> Receipt | None:
        """Answer as told."""
        self.asked.append(since)
        answer = self.found.pop(0)
        if isinstance(answer, Exception):
            raise answer
        assert answer is None or isinstance(answer, Receipt)
        return answer


@pytest.mark.parametrize(
    ("found", "sends", "state"),
    [
        ([Receipt("there")], 1, "sent"),
        ([None], 2, "sent"),
        ([Unknown(FailureReason.NO_ANSWER)], 1, "unknown"),
        ([Refused(FailureReason.TEMPORARY, permanent=True)], 1, "unknown"),
    ],
)
def test_what_may_have_arrived_is_asked_for_first(
    database: Database, found: list[object], sends: int, state: str
) -> None:
    """There: accepted. Not there: sent. Otherwise it waits."""
    post(database, 1)
    clock = Clock()
    channel = Remembering(clock, found)
    channel.script([Unknown(FailureReason.NO_ANSWER)])
    lane = Lane("email", channel, means_of(database, clock))
    asyncio.run(lane.run_once())
    clock.pass_(minutes=2)
    asyncio.run(lane.run_once())
    assert (len(channel.tried), states(database)) == (sends, {state: 2})
    assert channel.asked == [NOON]


def test_what_nobody_can_settle_goes_on_after_a_day(database: Database) -> None:
    """As with any lost answer: the next route, else failed; it was handed over once."""
    post(database, 1)
    clock = Clock()
    channel = Remembering(clock, [Unknown(FailureReason.NO_ANSWER)] * 60)
    channel.script([Unknown(FailureReason.NO_ANSWER)])
    lane = Lane("email", channel, means_of(database, clock))
    for _ in range(40):
        asyncio.run(lane.run_once())
        clock.pass_(hours=1)
    assert (len(channel.tried), states(database)) == (1, {"failed": 2})


def test_a_crash_is_asked_about_too(database: Database) -> None:
    """An attempt without an answer may have arrived; its notice is not joined meanwhile."""
    post(database, 1)
    clock = Clock()
    channel = Remembering(clock, [Receipt("there")])
    channel.script([Unknown(FailureReason.NO_ANSWER)])
    lane = Lane("email", channel, means_of(database, clock))
    asyncio.run(lane.run_once())
    with database.writing() as connection:
        connection.execute(update(attempts).values(ended_at=None, result=None))
        connection.execute(update(notices).values(unknown_since=None, next_attempt_at=clock.now))
    asyncio.run(lane.run_once())
    assert (len(channel.tried), states(database)) == (1, {"sent": 2})
