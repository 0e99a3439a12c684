"""Passes over a real database: finding, catching up, changing rules, and doing nothing twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from alerts.acts import RecordRequest, RecordSource, Voiding, record, void
from alerts.audit import Fault, audit
from alerts.outbox import Written
from alerts.tables import alerts, steps
from ledgers.database import Database
from ledgers.tables import last_acts, records, touched
from tests.alerts.world import (
    CONTACT,
    ELSEWHERE,
    LAUNCH,
    VILLAGE,
    World,
    configured,
    day,
    entry,
    entry_id,
    rule,
)


@pytest.fixture
def world(database: Database) -> World:
    """Answer a site with one entry, contacted on the day of launch: due on the first of March."""
    one = World(database)
    one.enter(entry(1))
    act(one, "2026-12-01")
    one.run()
    return one


def act(world: World, on: str, number: int = 1, **changes: Any) -> str:
    """Record a contact, and answer the record's id."""
    request = replace(
        RecordRequest(entry_id(number), "contact", day(on), RecordSource.CLI), **changes
    )
    with world.database.writing() as connection:
        made = record(connection, world.plan, [request], now=world.now, today=world.today)
    return made.new[0]


def undo(world: World, record_id: str) -> None:
    """Void a record."""
    with world.database.writing() as connection:
        void(
            connection,
            world.plan,
            Voiding([record_id], "typo"),
            now=world.now,
            today=world.today,
        )


def findings(world: World) -> list[Fault]:
    """Answer what the audit finds."""
    found = audit(
        world.database,
        world.plan,
        today=world.today,
        now=world.now,
        look_ahead=world.look_ahead,
    )
    return [one.fault for one in found]


def cycles(world: World) -> list[tuple[str, int, str | None]]:
    """Answer anchor, cycle and ending of all alerts."""
    return [(row.anchor, row.cycle, row.closed_how) for row in world.alerts()]


def test_nothing_opens_before_its_day(world: World) -> None:
    """The day before there is nothing, on the day there is."""
    assert world.run(day("2027-02-28")).written == Written()
    assert world.run(day("2027-03-01")).written.opened == 1


def test_two_passes_add_nothing(world: World) -> None:
    """On any day, also after weeks of standing still."""
    world.run(day("2027-05-20"))
    before = (world.alerts(), world.steps())
    assert world.run().written == Written()
    assert (world.alerts(), world.steps()) == before


def test_after_an_outage_the_past_steps_are_there(world: World) -> None:
    """All steps become rows, of the repeat only the newest with the number skipped."""
    world.run(day("2027-05-20"))
    assert world.told() == [
        ("0 days", 0, "2027-03-01"),
        ("+3 days", 0, "2027-03-04"),
        ("+7 days", 0, "2027-03-08"),
        ("+30 days", 1, "2027-04-30"),
    ]
    assert [row.skipped for row in world.steps(step="+30 days")] == [1]


def test_daily_passes_skip_no_repeat(world: World) -> None:
    """With the engine running each repeat has its row."""
    world.pass_days(160)
    rows = world.steps(step="+30 days")
    assert [(row.occurrence, row.skipped) for row in rows] == [(0, 0), (1, 0)]


def test_a_touched_entry_is_known_from_that_day(world: World) -> None:
    """Lateness of a back-dated record counts from its entry."""
    world.today = day("2027-06-01")
    act(world, "2026-12-20")
    world.run()
    assert {row.known_on for row in world.steps()} == {day("2027-06-01")}


@pytest.mark.parametrize("touch_first", [True, False])
def test_the_order_of_finding_makes_no_difference(database: Database, touch_first: bool) -> None:
    """An entry that came due and was touched has the rows of a touched one, whoever finds it."""
    world = World(database)
    world.enter(entry(1))
    act(world, "2026-12-01")
    world.run()
    world.today = day("2027-03-10")
    if touch_first:
        world.change(1, level="red")
        world.run()
    else:
        world.run(day("2027-03-10"))
        world.change(1, level="red")
        world.run()
    assert [row[0] for row in world.told()] == ["0 days", "+3 days", "+7 days"]


def test_a_voided_record_opens_the_next_cycle(world: World) -> None:
    """The old alert says why it did not hold, and the new one starts afresh."""
    world.run(day("2027-03-01"))
    made = act(world, "2027-03-01")
    undo(world, made)
    world.run()
    assert cycles(world) == [("2026-12-01", 1, "record-voided"), ("2026-12-01", 2, None)]
    assert findings(world) == []


def test_a_voided_record_with_a_twin_changes_nothing(world: World) -> None:
    """Another record still settles the alert."""
    world.run(day("2027-03-01"))
    made = act(world, "2027-03-01")
    other = act(world, "2027-03-01", method="phone")
    undo(world, made)
    world.run()
    [alert] = world.alerts()
    assert (alert.closed_how, alert.closing_record) == ("done", other)


def test_a_voided_anchor_takes_its_alert_along(world: World) -> None:
    """What counted from it counts from what stood before: here nothing, so it is never recorded."""
    with world.database.reading() as connection:
        [anchor] = connection.execute(select(records.c.id)).scalars()
    world.run(day("2027-03-01"))
    undo(world, anchor)
    world.run()
    assert cycles(world) == [("2026-12-01", 1, "record-voided")]
    assert findings(world) == []


def test_no_file_brings_a_voided_record_back(world: World) -> None:
    """Importing the form again leaves it void; somebody at the keyboard may record it anew."""
    made = act(world, "2026-12-01", kind="visit", source=RecordSource.FORM)
    undo(world, made)
    request = RecordRequest(entry_id(1), "visit", day("2026-12-01"), RecordSource.FORM)
    with world.database.writing() as connection:
        again = record(connection, world.plan, [request], now=world.now, today=world.today)
    assert (len(again.voided), again.new) == (1, [])
    assert act(world, "2026-12-01", kind="visit", source=RecordSource.CLI)


def test_whoever_leaves_and_comes_back_has_a_next_cycle(world: World) -> None:
    """The alert ends entry-left, and opens again on return."""
    world.run(day("2027-03-01"))
    world.change(1, status="moved")
    world.run()
    world.change(1, status="active")
    world.run()
    assert cycles(world) == [("2026-12-01", 1, "entry-left"), ("2026-12-01", 2, None)]


def test_a_shorter_interval_makes_nobody_overdue(world: World) -> None:
    """Due is counted from the day of the change at the earliest."""
    world.today = day("2027-02-20")
    world.configure(configured({"contact": rule(every="1 months")}))
    world.run()
    assert world.alerts() == []
    world.run(day("2027-03-01"))
    assert [row.due_on for row in world.alerts()] == [day("2027-03-01")]


def test_a_longer_interval_closes_what_is_not_due_any_more(world: World) -> None:
    """It opens again on its new day, as the next cycle."""
    world.run(day("2027-03-01"))
    world.configure(configured({"contact": rule(every="6 months")}))
    world.run(day("2027-03-02"))
    assert cycles(world) == [("2026-12-01", 1, "no-longer-due")]
    world.run(day("2027-06-01"))
    assert cycles(world)[-1] == ("2026-12-01", 2, None)


def test_a_changed_text_moves_nothing(world: World) -> None:
    """Titles and words make no new version."""
    world.run(day("2027-03-01"))
    world.configure(configured({"contact": rule(title="另一个名字", say="走访")}))
    assert world.plan.rules[0].version == 1
    assert world.run().written == Written()


def test_a_renamed_rule_keeps_its_alerts(world: World) -> None:
    """`was` takes everything along; nothing is told anew."""
    world.run(day("2027-03-01"))
    world.configure(configured({"quarterly": rule(was="contact")}))
    assert world.run(day("2027-03-02")).written == Written()
    assert [row.rule for row in world.alerts()] == ["quarterly"]


def test_a_removed_rule_closes_its_alerts(world: World) -> None:
    """They say so, and what waited is suppressed."""
    world.run(day("2027-03-01"))
    world.configure(configured({"other": rule(done_by="update")}))
    world.run()
    assert cycles(world) == [("2026-12-01", 1, "rule-removed")]
    assert {(row.ended, row.ended_reason) for row in world.steps()} == {
        ("suppressed", "rule-removed")
    }


def test_a_step_that_is_removed_ends(world: World) -> None:
    """What waits of it is suppressed; the alert stays."""
    world.run(day("2027-03-04"))
    world.configure(configured({"contact": rule(steps=[CONTACT["steps"][0]])}))
    world.run()
    ends = {row.step: (row.waiting, row.ended_reason) for row in world.steps()}
    assert ends == {"0 days": ("|director|", None), "+3 days": ("", "step-removed")}


def test_the_longest_prefix_wins(database: Database) -> None:
    """An override holds in its region and below, but for a longer one."""
    overrides = {"990101002": {"every": "2 months"}, ELSEWHERE: {"every": "1 months"}}
    world = World(database, configured({"contact": rule(regions=overrides)}))
    world.enter(entry(1), entry(2, lives_in="990101002009"), entry(3, lives_in=ELSEWHERE))
    for number in (1, 2, 3):
        act(world, "2026-12-01", number)
    world.run(day("2027-03-02"))
    due = {row.entry_id: row.due_on for row in world.alerts()}
    assert due == {
        entry_id(1): day("2027-03-01"),
        entry_id(2): day("2027-02-01"),
        entry_id(3): day("2027-01-01"),
    }


def test_a_move_changes_the_same_alert(database: Database) -> None:
    """In another region another interval holds; what was told stays told."""
    world = World(
        database, configured({"contact": rule(regions={ELSEWHERE: {"every": "2 months"}})})
    )
    world.enter(entry(1, lives_in=VILLAGE))
    act(world, "2026-12-01")
    world.run(day("2027-03-01"))
    world.change(1, lives_in=ELSEWHERE)
    world.run()
    [alert] = world.alerts()
    assert (alert.due_on, alert.variant) == (day("2027-02-01"), ELSEWHERE)


def test_birthdays_bring_in_and_take_out(database: Database) -> None:
    """Nobody writes a birthday down: the pass sees it by itself."""
    ages = {"ledger": "children", "where": {"age": {"at_least": "6 years", "under": "16 years"}}}
    world = World(database, configured({"contact": rule(**{"for": ages})}))
    world.enter(entry(1, born_on=day("2021-03-10")), entry(2, born_on=day("2011-03-10")))
    act(world, "2026-12-01", 1)
    act(world, "2026-12-01", 2)
    world.pass_days((day("2027-03-09") - LAUNCH).days)
    assert [row.entry_id for row in world.alerts(closed_at=None)] == [entry_id(2)]
    world.run(day("2027-03-10"))
    ends = {row.entry_id: row.closed_how for row in world.alerts()}
    assert ends == {entry_id(1): None, entry_id(2): "aged-out"}
    assert findings(world) == []


def test_a_rule_begins_and_ends_with_its_validity(database: Database) -> None:
    """Nothing is owed before, and what would fall due after is not owed either."""
    valid = {"from": day("2027-01-10"), "to": day("2027-03-15")}
    world = World(database, configured({"contact": rule(every="1 months", valid=valid)}))
    world.enter(entry(1), entry(2))
    act(world, "2026-12-01", 1)
    world.run(day("2027-01-09"))
    assert world.alerts() == []
    world.run(day("2027-01-10"))
    assert [row.due_on for row in world.alerts()] == [day("2027-01-01")]
    world.today = day("2027-02-20")
    act(world, "2027-02-20", 1)
    world.run(day("2027-04-01"))
    assert [row.closed_how for row in world.alerts(entry_id=entry_id(1))] == ["done"]


def test_the_audit_finds_planted_damage(world: World) -> None:
    """Each kind of damage by its name."""
    world.run(day("2027-03-01"))
    assert findings(world) == []
    with world.database.writing() as connection:
        connection.execute(update(alerts).values(next_at=day("2027-09-01")))
    assert findings(world) == [Fault.DATES_STALE]
    with world.database.writing() as connection:
        connection.execute(update(alerts).values(closed_at=world.now, closed_how="no-longer-due"))
    assert findings(world) == [Fault.STEP_OF_CLOSED, Fault.ALERT_MISSING]
    with world.database.writing() as connection:
        connection.execute(update(steps).values(waiting=""))
        connection.execute(update(last_acts).values(happened_on=day("2027-02-01")))
    assert findings(world) == [Fault.STEP_UNENDED, Fault.LAST_ACT_WRONG]


def test_a_pass_leaves_nothing_touched(world: World) -> None:
    """What it judged it takes away."""
    world.change(1, level="red")
    world.run(world.today + timedelta(days=1))
    with world.database.reading() as connection:
        assert connection.execute(select(touched)).all() == []


def test_a_stay_long_enough_brings_in_and_an_absence_takes_out(database: Database) -> None:
    """Nobody writes down that six months have gone by, nor that somebody stayed away."""
    group = {"ledger": "children", "where": {"stay": {"at_least": "6 months"}}}
    world = World(database, configured({"contact": rule(**{"for": group})}))
    world.enter(entry(1, stay_since=day("2026-09-10"), stay_until=day("2027-03-20")))
    act(world, "2026-12-01", 1)
    found = {}
    world.pass_days((day("2027-03-08") - LAUNCH).days)
    for on in ("2027-03-09", "2027-03-10", "2027-03-20", "2027-03-21"):
        world.run(day(on))
        found[on] = [row.closed_how for row in world.alerts()]
    assert found["2027-03-09"] == []
    assert found["2027-03-10"] == found["2027-03-20"] == [None]
    assert found["2027-03-21"] == ["no-longer-due"]
    assert findings(world) == []
