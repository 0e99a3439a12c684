"""Delivery to a channel that refuses or says nothing: what becomes of tellings and notices."""

import asyncio
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from alerts.closing import Ending, close
from alerts.deliver import Lane, run_until_idle
from alerts.rerouting import Reroute
from alerts.states import WAITING, Closed, Outcome
from alerts.tables import alerts, notices, tellings
from channels.memory import MemoryChannel
from channels.protocol import ChannelError, Message, Receipt
from ledgers.database import Database
from ledgers.tables import metadata
from tests.alerts.lanes import BUSY, DOWN, GONE, LOCKED_OUT, LOST, run_once
from tests.alerts.posting import (
    NOON,
    Clock,
    GivenRoutes,
    histories,
    means_of,
    post,
    states,
)
from tests.databases import delete_rows


def test_a_refusal_for_now_is_tried_again_with_a_new_revision(database: Database) -> None:
    """Known not to have arrived: the next try is composed afresh, one revision on."""
    post(database, 1)
    channel, clock = MemoryChannel(), Clock()
    channel.script([BUSY, None])
    lane = Lane("email", channel, means_of(database, clock))
    run_once(lane)
    assert states(database) == {"pending": 2}
    assert run_once(lane).claimed == 0
    clock.pass_(minutes=2)
    run_once(lane)
    assert states(database) == {"sent": 2}
    assert [m.out_id.rpartition(".")[2] for m in channel.tried] == ["1", "2"]


def test_what_was_done_meanwhile_is_not_said_at_the_next_try(database: Database) -> None:
    """After a known refusal the notice is re-evaluated; with nothing left it ends empty."""
    post(database, 1)
    channel, clock = MemoryChannel(), Clock()
    channel.script([BUSY])
    lane = Lane("email", channel, means_of(database, clock))
    run_once(lane)
    with database.writing() as connection:
        connection.execute(update(tellings).values(state=Outcome.RESOLVED.value))
    clock.pass_(minutes=2)
    run_once(lane)
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
    run_once(Lane("email", _ClosingMeanwhile(database), means_of(database, Clock())))
    assert states(database) == {"resolved": 2}


def test_a_lost_answer_repeats_the_same_bytes_under_the_same_id(database: Database) -> None:
    """Nobody knows whether it arrived, so the very same message goes out again."""
    post(database, 1)
    channel, clock = MemoryChannel(), Clock()
    channel.script([LOST, None])
    lane = Lane("email", channel, means_of(database, clock))
    run_once(lane)
    assert states(database) == {"unknown": 2}
    clock.pass_(minutes=2)
    run_once(lane)
    assert states(database) == {"sent": 2}
    assert channel.tried[0] == channel.tried[1]


def test_an_answer_lost_for_a_day_fails_in_words(database: Database) -> None:
    """What nobody settles in 24 hours, and has no other route, is failed (unknown)."""
    post(database, 1)
    channel, clock = MemoryChannel(), Clock()
    channel.script([LOST] * 60)
    lane = Lane("email", channel, means_of(database, clock))
    for _ in range(40):
        run_once(lane)
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
    run_once(Lane("email", first, means))
    run_once(Lane("other", second, means))
    assert states(database) == {"relayed": 2}


def test_a_refusal_with_no_route_left_is_a_dead_letter(database: Database) -> None:
    """The telling is failed with the reason; the notice is kept and listed."""
    post(database, 1)
    channel = MemoryChannel()
    channel.script([GONE])
    run_once(Lane("email", channel, means_of(database, Clock())))
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
        run_once(lane)
        clock.pass_(minutes=1)
    tried_while_down = len(channel.tried)
    sizes = []
    for _ in range(200):
        before = len(channel.taken)
        run_once(lane)
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
        run_once(lane)
        clock.pass_(seconds=10)
    assert states(database) == {"pending": 20}
    assert len(channel.tried) < 75


def test_a_failing_channel_ends_the_round(database: Database) -> None:
    """After trouble no further batch is claimed for the channel."""
    post(database, 80, tellings_each=1)
    channel = MemoryChannel()
    channel.script([DOWN] * 80)
    report = run_once(Lane("email", channel, means_of(database, Clock()), limit=1))
    assert report.claimed <= 32
    assert states(database) == {"pending": 80}


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
        run_once(lane)
        clock.pass_(hours=1, minutes=15)
    final = histories(database)
    for history in final.values():
        ends = [state for state in history if Outcome(state) not in WAITING]
        assert ends == history[-1:]
    assert sum(states(database).values()) == 2
    copies = len(channel.taken)
    unknowns = sum(history.count("unknown") for history in final.values())
    assert copies <= 2 + unknowns
