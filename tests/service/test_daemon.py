"""The daemon wakes, sends, drains, reloads and notices what is wrong with itself."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import insert, update

from alerts.holding import HeldFor, held_for
from alerts.matters import still_open
from alerts.states import NoticeState
from alerts.tables import notices, tellings
from channels.memory import MemoryChannel
from channels.protocol import Message, Receipt
from config.loaded import Loaded
from ledgers.tables import last_acts, touched
from service import duties
from service.errors import UpgradedMeanwhile
from service.locks import Place
from service.wakeup import announce
from service.wiring import Site
from tests.service.at_work import Clocks, states, watching
from tests.service.sites import (
    MONDAY,
    a_site,
    add_due_entries,
    add_villages,
    expect_slot,
    write_site,
)

TODAY = date(2027, 6, 7)


class SlowChannel(MemoryChannel):
    """Takes a message and does not answer before it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = asyncio.Event()
        self.answer = asyncio.Event()

    async def send(self, message: Message) -> Receipt:
        self.begun.set()
        await self.answer.wait()
        return await super().send(message)


class Stumbling(MemoryChannel):
    """Breaks its word the first time: raises what no channel may."""

    async def send(self, message: Message) -> Receipt:
        if not self.tried:
            self.tried.append(message)
            raise ZeroDivisionError
        return await super().send(message)


@pytest.fixture
def clocks() -> Clocks:
    """Answer clocks that stand at a Monday morning."""
    return Clocks()


@pytest.fixture
def site(tmp_path: Path, bare_database_url: str, clocks: Clocks) -> Iterator[Site]:
    """Answer a site whose one rule is told at once, on each database in turn."""
    with a_site(tmp_path, bare_database_url, clock=clocks.read, urgent=True) as opened:
        yield opened


def test_what_somebody_writes_goes_out_within_a_second(site: Site, clocks: Clocks) -> None:
    """The daemon sleeps until a change wakes it."""

    async def story() -> float:
        async with watching(site, clocks) as world:
            await asyncio.to_thread(add_due_entries, site, 3)
            begun = monotonic()
            await asyncio.to_thread(announce, site.database)
            await world.until(lambda: len(world.channel.taken) > 0)
            return monotonic() - begun

    assert asyncio.run(story()) < 1.0
    assert states(site.database) == ["sent"] * 3


def test_a_slot_that_began_while_nobody_watched_is_opened_at_start(
    tmp_path: Path, bare_database_url: str, clocks: Clocks
) -> None:
    """A daemon that starts at 09:30 sends what belonged to 09:10."""

    async def story(site: Site) -> None:
        async with watching(site, clocks) as world:
            await world.until(lambda: len(world.channel.taken) == 1)

    with a_site(tmp_path, bare_database_url, clock=clocks.read) as site:
        add_due_entries(site, 5)
        expect_slot(site)
        asyncio.run(story(site))


def test_a_long_import_makes_no_outcome_fail(site: Site, clocks: Clocks) -> None:
    """Somebody writes chunk after chunk, each for a while; every answer is still written down."""
    add_villages(site, 40)
    done = threading.Event()

    def write_on() -> None:
        pause = threading.Event()
        while not done.is_set():
            with site.database.writing() as connection:
                connection.execute(insert(touched).values(entry_id="0" * 32, known_on=TODAY))
                pause.wait(0.2)
            pause.wait(0.02)  # between chunks an import reads on

    async def story() -> None:
        async with watching(site, clocks) as world:
            importing = asyncio.create_task(asyncio.to_thread(write_on))
            try:
                await world.until(lambda: len(world.channel.taken) == 40)
            finally:
                done.set()
            await importing

    asyncio.run(story())
    assert states(site.database) == ["sent"] * 40


def test_a_fault_in_one_round_stops_no_lane(site: Site, clocks: Clocks) -> None:
    """What no one foresaw is logged; the next message goes out."""

    async def story() -> None:
        async with watching(site, clocks, Stumbling()) as world:
            await asyncio.to_thread(add_due_entries, site, 1)
            await asyncio.to_thread(announce, site.database)
            await world.until(lambda: len(world.channel.tried) == 1)
            await asyncio.to_thread(add_villages, site, 1)
            await asyncio.to_thread(announce, site.database)
            await world.until(lambda: len(world.channel.taken) == 1)
            assert world.channel.tried != world.channel.taken

    asyncio.run(story())


def test_a_clock_that_went_back_while_nobody_watched_holds_delivery(
    site: Site, clocks: Clocks
) -> None:
    """The last message lies in the future: somebody must say what day it is."""
    add_due_entries(site, 1)

    async def story() -> None:
        async with watching(site, clocks) as world:
            await world.until(lambda: len(world.channel.taken) == 1)
        clocks.wall -= timedelta(days=2)
        async with watching(site, clocks) as world:
            assert "clock-jumped" in world.matters()

    asyncio.run(story())


def test_stopping_waits_for_what_is_in_the_air(site: Site, clocks: Clocks) -> None:
    """A message that was handed over gets its answer written down before the daemon ends."""
    add_due_entries(site, 1)

    async def story() -> None:
        channel = SlowChannel()
        async with watching(site, clocks, channel) as world:
            await channel.begun.wait()
            world.daemon.stop()
            await asyncio.sleep(0)
            assert states(site.database) == ["sending"]
            channel.answer.set()

    asyncio.run(story())
    assert states(site.database) == ["sent"]


def test_claims_of_a_dead_daemon_are_sent_at_once(site: Site, clocks: Clocks) -> None:
    """Nobody waits for the lease of a worker that is known to be gone."""
    add_due_entries(site, 1)

    async def first() -> None:
        async with watching(site, clocks, SlowChannel()) as world:
            channel = world.channel
            assert isinstance(channel, SlowChannel)
            await channel.begun.wait()
            channel.answer.set()

    asyncio.run(first())
    _claim_for_the_dead(site)

    async def second() -> None:
        async with watching(site, clocks) as world:
            await world.until(lambda: len(world.channel.taken) == 1)

    asyncio.run(second())


def test_a_broken_configuration_changes_nothing_but_a_matter(site: Site, clocks: Clocks) -> None:
    """The old one holds, the operator hears of it, and a mended one is taken at once."""

    async def story() -> None:
        async with watching(site, clocks) as world:
            site.config_path.write_text("version: 1\nrules: 3\n", encoding="utf-8")
            world.daemon.reload()
            await world.until(lambda: world.daemon.signs.configuration_refused)
            await world.until(lambda: "configuration-refused" in world.matters())
            await world.until(lambda: len(world.channel.taken) == 1)
            assert world.channel.taken[0].address == "operator@example.invalid"
            assert "shouwang check" in world.channel.taken[0].text
            write_site(site.folder, slot="10:10", urgent=True)
            world.daemon.reload()
            await world.until(lambda: "configuration-refused" not in world.matters())
            assert not world.daemon.signs.configuration_refused
            await asyncio.to_thread(add_due_entries, site, 1)
            await asyncio.to_thread(announce, site.database)
            await world.until(lambda: len(world.channel.taken) == 2)

    asyncio.run(story())


def test_a_start_with_a_mended_configuration_settles_the_matter(site: Site, clocks: Clocks) -> None:
    """Whoever mends the file and starts the daemon anew is not told of it for ever."""

    async def refused() -> None:
        async with watching(site, clocks) as world:
            site.config_path.write_text("version: 1\nrules: 3\n", encoding="utf-8")
            world.daemon.reload()
            await world.until(lambda: "configuration-refused" in world.matters())

    async def mended() -> None:
        async with watching(site, clocks) as world:
            await world.until(lambda: "configuration-refused" not in world.matters())
            assert not world.daemon.signs.configuration_refused

    asyncio.run(refused())
    write_site(site.folder, slot="10:10", urgent=True)
    asyncio.run(mended())


def test_what_another_version_would_read_changes_nothing(site: Site, clocks: Clocks) -> None:
    """One was installed while this daemon runs: it goes on, and says what to do."""

    def newer(_path: Path, _variables: Mapping[str, str]) -> Loaded:
        raise UpgradedMeanwhile("1.0.0", "1.1.0")

    async def story() -> None:
        async with watching(replace(site, reader=newer), clocks) as world:
            world.daemon.reload()
            await world.until(lambda: "upgraded-meanwhile" in world.matters())
            await world.until(lambda: len(world.channel.taken) == 1)
            assert "重启守望" in world.channel.taken[0].text
            assert "configuration-refused" not in world.matters()
            assert world.daemon.signs.configuration_refused
            assert world.daemon.signs.failing is None

    asyncio.run(story())


def test_a_refused_template_leaves_the_operator_where_they_are(site: Site, clocks: Clocks) -> None:
    """Of a configuration that is refused nothing is taken, whatever it is refused for."""

    async def story() -> None:
        async with watching(site, clocks) as world:
            text = site.config_path.read_text("utf-8")
            moved = text.replace("operator@example.invalid", "new@example.invalid")
            broken = site.folder / "own" / "zh_CN" / "director"
            broken.mkdir(parents=True)
            (broken / "text.txt").write_text("{{ no.such.field }}", "utf-8")
            site.config_path.write_text(f"{moved}templates: own\n", "utf-8")
            world.daemon.reload()
            await world.until(lambda: len(world.channel.taken) == 1)
            assert world.daemon.signs.configuration_refused
            assert world.channel.taken[0].address == "operator@example.invalid"

    asyncio.run(story())


def test_a_changed_file_is_read_without_being_asked(site: Site, clocks: Clocks) -> None:
    """Saving the file is enough."""

    async def story() -> None:
        async with watching(site, clocks) as world:
            site.config_path.write_text("version: 1\n", encoding="utf-8")
            await world.until(lambda: world.daemon.signs.configuration_refused)
            await world.until(lambda: "configuration-refused" in world.matters())
            assert world.site.config_path.read_text("utf-8") == "version: 1\n"

    asyncio.run(story())


def test_a_clock_that_jumps_by_days_holds_delivery(site: Site, clocks: Clocks) -> None:
    """Nobody but the operator is told anything at a time that nobody has confirmed."""

    async def story() -> None:
        async with watching(site, clocks) as world:
            clocks.wall += timedelta(days=3)
            clocks.elapsed += 30
            await world.daemon.fire(duties.HEARTBEAT, clocks.wall)
            await asyncio.to_thread(add_due_entries, site, 1)
            await asyncio.to_thread(announce, site.database)
            await world.until(lambda: "held" in states(site.database))
            told = {message.address for message in world.channel.taken}
            assert told <= {"operator@example.invalid"}
            assert "clock-jumped" in world.matters()

    asyncio.run(story())
    with site.database.reading() as connection:
        assert held_for(connection) is HeldFor.CLOCK_JUMPED


def test_a_small_jump_holds_nothing(site: Site, clocks: Clocks) -> None:
    """Two hours are logged, no more."""

    async def story() -> None:
        async with watching(site, clocks) as world:
            clocks.wall -= timedelta(hours=2)
            await world.daemon.fire(duties.HEARTBEAT, clocks.wall)

    asyncio.run(story())
    with site.database.reading() as connection:
        assert held_for(connection) is None


def test_the_operator_hears_each_day_that_the_watch_goes_on(site: Site, clocks: Clocks) -> None:
    """One sign of life a day, however often it is asked for."""

    async def story() -> None:
        async with watching(site, clocks) as world:
            for _ in range(2):
                await world.daemon.fire(duties.SIGN_OF_LIFE, clocks.wall)
            await world.until(lambda: len(world.channel.taken) == 1)
            await world.daemon.fire(duties.SIGN_OF_LIFE, clocks.wall)
            assert [message.address for message in world.channel.taken] == [
                "operator@example.invalid"
            ]

    asyncio.run(story())


def test_the_nightly_audit_finds_nothing_after_a_good_day(site: Site, clocks: Clocks) -> None:
    """What the daemon left is what the audit expects."""
    add_due_entries(site, 5)

    async def story() -> None:
        async with watching(site, clocks) as world:
            await world.until(lambda: len(world.channel.taken) == 1)
            await world.daemon.fire(duties.AUDIT, clocks.wall)
            assert "audit-found" not in world.matters()

    asyncio.run(story())


def test_an_audit_that_finds_something_tells_the_operator(site: Site, clocks: Clocks) -> None:
    """A hand in the database is noticed the night after."""
    add_due_entries(site, 1)
    duties.audit_all(site, MONDAY)
    with site.database.writing() as connection:
        connection.execute(update(last_acts).values(happened_on=date(2027, 5, 8)))
    findings = duties.audit_all(site, MONDAY)
    with site.database.reading() as connection:
        kinds = [one.matter.kind for one in still_open(connection)]
    assert "last-act-wrong" in {finding.fault.value for finding in findings}
    assert kinds == ["audit-found"]


def _claim_for_the_dead(site: Site) -> None:
    """Leave a notice as a daemon does that was killed after it had claimed it."""
    later = MONDAY + timedelta(minutes=10)
    with site.database.writing() as connection:
        connection.execute(update(tellings).values(state="pending"))
        connection.execute(
            update(notices).values(
                state=NoticeState.SENDING.value,
                claimed_by="gone",
                lease_until=later,
                next_attempt_at=later,
                ended_at=None,
            )
        )


def test_a_place_on_sqlite_needs_no_keeping() -> None:
    """There is no connection to lose."""
    place = Place("a")
    place.keep()
    assert place.worker == "a"
