"""Delivery against a channel that fails as told: what becomes of tellings, notices and attempts."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, update

from alerts.attempts import Compose
from alerts.claims import Worker, claim_due, claiming_workers, take_over
from alerts.closing import Ending, close
from alerts.deliver import Lane, run_until_idle
from alerts.errors import CannotCompose
from alerts.holding import HeldFor, hold_delivery
from alerts.rerouting import Reroute
from alerts.rounds import DeliveryReport
from alerts.states import WAITING, Closed, NoticeState, Outcome
from alerts.tables import alerts, attempts, notices, tellings
from channels.memory import MemoryChannel
from channels.protocol import ChannelError, FailureReason, Message, Receipt, Refused, Unknown
from ledgers.database import Database
from ledgers.tables import metadata
from tests.alerts.posting import (
    NOON,
    Clock,
    GivenRoutes,
    compose_plainly,
    histories,
    means_of,
    post,
    states,
)
from tests.databases import delete_rows

BUSY = Refused(FailureReason.TEMPORARY, "451 at dot")
GONE = Refused(FailureReason.ADDRESS_REFUSED, "550 at rcpt", permanent=True)
LOST = Unknown(FailureReason.NO_ANSWER, "after dot")
DOWN = Refused(FailureReason.UNREACHABLE, "connect")
LOCKED_OUT = Refused(FailureReason.AUTHENTICATION, "535 at auth", account_wide=True)


def _run(lane: Lane) -> DeliveryReport:
    return asyncio.run(lane.run_once())


def test_every_telling_of_an_accepted_notice_is_sent(database: Database) -> None:
    """One attempt, one message, all tellings sent, and the sealed body forgotten."""
    post(database, 3)
    channel = MemoryChannel()
    report = _run(Lane("email", channel, means_of(database, Clock())))
    assert (report.claimed, dict(report.results)) == (3, {"accepted": 3})
    assert states(database) == {"sent": 6}
    assert len(channel.taken) == 3
    with database.reading() as connection:
        rows = connection.execute(select(attempts.c.sealed_body, attempts.c.body_hash)).all()
    assert all(row.sealed_body is None and len(row.body_hash) == 64 for row in rows)


def test_nothing_is_sent_twice_by_a_second_round(database: Database) -> None:
    """A round after everything was sent claims nothing."""
    post(database, 2)
    channel = MemoryChannel()
    lane = Lane("email", channel, means_of(database, Clock()))
    asyncio.run(run_until_idle([lane]))
    assert _run(lane).claimed == 0
    assert len(channel.taken) == 2


def test_a_notice_waits_for_its_time(database: Database) -> None:
    """What is due in an hour is not claimed now."""
    post(database, 1)
    with database.writing() as connection:
        connection.execute(update(notices).values(next_attempt_at=Clock().now + timedelta(hours=1)))
    channel = MemoryChannel()
    assert _run(Lane("email", channel, means_of(database, Clock()))).claimed == 0


def test_a_held_notice_is_not_claimed(database: Database) -> None:
    """Held notices wait for an operator, however long they are due."""
    post(database, 1)
    with database.writing() as connection:
        connection.execute(update(notices).values(state=NoticeState.HELD.value))
    assert _run(Lane("email", MemoryChannel(), means_of(database, Clock()))).claimed == 0


def test_the_operator_still_hears_while_delivery_is_held(database: Database) -> None:
    """The daily word says that delivery waits for a look: it must not wait with the rest."""
    post(database, 2, tellings_each=1)
    with database.writing() as connection:
        hold_delivery(connection, HeldFor.BY_HAND, now=NOON)
        first = connection.scalars(select(notices.c.id).order_by(notices.c.id)).first()
        connection.execute(
            update(notices).where(notices.c.id == first).values({"class": "operator"})
        )
    channel = MemoryChannel()
    assert _run(Lane("email", channel, means_of(database, Clock()))).claimed == 1
    assert len(channel.taken) == 1


def test_a_refusal_for_now_is_tried_again_with_a_new_revision(database: Database) -> None:
    """Known not to have arrived: the next try is composed afresh, one revision on."""
    post(database, 1)
    channel, clock = MemoryChannel(), Clock()
    channel.script([BUSY, None])
    lane = Lane("email", channel, means_of(database, clock))
    _run(lane)
    assert states(database) == {"pending": 2}
    assert _run(lane).claimed == 0
    clock.pass_(minutes=2)
    _run(lane)
    assert states(database) == {"sent": 2}
    assert [m.out_id.rpartition(".")[2] for m in channel.tried] == ["1", "2"]


def test_what_was_done_meanwhile_is_not_said_at_the_next_try(database: Database) -> None:
    """After a known refusal the notice is re-evaluated; with nothing left it ends empty."""
    post(database, 1)
    channel, clock = MemoryChannel(), Clock()
    channel.script([BUSY])
    lane = Lane("email", channel, means_of(database, clock))
    _run(lane)
    with database.writing() as connection:
        connection.execute(update(tellings).values(state=Outcome.RESOLVED.value))
    clock.pass_(minutes=2)
    _run(lane)
    with database.reading() as connection:
        state = connection.execute(select(notices.c.state)).scalar_one()
    assert (state, len(channel.taken)) == ("empty", 0)


class _ClosingMeanwhile(MemoryChannel):
    """A channel that is slow enough for everything to be done before it refuses."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database

    async def send(self, message: Message) -> Receipt:
        """Let somebody record the acts, then refuse for now."""
        with self.database.writing() as connection:
            endings = [Ending(id_, Closed.DONE) for id_ in connection.scalars(select(alerts.c.id))]
            close(connection, endings, today=NOON.date(), now=NOON)
        raise BUSY


def test_what_was_done_on_its_way_is_resolved_when_it_is_refused(database: Database) -> None:
    """It does not wait for the next try to be told apart."""
    post(database, 1)
    _run(Lane("email", _ClosingMeanwhile(database), means_of(database, Clock())))
    assert states(database) == {"resolved": 2}


def test_a_lost_answer_repeats_the_same_bytes_under_the_same_id(database: Database) -> None:
    """Nobody knows whether it arrived, so the very same message goes out again."""
    post(database, 1)
    channel, clock = MemoryChannel(), Clock()
    channel.script([LOST, None])
    lane = Lane("email", channel, means_of(database, clock))
    _run(lane)
    assert states(database) == {"unknown": 2}
    clock.pass_(minutes=2)
    _run(lane)
    assert states(database) == {"sent": 2}
    assert channel.tried[0] == channel.tried[1]


def test_an_answer_lost_for_a_day_fails_in_words(database: Database) -> None:
    """What nobody settles in 24 hours, and has no other route, is failed (unknown)."""
    post(database, 1)
    channel, clock = MemoryChannel(), Clock()
    channel.script([LOST] * 60)
    lane = Lane("email", channel, means_of(database, clock))
    for _ in range(40):
        _run(lane)
        clock.pass_(hours=1)
    assert states(database) == {"failed": 2}
    with database.reading() as connection:
        assert set(connection.execute(select(tellings.c.reason)).scalars()) == {"unknown"}


def test_a_refused_address_takes_the_next_route(database: Database) -> None:
    """A permanent refusal moves the tellings to a notice on the next channel."""
    [notice_id] = post(database, 1)
    with database.reading() as connection:
        person = connection.execute(select(notices.c.person_id)).scalar_one()
    email, sms = MemoryChannel(), MemoryChannel()
    email.script([GONE])
    means = means_of(database, Clock(), routes=GivenRoutes([Reroute("sms", person, "director")]))
    asyncio.run(run_until_idle([Lane("email", email, means)]))
    asyncio.run(run_until_idle([Lane("sms", sms, means)]))
    assert states(database) == {"sent": 2}
    with database.reading() as connection:
        assert notice_id not in set(connection.execute(select(tellings.c.notice_id)).scalars())


def test_what_somebody_else_passes_on_ends_relayed(database: Database) -> None:
    """Rerouted to a relayer, the tellings say through whom they went."""
    post(database, 1)
    with database.reading() as connection:
        person = connection.execute(select(notices.c.person_id)).scalar_one()
    first, second = MemoryChannel(), MemoryChannel()
    first.script([GONE])
    routes = GivenRoutes([Reroute("other", person, "supervisor", relayed=True)])
    means = means_of(database, Clock(), routes=routes)
    _run(Lane("email", first, means))
    _run(Lane("other", second, means))
    assert states(database) == {"relayed": 2}


def test_a_refusal_with_no_route_left_is_a_dead_letter(database: Database) -> None:
    """The telling is failed with the reason; the notice is kept and listed."""
    post(database, 1)
    channel = MemoryChannel()
    channel.script([GONE])
    _run(Lane("email", channel, means_of(database, Clock())))
    assert states(database) == {"failed": 2}
    with database.reading() as connection:
        row = connection.execute(select(notices.c.state, notices.c.reason)).one()
    assert tuple(row) == ("failed", "address-refused")


def test_an_outage_of_an_hour_loses_nothing_and_ends_without_a_storm(database: Database) -> None:
    """The breaker lets single probes through; on return the allowance doubles from one."""
    post(database, 40, tellings_each=1)
    channel, clock = MemoryChannel(), Clock()
    channel.script([DOWN] * 59)
    lane = Lane("email", channel, means_of(database, clock))
    for _ in range(60):
        _run(lane)
        clock.pass_(minutes=1)
    tried_while_down = len(channel.tried)
    sizes = []
    for _ in range(200):
        before = len(channel.taken)
        _run(lane)
        sizes.append(len(channel.taken) - before)
        clock.pass_(minutes=1)
    assert tried_while_down < 60
    assert states(database) == {"sent": 40}
    assert next(filter(None, sizes)) == 1


def test_a_refused_account_holds_the_channel_not_the_notices(database: Database) -> None:
    """A wrong password fails nobody: all wait, and one probe a while is made."""
    post(database, 20, tellings_each=1)
    channel, clock = MemoryChannel(), Clock()
    channel.script([LOCKED_OUT] * 1000)
    lane = Lane("email", channel, means_of(database, clock))
    for _ in range(30):
        _run(lane)
        clock.pass_(seconds=10)
    assert states(database) == {"pending": 20}
    assert len(channel.tried) < 75


class _Slow:
    """A channel that answers only when let."""

    kind = "slow"
    reader_class = MemoryChannel().reader_class

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.reached = asyncio.Event()

    async def send(self, message: Message) -> Receipt:
        self.reached.set()
        await self.gate.wait()
        return Receipt()

    async def close(self) -> None:
        return None


def test_a_slow_channel_does_not_slow_another(database: Database) -> None:
    """While one lane waits for its answer, the other sends everything."""
    post(database, 2, channel="slow")
    post(database, 5, channel="email")

    async def race() -> int:
        slow, quick = _Slow(), MemoryChannel()
        means = means_of(database, Clock())
        waiting = asyncio.create_task(Lane("slow", slow, means).run_once())
        await run_until_idle([Lane("email", quick, means)])
        sent_meanwhile = len(quick.taken)
        assert not waiting.done()
        slow.gate.set()
        await waiting
        return sent_meanwhile

    assert asyncio.run(race()) == 5


def test_a_drained_lane_gives_back_what_it_claimed(database: Database) -> None:
    """After `drain` nothing begins, and nothing stays claimed."""
    post(database, 3)
    channel = MemoryChannel()
    lane = Lane("email", channel, means_of(database, Clock()))
    lane.drain()
    assert _run(lane).claimed == 0
    with database.reading() as connection:
        assert claiming_workers(connection) == []


def test_a_round_goes_on_while_there_is_more(database: Database) -> None:
    """Batch after batch in one round, each notice once."""
    post(database, 20, tellings_each=1)
    channel = MemoryChannel()
    report = _run(Lane("email", channel, means_of(database, Clock()), limit=1))
    assert (report.claimed, dict(report.results)) == (20, {"accepted": 20})
    assert len({message.out_id for message in channel.taken}) == 20


def test_a_round_stops_where_delivery_is_held(database: Database) -> None:
    """What a channel was handed already ends as it ends; nothing more is claimed."""
    post(database, 20, tellings_each=1)

    class Holds(MemoryChannel):
        async def send(self, message: Message) -> Receipt:
            if not self.tried:
                with database.writing() as connection:
                    hold_delivery(connection, HeldFor.BY_HAND, now=NOON)
            return await super().send(message)

    channel = Holds()
    lane = Lane("email", channel, means_of(database, Clock()), limit=1)
    assert _run(lane).claimed in (8, 16)  # the next batch may have been claimed before
    assert len(channel.taken) == states(database)["sent"]
    assert _run(lane).claimed == 0


def test_a_failing_channel_ends_the_round(database: Database) -> None:
    """After trouble no further batch is claimed for the channel."""
    post(database, 40, tellings_each=1)
    channel = MemoryChannel()
    channel.script([DOWN] * 40)
    report = _run(Lane("email", channel, means_of(database, Clock()), limit=1))
    assert report.claimed <= 16
    assert states(database) == {"pending": 40}


def test_what_would_outlive_its_claim_is_not_begun(database: Database) -> None:
    """A send that could still be under way when its lease ends is left for later."""
    post(database, 3, tellings_each=1)
    clock = Clock()

    class Slow(MemoryChannel):
        async def send(self, message: Message) -> Receipt:
            clock.pass_(minutes=7)
            return await super().send(message)

    channel = Slow()
    lane = Lane("email", channel, means_of(database, clock), limit=1)
    assert dict(_run(lane).results) == {"accepted": 1, "refused": 2}
    assert states(database) == {"pending": 2, "sent": 1}
    clock.pass_(hours=1)
    assert dict(_run(lane).results)["accepted"] == 1


def test_a_notice_that_cannot_be_written_stops_no_other(database: Database) -> None:
    """It fails by itself, for its template; those beside it are sent."""
    bad = post(database, 3, tellings_each=1)[1]

    def compose(
        connection: Connection, revisions: Mapping[str, int], *, now: datetime
    ) -> dict[str, Message | CannotCompose | None]:
        composed = compose_plainly(connection, revisions, now=now)
        return {**composed, bad: CannotCompose(bad, "no such field")}

    channel = MemoryChannel()
    _run(Lane("email", channel, means_of(database, Clock(), compose=compose)))
    assert len(channel.taken) == 2
    assert states(database) == {"failed": 1, "sent": 2}


def _stumbling_over(bad: str) -> Compose:
    """Compose plainly, with a fault nobody foresaw in one notice."""

    def compose(
        connection: Connection, revisions: Mapping[str, int], *, now: datetime
    ) -> dict[str, Message | CannotCompose | None]:
        if bad in revisions:
            raise KeyError("a fault")
        return compose_plainly(connection, revisions, now=now)

    return compose


def test_a_fault_nobody_foresaw_stops_no_other_notice(database: Database) -> None:
    """Those beside it are sent in the same round; it is tried again when its claim runs out."""
    bad = post(database, 3, tellings_each=1)[1]
    channel, clock = MemoryChannel(), Clock()
    faulty = means_of(database, clock, compose=_stumbling_over(bad))
    assert dict(_run(Lane("email", channel, faulty)).results) == {"accepted": 2}
    assert states(database) == {"pending": 1, "sent": 2}
    assert _run(Lane("email", channel, faulty)).claimed == 0
    clock.pass_(minutes=11)
    _run(Lane("email", channel, means_of(database, clock)))
    assert states(database) == {"sent": 3}


def test_a_fault_that_stays_ends_as_failed(database: Database) -> None:
    """Nothing is tried for ever: past its time a notice nobody can write is a dead letter."""
    [bad] = post(database, 1, tellings_each=1)
    clock = Clock()
    lane = Lane("email", MemoryChannel(), means_of(database, clock, compose=_stumbling_over(bad)))
    _run(lane)
    clock.pass_(hours=49)
    _run(lane)
    assert states(database) == {"failed": 1}


def test_a_channel_that_breaks_loses_no_other_answer(database: Database) -> None:
    """What was taken beside it is written down; the broken send is unknown when its claim ends."""
    post(database, 5, tellings_each=1)

    class Breaks(MemoryChannel):
        async def send(self, message: Message) -> Receipt:
            if not self.taken:
                self.taken.append(message)
                raise ZeroDivisionError
            return await super().send(message)

    with pytest.raises(ZeroDivisionError):
        _run(Lane("email", Breaks(), means_of(database, Clock())))
    assert states(database) == {"sending": 1, "sent": 4}


def test_a_dead_workers_claims_are_taken_over_as_unknown(database: Database) -> None:
    """An open attempt of a dead worker may have arrived: same id again, counted as unknown."""
    post(database, 1)
    clock = Clock()

    class Dies(MemoryChannel):
        async def send(self, message: Message) -> Receipt:
            self.tried.append(message)
            raise KeyboardInterrupt

    dying, second = Dies(), MemoryChannel()
    means = means_of(database, clock)
    with pytest.raises(KeyboardInterrupt):
        _run(Lane("email", dying, means))
    with database.writing() as connection:
        assert take_over(connection, claiming_workers(connection), now=clock.now) == 1
    _run(Lane("email", second, means))
    assert second.taken == dying.tried
    assert states(database) == {"sent": 2}
    with database.reading() as connection:
        results = list(connection.execute(select(attempts.c.result)).scalars())
    assert sorted(results) == ["accepted", "unknown"]


def test_a_late_answer_of_a_claim_taken_over_changes_nothing(database: Database) -> None:
    """The fence keeps an old worker from ending what a newer one holds."""
    post(database, 1)
    clock = Clock()

    async def race() -> None:
        slow = _Slow()
        means = means_of(database, clock)
        late = asyncio.create_task(Lane("email", slow, means).run_once())
        await slow.reached.wait()
        clock.pass_(minutes=11)
        with database.writing() as connection:
            [claim] = claim_due(connection, Worker("two", "email", 5), now=clock.now)
        slow.gate.set()
        await late
        assert claim.fence == 2

    asyncio.run(race())
    with database.reading() as connection:
        assert connection.execute(select(notices.c.state)).scalar_one() == "sending"
    assert states(database) == {"sending": 2}


@given(script=st.lists(st.sampled_from([None, BUSY, GONE, LOST, DOWN]), max_size=12))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_run_of_answers_ends_each_telling_once(
    database: Database, script: Sequence[ChannelError | None]
) -> None:
    """Whatever the far side does, every telling ends in one final outcome, told by its rows."""
    delete_rows(database, metadata)
    post(database, 2, tellings_each=1)
    channel, clock = MemoryChannel(), Clock()
    channel.script(script)
    lane = Lane("email", channel, means_of(database, clock))
    for _ in range(36):
        _run(lane)
        clock.pass_(hours=1, minutes=15)
    final = histories(database)
    for history in final.values():
        ends = [state for state in history if Outcome(state) not in WAITING]
        assert ends == history[-1:]
    assert sum(states(database).values()) == 2
    copies = len(channel.taken)
    unknowns = sum(history.count("unknown") for history in final.values())
    assert copies <= 2 + unknowns
