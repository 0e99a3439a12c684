"""A tick does everything a daemon does at a moment, once."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, insert, select

from alerts.holding import HeldFor, hold_delivery, release_delivery
from alerts.last_pass import last_pass as noted_pass
from alerts.tables import notices, tellings
from channels.memory import MemoryChannel
from ledgers.sealing import Keyring, Spot, Vault
from ledgers.tables import entries, regions
from service.metrics import NoFigures
from service.outgoing import Sender, compose_of, open_lanes
from service.passes import Kept, Ticked, evaluate, tick
from service.wiring import Site, open_site, reloaded
from tests.service.sites import (
    MONDAY,
    a_site,
    add_due_entries,
    add_villages,
    prepare,
    settings_for,
)


@pytest.fixture
def site(tmp_path: Path, bare_database_url: str) -> Iterator[Site]:
    """Answer a site with ten due entries, on each database in turn."""
    with a_site(tmp_path, bare_database_url) as opened:
        add_due_entries(opened, 10)
        yield opened


class ShutVault(Vault):
    """Opens nothing."""

    def open_bytes(self, sealed: bytes, spot: Spot) -> bytes:
        """Refuse."""
        raise AssertionError(f"a pass opened {spot.table}.{spot.column}")


def test_a_pass_opens_and_reads_nothing_sealed(site: Site) -> None:
    """It raises what is due all the same: whom it is about is not its business."""
    asked: list[str] = []

    def hear(*what: object) -> None:
        asked.append(str(what[2]))

    event.listen(site.database.engine, "before_cursor_execute", hear)
    found = evaluate(replace(site, vault=ShutVault(Keyring.create())), MONDAY)
    event.remove(site.database.engine, "before_cursor_execute", hear)
    assert found.written.opened == 10
    assert asked
    assert not [statement for statement in asked if "sealed_" in statement]


def do_tick(site: Site, channel: MemoryChannel, *, slot_now: bool = False) -> Ticked:
    """Tick once, with everything sent into memory."""

    async def once() -> Ticked:
        sender = Sender("tick", NoFigures(), compose_of(site))
        async with open_lanes(site, sender, channels={"mail": channel}) as lanes:
            return await tick(site, lanes, slot_now=slot_now)

    return asyncio.run(once())


def test_a_tick_evaluates_opens_slots_and_delivers(site: Site) -> None:
    """Ten due entries of one village are one mail to its director."""
    channel = MemoryChannel()
    done = do_tick(site, channel, slot_now=True)
    assert done.evaluated.written.opened == 10
    assert done.opened.tellings == 10
    assert [message.address for message in channel.taken] == ["zhao@example.invalid"]
    assert done.delivered.results == {"accepted": 1}


def test_a_second_tick_adds_nothing(site: Site) -> None:
    """Any number of ticks say the same thing once."""
    channel = MemoryChannel()
    do_tick(site, channel, slot_now=True)
    again = do_tick(site, channel, slot_now=True)
    assert again.evaluated.written.opened == again.opened.tellings == 0
    assert len(channel.taken) == 1


def test_held_delivery_sends_nothing_until_released(site: Site) -> None:
    """Notices are made and wait; the release lets them go."""
    with site.database.writing() as connection:
        hold_delivery(connection, HeldFor.RESTORED, now=MONDAY)
    channel = MemoryChannel()
    done = do_tick(site, channel, slot_now=True)
    assert done.held
    assert channel.taken == []
    with site.database.writing() as connection:
        allowed = site.timetable.quiet.next_allowed
        assert release_delivery(connection, allowed, now=MONDAY) == 1
    assert not do_tick(site, channel).held
    assert len(channel.taken) == 1


def test_released_notices_get_their_whole_time_again(site: Site) -> None:
    """Who was held for a week is not given up at once; quiet hours still hold."""
    with site.database.writing() as connection:
        hold_delivery(connection, HeldFor.BY_HAND, now=MONDAY)
    do_tick(site, MemoryChannel(), slot_now=True)
    late_at_night = MONDAY + timedelta(days=7, hours=13)
    with site.database.writing() as connection:
        release_delivery(connection, site.timetable.quiet.next_allowed, now=late_at_night)
        row = connection.execute(select(notices)).one()
        states = connection.execute(select(tellings.c.state, func.count()).group_by("state")).all()
    assert row.next_attempt_at > late_at_night
    assert row.give_up_at - row.next_attempt_at == timedelta(hours=48)
    assert [tuple(found) for found in states] == [("pending", 10)]


def last_pass(site: Site) -> datetime | None:
    """Answer when a pass was last noted."""
    with site.database.reading() as connection:
        return noted_pass(connection)


def test_what_is_kept_makes_no_difference(site: Site) -> None:
    """Passes by one plan find what passes by a plan made anew would find."""
    kept = Kept()
    first = [evaluate(site, MONDAY + timedelta(hours=n), kept).written.opened for n in range(3)]
    add_villages(site, 1)
    after = evaluate(site, MONDAY + timedelta(hours=3), kept).written.opened
    assert [*first, after] == [10, 0, 0, 1]


def test_another_configuration_makes_another_plan(site: Site) -> None:
    """A plan belongs to the configuration it was made of."""
    kept = Kept()
    evaluate(site, MONDAY, kept)
    before = kept.plan
    evaluate(site, MONDAY, kept)
    assert kept.plan is before
    evaluate(reloaded(site), MONDAY, kept)
    assert kept.plan is not before


def test_imported_codes_and_dates_make_another_plan(site: Site) -> None:
    """What a daemon keeps follows what is imported meanwhile."""
    kept = Kept()
    evaluate(site, MONDAY, kept)
    before = kept.plan
    with site.database.writing() as connection:
        row = {"code": "990101009", "name": "旧镇", "successor": "990101001", "local": False}
        connection.execute(insert(regions).values(row))
    evaluate(site, MONDAY, kept)
    assert kept.plan is not None
    assert kept.plan is not before
    assert kept.plan.lookups.current_code("990101009001") == "990101001001"
    after = kept.plan
    evaluate(site, MONDAY, kept)
    assert kept.plan is after


def test_divisions_get_entries_when_a_rule_is_first_for_them(
    tmp_path: Path, bare_database_url: str
) -> None:
    """Without any import: the county's own at least."""
    settings = settings_for(tmp_path, bare_database_url)
    path = settings.config_path(tmp_path)
    path.write_text(path.read_text("utf-8").replace("children", "jurisdictions"), "utf-8")
    prepare(bare_database_url)
    with open_site(settings, clock=lambda: MONDAY, environment={}) as site:
        evaluate(site, MONDAY)
        with site.database.reading() as connection:
            query = select(entries.c.lives_in).where(entries.c.ledger == "jurisdictions")
            assert connection.scalars(query).all() == ["990101"]


def test_passes_in_quick_succession_are_noted_once(site: Site) -> None:
    """The status says to the minute when the last pass was."""
    kept = Kept()
    for seconds in (0, 59):
        evaluate(site, MONDAY + timedelta(seconds=seconds), kept)
    assert last_pass(site) == MONDAY
    evaluate(site, MONDAY + timedelta(seconds=60), kept)
    assert last_pass(site) == MONDAY + timedelta(seconds=60)
