"""Entry + rule + today → steps and changes, as tables and laws. No database."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.building import Almanac
from alerts.changes import Close, Facts, Horizon, Keep, KnownAlert, MadeStep, Open
from alerts.cutoffs import leads
from alerts.effective import WatchedRule
from alerts.evaluate import Before, course, judge
from alerts.moments import Matter
from alerts.rules import build
from alerts.specs import spec_of, timing_hash
from alerts.states import Closed
from alerts.versions import Version
from schedules.calendar_books import CalendarBook
from tests.alerts.world import CALENDAR, LAUNCH, configured, day, rule

ANCHOR = day("2026-12-01")
days = st.dates(date(2027, 1, 1), date(2028, 12, 31))


def watched(history: Sequence[tuple[str, date]] = (), **changes: Any) -> WatchedRule:
    """Answer the usual rule; `history` are earlier intervals, each with its day."""
    every = changes.get("every", "3 months")
    versions = []
    spans = [*history, (every, history[-1][1] + timedelta(days=30) if history else LAUNCH)]
    for number, (span, since) in enumerate(spans, start=1):
        site = configured({"contact": rule(**{**changes, "every": span})})
        spec = spec_of(site, "contact")
        versions.append(Version(number, since, spec, timing_hash(spec), None))
    site = configured({"contact": rule(**changes)})
    almanac = Almanac(CALENDAR, CalendarBook(), "990101", LAUNCH)
    [found] = build(site, almanac, {"contact": versions}).rules
    return found


def facts(known: WatchedRule, anchor: date | None = ANCHOR, **changes: Any) -> Facts:
    """Answer an entry the rule is for."""
    values: dict[str, Any] = {
        "entry_id": "e",
        "variant": known.variants[-1],
        "anchor": anchor,
        "first_due": None,
        "known_on": None,
        **changes,
    }
    return Facts(**values)


def alert(**changes: Any) -> KnownAlert:
    """Answer an open alert of the anchor, told at its due date."""
    values: dict[str, Any] = {
        "id": "a",
        "anchor": ANCHOR,
        "cycle": 1,
        "version": 1,
        "variant": "",
        "due_on": day("2027-03-01"),
        "next_at": day("2027-03-04"),
        "closed_how": None,
        "made": (MadeStep("s", "0 days", 0, day("2027-03-01"), ()),),
        **changes,
    }
    values.setdefault("key", values["anchor"].isoformat() if values["anchor"] else "never")
    return KnownAlert(**values)


def horizon(today: str, look_ahead: int = 0) -> Horizon:
    """Answer a day of a pass."""
    return Horizon(day(today), look_ahead, CALENDAR)


@pytest.mark.parametrize(
    ("today", "steps", "next_at"),
    [
        ("2027-02-28", [], "2027-03-01"),
        ("2027-03-01", ["0 days"], "2027-03-04"),
        ("2027-03-03", ["0 days"], "2027-03-04"),
        ("2027-03-04", ["0 days", "+3 days"], "2027-03-08"),
        ("2027-03-30", ["0 days", "+3 days", "+7 days"], "2027-03-31"),
        ("2027-03-31", ["0 days", "+3 days", "+7 days", "+30 days"], "2027-04-30"),
    ],
)
def test_steps_come_on_their_day(today: str, steps: list[str], next_at: str) -> None:
    """One day before, on the day, after."""
    known = watched()
    matter = Matter(ANCHOR, day("2027-03-01"))
    now = course(known, known.variants[-1], matter, horizon(today))
    assert [step.timing.key for step in now.steps] == steps
    assert now.next_at == day(next_at)


def test_only_the_newest_repeat_becomes_a_row() -> None:
    """The ones before it are counted, not told."""
    known = watched()
    now = course(
        known, known.variants[-1], Matter(ANCHOR, day("2027-03-01")), horizon("2027-07-15")
    )
    [repeat] = [step for step in now.steps if step.timing.repeat]
    assert (repeat.occurrence, repeat.skipped, repeat.on_date) == (3, 3, day("2027-06-29"))


def test_steps_up_to_the_due_date_are_known_ahead() -> None:
    """Later ones are not: they go out after their day."""
    known = watched()
    matter = Matter(ANCHOR, day("2027-03-01"))
    now = course(known, known.variants[-1], matter, horizon("2027-02-22", 7))
    assert [step.timing.key for step in now.steps] == ["0 days"]
    assert now.next_at == day("2027-03-04")


def test_a_step_on_or_before_the_anchor_does_not_exist() -> None:
    """A reminder 30 days before a duty of 30 days would come with the record itself."""
    steps = [{"at": "-30 days", "tell": "director"}, {"at": "0 days", "tell": "director"}]
    known = watched(every="30 days", steps=steps)
    due_on = ANCHOR + timedelta(days=30)
    now = course(known, known.variants[-1], Matter(ANCHOR, due_on), horizon("2027-06-01"))
    assert [step.timing.key for step in now.steps] == ["0 days"]


def test_never_recorded_is_not_escalated_before_its_day() -> None:
    """The director is told on the day, the rungs above from `escalate_from` on."""
    known = watched()
    now = course(known, known.variants[-1], Matter(None, day("2026-12-15")), horizon("2027-03-01"))
    on = {step.timing.key: step.on_date for step in now.steps}
    assert on["+3 days"] == day("2026-12-18")
    assert on["+7 days"] == on["+30 days"] == day("2027-03-01")


def test_a_newer_anchor_settles_the_old_alert() -> None:
    """It is closed as done, and nothing opens before the new due date."""
    [change] = judge(
        watched(), facts(watched(), day("2027-03-02"), alerts=(alert(),)), horizon("2027-03-02")
    )
    assert isinstance(change, Close)
    assert (change.how, change.counted_on) == (Closed.DONE, day("2027-03-02"))


def test_a_late_entry_may_be_due_at_once() -> None:
    """The old alert closes and the next opens, both at once."""
    known = watched()
    changes = list(
        judge(known, facts(known, day("2026-12-20"), alerts=(alert(),)), horizon("2027-04-01"))
    )
    assert [type(change) for change in changes] == [Close, Open]


@pytest.mark.parametrize("leaving", [Closed.ENTRY_LEFT, Closed.AGED_OUT, Closed.NO_LONGER_DUE])
def test_who_leaves_the_group_has_no_open_alert(leaving: Closed) -> None:
    """The alert says why it ended."""
    known = watched()
    [change] = judge(
        known, facts(known, variant=None, leaving=leaving, alerts=(alert(),)), horizon("2027-03-02")
    )
    assert isinstance(change, Close)
    assert change.how is leaving


@pytest.mark.parametrize(
    ("closed", "opens"),
    [
        (Closed.DONE, True),
        (Closed.EXPIRED, False),
        (Closed.NO_LONGER_DUE, True),
        (Closed.ENTRY_LEFT, True),
        (Closed.RECORD_VOIDED, True),
        (Closed.RULE_REMOVED, True),
        (Closed.AGED_OUT, True),
    ],
)
def test_what_ended_unsatisfied_opens_again(closed: Closed, opens: bool) -> None:
    """As its next cycle. If an act settled it and its anchor is the newest, that act counts no more."""
    known = watched()
    changes = list(
        judge(known, facts(known, alerts=(alert(closed_how=closed),)), horizon("2027-03-02"))
    )
    assert [change.cycle for change in changes if isinstance(change, Open)] == [2] * opens


def test_a_due_date_that_moves_changes_the_same_alert() -> None:
    """What was told stays told; what was not moves along."""
    known = watched(every="2 months")
    waiting = MadeStep("t", "+3 days", 0, day("2027-03-04"), ("director",))
    open_alert = alert(made=(*alert().made, waiting))
    [change] = judge(known, facts(known, alerts=(open_alert,)), horizon("2027-03-05"))
    assert isinstance(change, Keep)
    assert change.course.due_on == day("2027-02-01")
    assert [(moved.step_id, moved.on_date) for moved in change.moved] == [("t", day("2027-02-04"))]


@pytest.mark.parametrize(
    ("is_told", "wanted"), [(True, []), (False, [("director",)])], ids=["told late", "rule edited"]
)
def test_who_was_added_for_lateness_still_waits(
    is_told: bool, wanted: list[tuple[str, ...]]
) -> None:
    """Looking again takes no supervisor off a step whose director was told late."""
    known = watched()
    made = MadeStep("t", "0 days", 0, day("2027-03-01"), ("supervisor",), is_told)
    [change] = judge(known, facts(known, alerts=(alert(made=(made,)),)), horizon("2027-03-02"))
    assert isinstance(change, Keep)
    assert [moved.waiting for moved in change.moved] == wanted


def test_a_step_that_waits_for_who_came_new_keeps_its_day() -> None:
    """Somebody was told of it: a longer interval moves only what nobody was told of."""
    known = watched()
    made = MadeStep("t", "0 days", 0, day("2027-02-25"), ("director",), is_told=True)
    [change] = judge(known, facts(known, alerts=(alert(made=(made,)),)), horizon("2027-03-02"))
    assert isinstance(change, Keep)
    assert change.moved == ()


def test_a_due_date_that_moves_away_closes_the_alert() -> None:
    """Nothing is owed yet; it opens again as the next cycle on its day."""
    known = watched(every="6 months")
    [change] = judge(known, facts(known, alerts=(alert(),)), horizon("2027-03-05"))
    assert isinstance(change, Close)
    assert change.how is Closed.NO_LONGER_DUE


def test_a_new_step_does_not_reach_back() -> None:
    """For an alert opened under an older version, its earlier dates are not told."""
    known = watched(history=[("3 months", day("2027-03-20"))])
    before = Before({}, version=0)
    now = course(
        known, known.variants[-1], Matter(ANCHOR, day("2027-03-01")), horizon("2027-03-31"), before
    )
    assert [s.timing.key for s in now.steps] == ["+30 days"]


def test_nobody_becomes_overdue_overnight() -> None:
    """A shorter interval counts from the day of the change at the earliest."""
    known = watched(history=[("6 months", day("2027-03-01"))], every="1 months")
    deadline = known.variants[-1].deadline(None)
    assert deadline is not None
    assert deadline.due(ANCHOR) == day("2027-04-30")  # a month after 31 March
    assert deadline.due(day("2027-04-10")) == day("2027-05-10")


@given(anchor=days, today=days, later=st.integers(0, 400))
def test_a_later_today_never_undues(anchor: date, today: date, later: int) -> None:
    """What is to be told today is to be told tomorrow as well, unless it was."""
    known = watched(roll="before")
    variant = known.variants[-1]
    deadline = variant.deadline(None)
    assert deadline is not None
    matter = Matter(anchor, deadline.due(anchor))
    early, late = (
        {
            (step.timing.key, step.on_date)
            for step in course(known, variant, matter, Horizon(at, 7, CALENDAR)).steps
            if step.timing.repeat is None
        }
        for at in (today, today + timedelta(days=later))
    )
    assert early <= late


@given(anchor=days, today=days, look_ahead=st.integers(0, 14))
def test_cut_offs_and_judging_agree(anchor: date, today: date, look_ahead: int) -> None:
    """An anchor lies up to a cut-off exactly when judging its entry would open an alert."""
    steps = [
        {"at": "-10 days", "tell": "director"},
        {"at": "+1 workdays", "tell": "director"},
        {"at": "+2 days", "tell": "supervisor"},
    ]
    known = watched(every="14 days", roll="before", steps=steps)
    at = Horizon(today, look_ahead, CALENDAR)
    variant = known.variants[-1]
    opens = any(isinstance(change, Open) for change in judge(known, facts(known, anchor), at))
    cut = any(
        until is not None and anchor <= until
        for lead in leads(known, variant, at)
        for until in (lead.cut(today),)
    )
    # A lead may find an entry whose step does not exist; it never misses one.
    assert cut or not opens


@given(anchor=days, today=days)
def test_judging_twice_adds_nothing(anchor: date, today: date) -> None:
    """With what the first pass wrote, the second has nothing to do."""
    known = watched()
    at = Horizon(today, 0, CALENDAR)
    for change in judge(known, facts(known, anchor), at):
        assert isinstance(change, Open)
        made = tuple(
            MadeStep(str(n), step.timing.key, step.occurrence, step.on_date, step.timing.tell)
            for n, step in enumerate(change.course.steps)
        )
        standing = alert(
            anchor=anchor, due_on=change.course.due_on, next_at=change.course.next_at, made=made
        )
        again = list(judge(known, facts(known, anchor, alerts=(standing,)), at))
        assert not any(not isinstance(one, Keep) or one.changes for one in again)
