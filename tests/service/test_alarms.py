"""What goes wrong with delivery becomes the operator's matter, once, and ends when it ends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from alerts import breaker as breakers
from alerts import budgets, rates
from alerts.breaker import Breaker
from alerts.budgets import DailyParts
from alerts.matters import Matter, MatterKind, still_open
from alerts.rates import Limits, Place
from alerts.recipients import Ladder, Subject
from alerts.tables import notices
from channels.protocol import Load
from config.channels.aliyun import AliyunSmsSettings
from ledgers.tables import imports
from service import passes
from service.alarms import raise_matters, reconcile, waiting
from service.clocks import Heartbeat
from service.wiring import Site
from tests.service.sites import MONDAY, a_site, add_due_entries

LATER = MONDAY + timedelta(hours=2)


@pytest.fixture
def site(tmp_path: Path, bare_database_url: str) -> Iterator[Site]:
    """Answer a site with one notice that is due, on each database in turn."""
    with a_site(tmp_path, bare_database_url, urgent=True) as opened:
        add_due_entries(opened, 1)
        passes.evaluate(opened, MONDAY)
        passes.open_slots(opened, MONDAY)
        yield opened


def open_kinds(site: Site) -> set[str]:
    """Answer the kinds of open matters; a missing calendar is not what these tests are about."""
    with site.database.reading() as connection:
        kinds = {one.matter.kind for one in still_open(connection)}
    return kinds - {MatterKind.CALENDAR_MISSING.value}


def test_due_but_nothing_sent_is_an_alarm_after_an_hour(site: Site) -> None:
    """Half an hour may pass; two may not; the first message out ends it."""
    reconcile(site, now=MONDAY + timedelta(minutes=30))
    assert open_kinds(site) == set()
    assert "nothing-sent" in {matter.kind for matter in reconcile(site, now=LATER)}
    assert reconcile(site, now=LATER) == []
    with site.database.writing() as connection:
        connection.execute(update(notices).values(ended_at=LATER, state="sent"))
    reconcile(site, now=LATER)
    assert open_kinds(site) == set()


def test_an_import_that_was_broken_off_is_told(site: Site) -> None:
    """Nobody is reminded of what it wrote: somebody must import the file again."""
    row = {"id": "f" * 32, "file": "x", "digest": "d", "recorded_by": "t"}
    with site.database.writing() as connection:
        connection.execute(update(notices).values(ended_at=MONDAY, state="sent"))
        connection.execute(insert(imports).values(started_at=MONDAY, **row))
    reconcile(site, now=MONDAY + timedelta(minutes=30))
    assert open_kinds(site) == set()
    reconcile(site, now=LATER)
    assert open_kinds(site) == {"import-broken-off"}
    with site.database.writing() as connection:
        connection.execute(update(imports).values(finished_at=LATER))
    reconcile(site, now=LATER)
    assert open_kinds(site) == set()


def test_held_notices_are_not_due(site: Site) -> None:
    """What waits for the operator is no alarm about delivery."""
    with site.database.writing() as connection:
        connection.execute(update(notices).values(state="held"))
        assert waiting(connection, now=LATER).count == 0
    reconcile(site, now=LATER)
    assert open_kinds(site) == set()


def test_dead_letters_are_told(site: Site) -> None:
    """A notice no route took is a matter of its channel."""
    with site.database.writing() as connection:
        connection.execute(update(notices).values(state="failed", ended_at=MONDAY))
    found = reconcile(site, now=LATER)
    assert [
        (matter.kind, matter.subject) for matter in found if matter.kind in open_kinds(site)
    ] == [("delivery-failed", "mail")]


@pytest.mark.parametrize(
    ("failures", "told"), [(1, True), (3, False), (6, True)], ids=["refused", "short", "long"]
)
def test_a_channel_that_takes_nothing_is_told(site: Site, failures: int, told: bool) -> None:
    """A refused account at once, an outage when it lasts."""
    state = Breaker(failures, MONDAY + timedelta(minutes=1), 1, "authentication")
    with site.database.writing() as connection:
        breakers.save(connection, "mail", state, now=MONDAY)
    reconcile(site, now=MONDAY)
    assert ("channel-paused" in open_kinds(site)) == told


def test_a_far_side_that_was_only_pressed_is_no_alarm(site: Site) -> None:
    """Its channel goes on by itself when the time is over."""
    state = Breaker(0, MONDAY + timedelta(minutes=1), 1, breakers.LIMITED)
    with site.database.writing() as connection:
        breakers.save(connection, "mail", state, now=MONDAY)
        assert breakers.paused(connection) == set()
    reconcile(site, now=MONDAY)
    assert "channel-paused" not in open_kinds(site)


@pytest.mark.parametrize(
    ("parts", "kinds"), [(7, set()), (8, {"budget-low"}), (10, {"budget-spent"})]
)
def test_a_budget_that_runs_out_is_told(site: Site, parts: int, kinds: set[str]) -> None:
    """At eight of ten it is low; spent when a message had to wait. Tomorrow it is neither."""
    written = {"type": "aliyun-sms", "access_key_id": "x", "access_key_secret": "x"}
    sms = AliyunSmsSettings.model_validate(
        {**written, "signature": "演示县民政局", "budget": {"parts": "每天10条"}}
    )
    with_sms = site.configuration.model_copy(update={"channels": {"sms": sms}})
    loaded = replace(site.loaded, configuration=with_sms)
    watched = replace(site, loaded=loaded)
    budget = DailyParts(10, 80, site.zone)
    with site.database.writing() as connection:
        place = Place("a" * 32, Load(1, parts), None)
        rates.reserve(connection, Limits("channel:sms"), [place], now=MONDAY)
        if parts == 10:
            budgets.spend(connection, "channel:sms", budget, now=MONDAY)
    told = {"budget-low", "budget-spent"}
    reconcile(watched, now=MONDAY)
    assert open_kinds(site) & told == kinds
    reconcile(watched, now=MONDAY + timedelta(days=1))
    assert open_kinds(site) & told == set()


def test_the_operator_hears_of_a_pause_over_another_channel(site: Site) -> None:
    """Not over the one that is paused."""
    channels = site.configuration.channels
    both = site.configuration.model_copy(update={"channels": {**channels, "b": channels["mail"]}})
    state = Breaker(1, MONDAY + timedelta(minutes=1), 1, "authentication")
    with site.database.writing() as connection:
        for broken, way in (("b", "mail"), ("mail", "b")):
            breakers.save(connection, broken, state, now=MONDAY)
            ladder = Ladder.to_operator(connection, both, MONDAY.date())
            [told] = ladder.recipients("operator", Subject("", "")).recipients
            assert told.addressee is not None
            assert told.addressee.channel == way
            breakers.save(connection, broken, Breaker(), now=MONDAY)


def test_an_alarm_is_told_once_a_day(site: Site) -> None:
    """However often it is raised, the operator gets one notice beside the daily one."""
    for _ in range(3):
        raise_matters(site, [Matter(MatterKind.CLOCK_JUMPED, "2027-06-07")], now=MONDAY)
    with site.database.reading() as connection:
        query = select(notices.c.slot).where(notices.c["class"] == "operator")
        assert list(connection.scalars(query)) == ["alarm:clock-jumped:2027-06-07"]


def test_a_heartbeat_tells_a_jump_from_the_passing_of_time() -> None:
    """Two clocks that go alike are in order, however long it took."""
    walls = iter([MONDAY, MONDAY + timedelta(days=9), MONDAY + timedelta(days=7)])
    seconds = iter([0.0, 9 * 86400.0, 9 * 86400.0 + 30])
    heartbeat = Heartbeat(lambda: next(walls), lambda: next(seconds))
    assert heartbeat.beat() == timedelta(0)
    assert heartbeat.beat() == timedelta(days=-2, seconds=-30)
