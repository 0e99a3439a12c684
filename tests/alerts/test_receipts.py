"""Receipts: what becomes of messages after their channel took them."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from alerts import awaiting, receipts
from alerts.awaiting import forget, heard_of, to_ask
from alerts.closing import Ending, close
from alerts.deliver import Lane, run_until_idle
from alerts.policies import Policy
from alerts.rerouting import Reroute
from alerts.states import Closed
from alerts.tables import alerts, awaited, notices, outcomes, tellings
from channels.inbound import Asked, Heard, Inbound, Report
from channels.memory import MemoryChannel
from channels.protocol import FailureReason, Message, Receipt, Unknown
from ledgers.database import Database
from ledgers.sealing import Keyring, Spot, Vault
from ledgers.tables import metadata, persons
from tests.alerts.posting import NOON, Clock, GivenRoutes, histories, means_of, post, states
from tests.databases import delete_rows

TWO_HOURS = timedelta(hours=2)


class Confirming(MemoryChannel):
    """A far side that tells what became of messages."""

    def hear(self, inbound: Inbound, *, now: object) -> Heard:
        """Hear nothing: tests hand reports in themselves."""
        return Heard()


class Polled(MemoryChannel):
    """A far side that must be asked."""

    async def poll(self, asked: Sequence[Asked], *, now: object) -> Heard:
        """Answer nothing: tests hand reports in themselves."""
        return Heard()


class Desk:
    """A channel `sms` with receipts, and `mail` as the next route."""

    def __init__(self, database: Database, *, within: timedelta | None = TWO_HOURS) -> None:
        self.database = database
        self.clock = Clock()
        self.sms, self.mail = Confirming(), MemoryChannel()
        self.routes = GivenRoutes()
        means = means_of(database, self.clock, routes=self.routes)
        self.lanes = [
            Lane("sms", self.sms, means, policy=Policy(confirm_within=within)),
            Lane("mail", self.mail, means),
        ]

    def reroute_to_mail(self) -> None:
        """Let what one notice's person does not get go to them by mail."""
        with self.database.reading() as connection:
            person = connection.execute(select(notices.c.person_id)).scalars().first() or ""
        self.routes.routes = [Reroute("mail", person, "director")]

    def deliver(self) -> None:
        """Send what is due."""
        asyncio.run(run_until_idle(self.lanes))

    def take(self, *reports: Report) -> int:
        """Hand receipts in."""
        with self.database.writing() as connection:
            return receipts.take(connection, "sms", reports, routes=self.routes, now=self.clock.now)

    def out_id(self) -> str:
        """Answer the id of the last message that was tried."""
        return self.sms.tried[-1].out_id


def test_a_receipt_turns_sent_into_delivered(database: Database) -> None:
    """By our own id or by the far side's; the notice too is delivered."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.deliver()
    assert desk.take(Report(True, out_id=desk.out_id())) == 1
    assert states(database) == {"delivered": 2}
    with database.reading() as connection:
        assert connection.execute(select(notices.c.state)).scalar_one() == "delivered"


def test_the_far_sides_own_id_will_do(database: Database) -> None:
    """It gave it with its answer."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.deliver()
    desk.take(Report(True, reference="memory-1"))
    assert states(database) == {"delivered": 2}


def test_what_a_far_side_said_can_be_looked_up(database: Database) -> None:
    """By the notice it is about, with the vendor's own code; each thing once."""
    [first, _] = post(database, 2, channel="sms")
    desk = Desk(database)
    desk.deliver()
    for message in desk.sms.taken:
        desk.take(Report(False, out_id=message.out_id, reason="UNDELIV", part=1))
    with database.reading() as connection:
        assert heard_of(connection, first) == [awaiting.Heard(NOON, "sms", 1, False, "UNDELIV")]


def test_the_same_receipts_again_change_nothing(database: Database) -> None:
    """Far sides repeat until they hear that it was taken."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.deliver()
    report = Report(True, out_id=desk.out_id())
    assert desk.take(report, report) == 1
    assert desk.take(report) == 0
    with database.reading() as connection:
        moves = connection.scalar(select(func.count()).where(outcomes.c.became == "delivered"))
    assert moves == 2


def test_still_under_way_says_nothing(database: Database) -> None:
    """Neither arrived nor failed."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.deliver()
    assert desk.take(Report(None, out_id=desk.out_id())) == 0
    assert states(database) == {"sent": 2}


def test_receipts_about_nothing_of_ours_move_nothing(database: Database) -> None:
    """They are kept for a while, in case the answer is still being written."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.deliver()
    assert desk.take(Report(True, out_id="f" * 32 + ".1"), Report(False, reference="x")) == 2
    assert states(database) == {"sent": 2}


class _Hasty(Confirming):
    """A far side whose receipt is quicker than its answer."""

    def __init__(self, desk: Desk, *, arrived: bool) -> None:
        super().__init__()
        self.desk = desk
        self.arrived = arrived

    async def send(self, message: Message) -> Receipt:
        """Hand the receipt in, then answer."""
        report = Report(self.arrived, out_id=message.out_id)
        await asyncio.to_thread(self.desk.take, report)
        return await super().send(message)


@pytest.mark.parametrize(("arrived", "ends"), [(True, "delivered"), (False, "failed")])
def test_a_receipt_may_come_before_the_answer(database: Database, arrived: bool, ends: str) -> None:
    """It waits until the answer is written down."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    hasty = _Hasty(desk, arrived=arrived)
    means = means_of(database, desk.clock)
    asyncio.run(Lane("sms", hasty, means).run_once())
    assert states(database) == {ends: 2}
    assert all(history[-2:] == ["sent", ends] for history in histories(database).values())


def test_what_did_not_arrive_takes_the_next_route(database: Database) -> None:
    """From sent back to pending on it, and told there."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.reroute_to_mail()
    desk.deliver()
    desk.take(Report(False, out_id=desk.out_id(), reason="UNDELIV"))
    assert states(database) == {"pending": 2}
    desk.deliver()
    assert (states(database), len(desk.mail.taken)) == ({"sent": 2}, 1)
    with database.reading() as connection:
        old, new = connection.execute(select(notices).order_by(notices.c.id)).all()
    assert (old.state, old.reason, new.may_repeat) == ("failed", "not-delivered", False)


def test_without_another_route_it_failed(database: Database) -> None:
    """With the reason; nobody says that it was delivered."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.deliver()
    desk.take(Report(False, out_id=desk.out_id()))
    assert states(database) == {"failed": 2}
    with database.reading() as connection:
        assert set(connection.scalars(select(tellings.c.reason))) == {"not-delivered"}


def test_what_was_done_meanwhile_is_not_said_again(database: Database) -> None:
    """Its alert is closed: it ends with it instead of going by mail."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.reroute_to_mail()
    desk.deliver()
    with database.writing() as connection:
        done = [Ending(id_, Closed.DONE) for id_ in connection.scalars(select(alerts.c.id))]
        close(connection, done, today=NOON.date(), now=NOON)
    desk.take(Report(False, out_id=desk.out_id()))
    desk.deliver()
    assert (states(database), len(desk.mail.taken)) == ({"resolved": 2}, 0)


def test_that_it_arrived_is_believed_whatever_else_is_said(database: Database) -> None:
    """Failed after delivered, and delivered after failed."""
    post(database, 2, tellings_each=1, channel="sms")
    desk = Desk(database)
    desk.deliver()
    for message, order in zip(desk.sms.taken, ((True, False), (False, True)), strict=True):
        for arrived in order:
            desk.take(Report(arrived, out_id=message.out_id))
    assert states(database) == {"delivered": 2}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations([(1, True), (1, True), (2, True), (2, False), (3, True)]))
def test_parts_arrive_in_any_order(database: Database, order: list[tuple[int, bool]]) -> None:
    """Delivered when the last of three is there; until then sent, or failed for a moment."""
    delete_rows(database, metadata)
    post(database, 1, tellings_each=1, channel="sms")
    desk = Desk(database)
    desk.deliver()
    for place, (part, arrived) in enumerate(order):
        desk.take(Report(arrived, out_id=desk.out_id(), part=part, parts=3))
        there = {number for number, came in order[: place + 1] if came}
        assert (states(database) == {"delivered": 1}) is (len(there) == 3)


def test_what_nobody_confirms_goes_by_the_next_route(database: Database) -> None:
    """After the time the channel is given, marked that it may be a repeat; not a moment before."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.reroute_to_mail()
    desk.deliver()
    desk.clock.pass_(hours=1, minutes=59)
    desk.deliver()
    assert desk.mail.taken == []
    desk.clock.pass_(minutes=1)
    desk.deliver()
    desk.deliver()
    assert (states(database), len(desk.mail.taken)) == ({"sent": 2}, 1)
    with database.reading() as connection:
        old, new = connection.execute(select(notices).order_by(notices.c.id)).all()
    assert (old.reason, new.may_repeat) == ("no-receipt", True)


def test_without_another_route_it_stays_sent(database: Database) -> None:
    """The far side took it; its receipt may still come."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.deliver()
    desk.clock.pass_(hours=3)
    desk.deliver()
    assert states(database) == {"sent": 2}
    desk.take(Report(True, out_id=desk.out_id()))
    assert states(database) == {"delivered": 2}


def test_a_late_receipt_spares_the_repeat(database: Database) -> None:
    """What waits on the next route is delivered, and its notice has nothing left to say."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.reroute_to_mail()
    desk.deliver()
    desk.clock.pass_(hours=2)
    asyncio.run(desk.lanes[0].run_once())
    assert states(database) == {"pending": 2}
    desk.take(Report(True, out_id=desk.out_id()))
    desk.deliver()
    assert (states(database), desk.mail.taken) == ({"delivered": 2}, [])


def test_a_receipt_settles_a_lost_answer(database: Database) -> None:
    """Nobody knew whether it was taken; it arrived, so nothing is repeated."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.sms.script([Unknown(FailureReason.NO_ANSWER)])
    asyncio.run(desk.lanes[0].run_once())
    assert states(database) == {"unknown": 2}
    desk.take(Report(True, out_id=desk.out_id()))
    desk.clock.pass_(hours=1)
    desk.deliver()
    assert (states(database), len(desk.sms.tried)) == ({"delivered": 2}, 1)


def test_a_receipt_settles_a_crash_before_it_is_repeated(database: Database) -> None:
    """It came while the dead worker still held its claim; the far side is asked nothing."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.sms.script([Unknown(FailureReason.NO_ANSWER)])
    asyncio.run(desk.lanes[0].run_once())
    with database.writing() as connection:
        connection.execute(update(notices).values(state="sending", next_attempt_at=NOON))
    desk.take(Report(True, out_id=desk.out_id()))
    desk.deliver()
    assert (states(database), len(desk.sms.tried)) == ({"delivered": 2}, 1)


def test_what_was_to_be_passed_on_stays_relayed(database: Database) -> None:
    """It arrived at whoever passes it on, not at its reader; what did not arrive goes on."""
    post(database, 2, tellings_each=1, channel="sms")
    with database.writing() as connection:
        connection.execute(update(tellings).values(via="b" * 32))
    desk = Desk(database)
    desk.deliver()
    first, second = desk.sms.taken
    desk.take(Report(True, out_id=first.out_id), Report(False, out_id=second.out_id))
    assert states(database) == {"failed": 1, "relayed": 1}


def test_channels_without_receipts_await_none(database: Database) -> None:
    """Mail costs no more than before, whatever stands beside it."""
    post(database, 1, channel="mail")
    desk = Desk(database)
    desk.deliver()
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(awaited)) == 0


def test_polls_ask_ever_more_seldom(database: Database) -> None:
    """After a minute, then after half the message's age, and not beyond three days."""
    post(database, 1, channel="sms")
    clock, vault = Clock(), Vault(Keyring.create())
    with database.writing() as connection:
        person = connection.execute(select(persons.c.id)).scalar_one()
        sealed = vault.seal("15400000001", Spot("persons", "sealed_phone", person))
        connection.execute(update(persons).values(sealed_phone=sealed))
    asyncio.run(Lane("sms", Polled(), means_of(database, clock)).run_once())
    asked: list[int] = []
    for minute in (*range(10), *range(10, 5 * 24 * 60, 30)):
        with database.writing() as connection:
            now = NOON + timedelta(minutes=minute)
            found = to_ask(connection, "sms", vault, kind="phone", now=now)
        asked += [minute for _ in found]
        assert {one.address for one in found} <= {"15400000001"}
    assert asked[:4] == [1, 2, 3, 5]
    assert max(asked) <= 4 * 24 * 60
    assert len(asked) < 40


def test_old_receipts_are_forgotten(database: Database) -> None:
    """After thirty days nobody speaks of a message any more."""
    post(database, 1, channel="sms")
    desk = Desk(database)
    desk.deliver()
    desk.take(Report(True, out_id=desk.out_id()))
    with database.writing() as connection:
        forget(connection, now=NOON + timedelta(days=29))
        assert connection.scalar(select(func.count()).select_from(awaited)) == 1
        forget(connection, now=NOON + timedelta(days=31))
        assert connection.scalar(select(func.count()).select_from(awaited)) == 0
