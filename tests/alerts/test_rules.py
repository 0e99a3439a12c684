"""Versions of rules: what makes a new one, what does not, and what the plan remembers of old ones."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from alerts.effective import EvaluationPlan, Variant
from alerts.rules import prepare
from alerts.tables import rule_versions
from ledgers.database import Database
from ledgers.tables import regions
from schedules.intervals import Interval
from schedules.periods import Period
from tests.alerts.world import CALENDAR, CONTACT, LAUNCH, configured, day, rule

LATER = day("2027-02-01")


def put(
    database: Database, rules: dict[str, Any], today: date = LAUNCH, **more: Any
) -> EvaluationPlan:
    """Put rules in force on a day."""
    with database.writing() as connection:
        return prepare(connection, configured(rules, **more), CALENDAR, today=today)


def versions(database: Database) -> list[tuple[str, int, date, date | None]]:
    """Answer the versions of all rules."""
    query = select(rule_versions).order_by(rule_versions.c.rule, rule_versions.c.version)
    with database.reading() as connection:
        return [
            (row.rule, row.version, row.effective_on, row.removed_on)
            for row in connection.execute(query)
        ]


def _history(variant: Variant) -> tuple[tuple[Period | Interval, date | None], ...]:
    """Answer the intervals of a duty."""
    deadline = variant.deadline(None)
    assert deadline is not None
    return deadline.history


def test_the_same_rules_make_no_new_version(database: Database) -> None:
    """However often they are loaded, and however they are written."""
    put(database, {"contact": rule()})
    put(database, {"contact": rule(every="3个月", title="别的")}, LATER)
    assert versions(database) == [("contact", 1, LAUNCH, None)]


@pytest.mark.parametrize(
    "change",
    [
        {"every": "2 months"},
        {"roll": "before"},
        {"done_by": "visit"},
        {"place": "registered_in"},
        {"steps": CONTACT["steps"][:2]},
        {"valid": {"from": LATER}},
        {"regions": {"990101": {"every": "2 months"}}},
        {"for": {"ledger": "children", "where": {"status": "active", "level": "red"}}},
    ],
)
def test_what_moves_dates_or_who_is_in_makes_a_version(
    database: Database, change: dict[str, Any]
) -> None:
    """In effect from the day it was loaded."""
    put(database, {"contact": rule()})
    put(database, {"contact": rule(**change)}, LATER)
    assert versions(database)[1:] == [("contact", 2, LATER, None)]


def test_a_kind_that_begins_to_count_makes_a_version(database: Database) -> None:
    """`counts_as` decides what closes an alert."""
    put(database, {"contact": rule()})
    records = {"contact": {"title": "联系"}, "visit": {"title": "走访"}}
    put(database, {"contact": rule()}, LATER, records=records)
    assert len(versions(database)) == 2


def test_who_is_told_makes_no_version(database: Database) -> None:
    """But open alerts are looked at again."""
    steps = [{**CONTACT["steps"][0], "tell": "supervisor"}, *CONTACT["steps"][1:]]
    before = put(database, {"contact": rule()})
    after = put(database, {"contact": rule(steps=steps)}, LATER)
    assert len(versions(database)) == 1
    assert before.rules[0].stamp != after.rules[0].stamp


def test_intervals_of_old_versions_soften_new_ones(database: Database) -> None:
    """Each with the day it took effect; what did not change the interval leaves no trace."""
    put(database, {"contact": rule(every="6 months")})
    put(database, {"contact": rule(every="6 months", roll="before")}, day("2027-01-10"))
    plan = put(database, {"contact": rule(every="3 months", roll="before")}, LATER)
    history = _history(plan.rules[0].variants[-1])
    assert [(str(period), since) for period, since in history] == [
        ("6 months", None),
        ("3 months", LATER),
    ]


def test_a_region_that_had_its_own_interval_remembers_it(database: Database) -> None:
    """Taking an override away may shorten the interval there: nobody is overdue overnight."""
    put(database, {"contact": rule(regions={"990101002": {"every": "1 years"}})})
    plan = put(database, {"contact": rule()}, LATER)
    here = plan.rules[0].variant_of("990101002001")
    assert [str(period) for period, _ in _history(here)] == ["1 years", "3 months"]
    assert plan.rules[0].variant_of("990101001001").prefix == ""


def test_overrides_go_key_by_key(database: Database) -> None:
    """What the region does not name is as everywhere; lists replace."""
    regions = {"990101002": {"steps": CONTACT["steps"][:1]}}
    plan = put(database, {"contact": rule(regions=regions)})
    here = plan.rules[0].variant_of("990101002001")
    assert [step.key for step in here.steps] == ["0 days"]
    assert str(_history(here)[0][0]) == "3 months"


def test_a_removed_rule_that_comes_back_starts_anew(database: Database) -> None:
    """Its number goes on, what it was before it went softens nothing."""
    put(database, {"contact": rule(every="1 years")})
    put(database, {"other": rule(done_by="update")}, LATER)
    assert versions(database)[0] == ("contact", 1, LAUNCH, LATER)
    plan = put(database, {"contact": rule()}, day("2027-03-01"))
    assert (plan.rules[0].version, plan.rules[0].started_on) == (2, day("2027-03-01"))
    assert len(_history(plan.rules[0].variants[-1])) == 1


def test_a_renamed_rule_keeps_its_versions(database: Database) -> None:
    """It is the same rule under another name."""
    put(database, {"contact": rule()})
    put(database, {"quarterly": rule(was="contact")}, LATER)
    assert versions(database) == [("quarterly", 1, LAUNCH, None)]


def test_a_step_knows_since_when_it_is_there(database: Database) -> None:
    """The first version that has it without a gap."""
    put(database, {"contact": rule(steps=CONTACT["steps"][:1])})
    plan = put(database, {"contact": rule(steps=CONTACT["steps"][:2])}, LATER)
    since = {step.key: step.since for step in plan.rules[0].variants[-1].steps}
    assert since == {"0 days": LAUNCH, "+3 days": LATER}


def test_the_rung_above_the_village_is_told_of_trouble(database: Database) -> None:
    """Who that is says the configuration; without one it is the operator."""
    assert put(database, {"contact": rule()}).supervisor == "supervisor"
    alone = {"director": {"title": "儿童主任", "level": "village"}}
    steps = [{"at": "0 days", "tell": "director"}]
    plan = put(database, {"contact": rule(steps=steps)}, roles=alone)
    assert plan.supervisor == "operator"


def test_what_is_written_for_an_abolished_division_holds_for_its_successor(
    database: Database,
) -> None:
    """The override moves along, unless one is written for the new code; the rule is looked at anew."""
    local = {"990133": {"every": "1 month"}, "990133001": {"every": "7 days"}}
    before = put(database, {"contact": rule(regions=local)})
    with database.writing() as connection:
        gone = {"code": "990133", "name": "演示旧县", "local": False, "successor": "990109"}
        connection.execute(insert(regions).values(gone))
    [after] = put(database, {"contact": rule(regions=local)}).rules
    assert [one.prefix for one in after.variants] == ["990109001", "990109", ""]
    assert after.variant_of("990109002001").without == ("990109001",)
    assert after.stamp != before.rules[0].stamp
    both = {**local, "990109": {"every": "2 months"}}
    [own] = put(database, {"contact": rule(regions=both)}).rules
    assert own.variant_of("990109002001").timing != after.variant_of("990109").timing
