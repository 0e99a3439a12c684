"""A post changes hands: the new one is told at once, those above only after a fortnight."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from alerts.explain import explain
from alerts.explained import sentences
from alerts.plan import plan_messages
from alerts.tables import steps
from config.language import speaking
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.tables import assignments, entries, entry_changes, metadata, touched
from tests.alerts.changing_hands import gone, holder, hurried, replaced, told
from tests.alerts.county import LIUGOU, QINGSHAN, TOWN, at, written
from tests.alerts.test_plan import by_plan, live_every_day, really_sent
from tests.alerts.watched import CONTACT, Watched
from tests.databases import delete_rows

DAY = timedelta(days=1)
SPRING = date(2027, 3, 1)
DUE = date(2027, 6, 1)
STEPS = [*CONTACT["steps"], {"at": "+30 days", "tell": "county", "escalation": True}]
RULE = {**CONTACT, "roll": "none", "steps": STEPS}


@pytest.fixture
def site(database: Database) -> Watched:
    """Answer a county where one child was contacted in spring: due on 1 June, told on 31 May."""
    one = Watched(database, written(rules={"contacts": RULE}))
    one.today = DUE - 4 * DAY
    one.live_today()
    one.record(one.entry("青山-01"), SPRING)
    live_every_day(one, DUE + 4 * DAY)
    return one


def those(site: Watched, role: str) -> list[tuple[str, str]]:
    """Answer who was told under a role, and when."""
    return [(one.handle, one.on.isoformat()) for one in told(site) if one.role == role]


def test_without_a_change_it_goes_up_after_a_week(site: Watched) -> None:
    """As the rule says: the supervisor's slot after 8 June is Thursday the 10th."""
    live_every_day(site, date(2027, 6, 25))
    assert those(site, "supervisor") == [("P-03", "2027-06-10")]


def test_after_a_change_it_goes_up_after_a_fortnight(site: Watched) -> None:
    """A new director since 7 June: not before the 21st, which is a Monday."""
    replaced(site, "director", QINGSHAN, "P-11", on=date(2027, 6, 7))
    live_every_day(site, date(2027, 6, 25))
    assert those(site, "supervisor") == [("P-03", "2027-06-21")]


def test_the_new_one_is_told_at_once(site: Watched) -> None:
    """In the next message, of what the old one was told last; the old one hears nothing more."""
    replaced(site, "director", QINGSHAN, "P-11", on=date(2027, 6, 7))
    live_every_day(site, date(2027, 6, 25))
    assert those(site, "director")[-1] == ("P-11", "2027-06-07")
    assert {on for handle, on in those(site, "director") if handle == "P-01"} <= {
        "2027-05-31",
        "2027-06-04",
    }
    assert [one.step for one in told(site) if one.handle == "P-11"] == ["+3 days"]


def test_being_told_again_happens_once(site: Watched) -> None:
    """Months later there is still one telling of it."""
    replaced(site, "director", QINGSHAN, "P-11", on=date(2027, 6, 7))
    live_every_day(site, date(2027, 8, 25))
    assert [on for handle, on in those(site, "director") if handle == "P-11"] == ["2027-06-07"]


def test_what_piled_up_meanwhile_is_told_as_the_newest_only(site: Watched) -> None:
    """The county's turn comes within the supervisor's grace: told once, when that is over."""
    live_every_day(site, date(2027, 6, 23))
    replaced(site, "supervisor", TOWN, "P-13", on=date(2027, 6, 24))
    live_every_day(site, date(2027, 7, 31))
    assert those(site, "supervisor") == [("P-03", "2027-06-10"), ("P-13", "2027-06-24")]
    assert those(site, "county") == [("P-04", "2027-07-12")]


def test_a_post_that_nobody_holds_gets_no_grace(site: Watched) -> None:
    """The supervisor is told on the usual day, and that the post is empty."""
    gone(site, "director", QINGSHAN, on=date(2027, 6, 7))
    live_every_day(site, date(2027, 6, 25))
    assert those(site, "supervisor")[0] == ("P-03", "2027-06-10")


def test_a_child_given_to_somebody_by_name_changes_hands(site: Watched) -> None:
    """Only that child waits; its new one is told."""
    other = site.entry("青山-02")
    site.record(other, SPRING)
    live_every_day(site, date(2027, 6, 7))
    new = site.county.person("P-21", email="p21@example.invalid")
    row = {"entry_id": other, "role": "director", "person_id": new, "held_from": site.today + DAY}
    with site.database.writing() as connection:
        connection.execute(insert(assignments), [row])
    live_every_day(site, date(2027, 6, 25))
    up = {one.number: one.on.isoformat() for one in told(site) if one.role == "supervisor"}
    assert up == {"青山-01": "2027-06-10", "青山-02": "2027-06-24"}
    mine = [(one.number, one.on.isoformat()) for one in told(site) if one.handle == "P-21"]
    assert mine == [("青山-02", "2027-06-14")]


WAITS = {
    "zh_CN": (
        "2027年6月8日提请上级，告知儿童督导员，随2027年6月21日的消息发出：P-03。"
        "儿童主任自2027年6月7日起是新人，等到2027年6月21日再提请。"
    ),
    "en": (
        "Next, for 2027-06-08: 儿童督导员 is told, one rung up, in the message of 2027-06-21: P-03."
        " It waits until 2027-06-21: 儿童主任 is new since 2027-06-07."
    ),
}


@pytest.mark.parametrize("language", WAITS)
def test_explain_says_who_is_new_and_until_when_it_waits(site: Watched, language: str) -> None:
    """The message in which it then really stands; and that the new one is told first."""
    replaced(site, "director", QINGSHAN, "P-11", on=date(2027, 6, 7))
    live_every_day(site, date(2027, 6, 6))
    with site.database.reading() as connection, speaking(language):
        found = explain(connection, site.in_force, "青山-01", on=date(2027, 6, 7))
        assert WAITS[language] in " ".join(sentences(found, site.timetable.zone))
    first = found.next_dates[0]
    assert (first.on, first.rules) == (date(2027, 6, 7), (("季度联系", ("director",)),))
    live_every_day(site, date(2027, 6, 21))
    assert those(site, "supervisor") == [("P-03", "2027-06-21")]


_POSTS = [("director", QINGSHAN), ("director", LIUGOU), ("supervisor", TOWN), ("county", "990101")]
_CHANGES = st.lists(
    st.tuples(st.integers(1, 40), st.sampled_from(_POSTS), st.booleans()), max_size=5
)


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    ago=st.lists(st.tuples(st.sampled_from([QINGSHAN, LIUGOU]), st.integers(85, 130)), min_size=1),
    changes=_CHANGES,
    planned_on=st.integers(0, 35),
    capped=st.booleans(),
)
def test_nobody_is_hurried_and_nothing_is_lost(
    database: Database,
    ago: list[tuple[str, int]],
    changes: list[tuple[int, tuple[str, str], bool]],
    planned_on: int,
    capped: bool,
) -> None:
    """Whoever comes and goes: a fortnight's grace, all told in the end, as the plan foresaw."""
    delete_rows(database, metadata)
    most = {"at_most": {"supervisor": "1 per week"}} if capped else {}
    site = _county(database, most)
    for number, (village, days) in enumerate(ago[:6]):
        site.record(site.entry(f"村-{number:02}", village), site.today - days * DAY)
    start = site.today
    ahead = start + planned_on * DAY
    for number, (days, post, is_filled) in enumerate(sorted(changes)):
        live_every_day(site, max(site.today, min(start + (days - 1) * DAY, ahead)))
        _change(site, post, f"P-{30 + number}", start + days * DAY, is_filled=is_filled)
    live_every_day(site, max(site.today, ahead))
    last = start + 65 * DAY
    with site.database.reading() as connection:
        plan = plan_messages(connection, site.in_force, first=site.today + DAY, last=last)
    first = site.today + DAY
    live_every_day(site, last)
    assert hurried(site) == []
    assert by_plan(plan) == really_sent(site, first)
    assert _still_waiting(site, last - 21 * DAY) == 0


def _county(database: Database, more: dict[str, Any]) -> Watched:
    delivery = written().delivery.model_dump(by_alias=True, exclude_unset=True)
    site = Watched(database, written(rules={"contacts": RULE}, delivery={**delivery, **more}))
    site.today = SPRING
    site.live_today()
    return site


def _change(
    site: Watched, post: tuple[str, str], handle: str, on: date, *, is_filled: bool
) -> None:
    if holder(site, *post, on) is None or on <= site.today - DAY:
        return
    if is_filled:
        replaced(site, *post, handle, on=on)
    else:
        gone(site, *post, on=on)


def _still_waiting(site: Watched, until: date) -> int:
    query = select(func.count()).where(steps.c.waiting != "", steps.c.on_date <= until)
    with site.database.reading() as connection:
        return int(connection.execute(query).scalar_one())


def _moves(site: Watched, entry: str, to: str) -> None:
    """Let a child move within the county, as an import notes it."""
    now = at(site.today, 15)
    row = {"id": new_id(now), "entry_id": entry, "at": now, "field": "lives_in"}
    with site.database.writing() as connection:
        was = connection.execute(select(entries.c.lives_in).where(entries.c.id == entry)).scalar()
        connection.execute(insert(entry_changes).values(**row, old_plain=was, new_plain=to))
        connection.execute(update(entries).where(entries.c.id == entry).values(lives_in=to))
        connection.execute(insert(touched).values(entry_id=entry, known_on=site.today))


def test_a_child_that_moves_takes_its_matter_along(site: Watched) -> None:
    """The director there is told of it in the next message; nothing above is put off by that."""
    with site.database.reading() as connection:
        entry = connection.execute(select(entries.c.id)).scalar_one()
    _moves(site, entry, LIUGOU)
    last = date(2027, 6, 25)
    with site.database.reading() as connection:
        plan = plan_messages(connection, site.in_force, first=site.today + DAY, last=last)
    first = site.today + DAY
    live_every_day(site, last)
    assert those(site, "director")[-1] == ("P-02", "2027-06-07")
    assert those(site, "supervisor") == [("P-03", "2027-06-10")]
    assert by_plan(plan) == really_sent(site, first)
    assert site.county.waiting() == 0
