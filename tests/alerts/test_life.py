"""Records, voids, moves, new levels and new rules in any order: what is due is never forgotten."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from alerts.acts import RecordRequest, RecordSource, Voiding, record, void
from alerts.audit import audit
from alerts.outbox import Written
from alerts.tables import first_dues
from ledgers.database import Database
from ledgers.tables import metadata
from tests.alerts.naive import NaiveEntry, NaiveRecord, NaiveStep, due, ready_days
from tests.alerts.world import ELSEWHERE, LAUNCH, VILLAGE, World, configured, entry, entry_id
from tests.databases import delete_rows

_ENTRIES = 3
_ESCALATE_FROM = date(2027, 3, 1)
_CONTACT = [NaiveStep("0 days", 0), NaiveStep("up", 7, escalation=True)]
_LATER = NaiveStep("later", 2)
_VISIT = [NaiveStep("-5 days", -5), NaiveStep("+1 days", 1, escalation=True)]
_KINDS = {"contact": ["contact", "visit"], "visit": ["visit"]}

numbers = st.integers(1, _ENTRIES)
then = st.none() | st.integers(0, 30)
"""After how many days the engine runs next; None: not before something else happens."""


def rules(months: int, elsewhere: int, *, later: bool) -> dict[str, Any]:
    """Answer two duties: contact for all, with an override elsewhere; visits for the red ones."""
    steps: list[dict[str, Any]] = [
        {"at": "0 days", "tell": "director"},
        {"id": "up", "at": "+7 days", "tell": "supervisor", "escalation": True},
    ]
    if later:
        steps.append({"id": "later", "at": "+2 days", "tell": "director"})
    shared = {"kind": "duty", "title": "t", "say": "联系"}
    return {
        "contact": {
            **shared,
            "for": {"ledger": "children", "where": {"status": "active"}},
            "every": f"{months} months",
            "done_by": "contact",
            "steps": steps,
            "regions": {ELSEWHERE[:9]: {"every": f"{elsewhere} months"}},
        },
        "visit": {
            **shared,
            "for": {"ledger": "children", "where": {"status": "active", "level": "red"}},
            "every": "1 months",
            "done_by": "visit",
            "steps": [
                {"at": "-5 days", "tell": "director"},
                {"at": "+1 days", "tell": "supervisor", "escalation": True},
            ],
        },
    }


class Life(RuleBasedStateMachine):
    """Days in the life of a small county, next to what a careful person would note down.

    Subclasses may add rules that tell people: `after_pass` is called after every pass.
    """

    def __init__(self, database: Database, look_ahead: int) -> None:
        super().__init__()
        delete_rows(database, metadata)
        self.intervals = {"contact": 3, "elsewhere": 2}
        self.history = {key: [(months, LAUNCH)] for key, months in self.intervals.items()}
        self.later_since: date | None = None
        self.world = World(database, self._configuration(), look_ahead=look_ahead)
        self.files = {n: NaiveEntry(place=VILLAGE, level="red") for n in range(1, _ENTRIES + 1)}
        self.world.enter(*(entry(n, level="red") for n in self.files))
        self.is_fresh = False

    def _configuration(self) -> Any:
        months, elsewhere = self.intervals["contact"], self.intervals["elsewhere"]
        return configured(rules(months, elsewhere, later=self.later_since is not None))

    @rule(
        number=numbers,
        kind=st.sampled_from(["contact", "visit", "visit", "update"]),
        ago=st.integers(0, 9) | st.integers(10, 100),
        result=st.sampled_from(["done", "done", "done", "not-reached"]),
        then=then,
    )
    def somebody_does(
        self, number: int, kind: str, ago: int, result: str, then: int | None
    ) -> None:
        """Record something, today or long ago."""
        on = self.world.today - timedelta(days=ago)
        request = RecordRequest(entry_id(number), kind, on, RecordSource.CLI, result=result)
        with self.world.database.writing() as connection:
            made = record(
                connection, self.world.plan, [request], now=self.world.now, today=self.world.today
            )
        self.files[number].records += [NaiveRecord(id_, kind, on, result) for id_ in made.new]
        self._go_on(then)

    @rule(number=numbers, which=st.integers(0, 10), then=then)
    def it_was_a_mistake(self, number: int, which: int, then: int | None) -> None:
        """Void one of an entry's records."""
        file = self.files[number]
        standing = [one.id for one in file.records if one.id not in file.void]
        if standing:
            chosen = standing[which % len(standing)]
            with self.world.database.writing() as connection:
                void(
                    connection,
                    self.world.plan,
                    Voiding([chosen], "typo"),
                    now=self.world.now,
                    today=self.world.today,
                )
            file.void.add(chosen)
            self._go_on(then)

    @rule(number=numbers, level=st.sampled_from(["red", "green"]), then=then)
    def the_level_changes(self, number: int, level: str, then: int | None) -> None:
        """Raise or lower a level."""
        self.files[number].level = level
        self.world.change(number, level=level)
        self._go_on(then)

    @rule(number=numbers, place=st.sampled_from([VILLAGE, ELSEWHERE]), then=then)
    def the_child_moves(self, number: int, place: str, then: int | None) -> None:
        """Move within the county."""
        self.files[number].place = place
        self.world.change(number, lives_in=place)
        self._go_on(then)

    @rule(number=numbers, status=st.sampled_from(["active", "active", "moved"]), then=then)
    def the_file_closes_or_reopens(self, number: int, status: str, then: int | None) -> None:
        """Leave the county or come back."""
        self.files[number].status = status
        self.world.change(number, status=status)
        self._go_on(then)

    @rule(which=st.sampled_from(["contact", "elsewhere"]), months=st.integers(1, 4), then=then)
    def an_admin_changes_an_interval(self, which: str, months: int, then: int | None) -> None:
        """Edit the YAML: shorter or longer, here or in one region."""
        self.intervals[which] = months
        self._reconfigure(then)

    @rule(then=then)
    def an_admin_adds_a_step(self, then: int | None) -> None:
        """Edit the YAML: one more reminder."""
        self.later_since = self.later_since or self.world.today
        self._reconfigure(then)

    def _reconfigure(self, then: int | None) -> None:
        self.world.configure(self._configuration())
        for key, months in self.intervals.items():
            if self.history[key][-1][0] != months:
                self.history[key].append((months, self.world.today))
        self._go_on(then)

    @rule(days=st.integers(0, 45))
    def days_pass_and_the_engine_runs(self, days: int) -> None:
        """Let the engine see the world again, perhaps after it stood still for weeks."""
        self._go_on(days)

    def _go_on(self, days: int | None) -> None:
        self.is_fresh = days is not None
        if days is not None:
            self.world.run(self.world.today + timedelta(days=days))
            self.after_pass()

    def after_pass(self) -> None:
        """Do nothing; those who tell people hang on here."""

    @invariant()
    def a_second_pass_adds_nothing(self) -> None:
        """Neither rows nor changes, however often."""
        if self.is_fresh:
            assert self.world.run().written == Written()

    @invariant()
    def the_audit_finds_nothing(self) -> None:
        """What is left to do waits among the touched, nowhere else."""
        if self.is_fresh:
            world = self.world
            found = audit(
                world.database,
                world.plan,
                today=world.today,
                now=world.now,
                look_ahead=world.look_ahead,
            )
            assert found == []

    @invariant()
    def what_is_due_has_an_open_alert_and_nothing_else_has(self) -> None:
        """Compare with the careful person, entry by entry and step by step."""
        if not self.is_fresh:
            return
        standing = {
            (row.rule, row.entry_id, row.anchor): row for row in self.world.alerts(closed_at=None)
        }
        expected = dict(self._expected())
        assert standing.keys() == expected.keys()
        for key, (due_on, ready) in expected.items():
            assert standing[key].due_on == due_on
            self._has_its_steps(standing[key], ready)

    def _has_its_steps(self, alert: Any, ready: dict[str, date]) -> None:
        written = {row.step: row for row in self.world.steps(alert_id=alert.id)}
        for step, day in ready.items():
            new = step == "later" and self.later_since is not None and day < self.later_since
            if not new:
                assert step in written
        for step, row in written.items():
            assert row.waiting or row.ended
            if step in ready:
                assert row.on_date == ready[step]

    def _expected(self) -> Iterator[tuple[tuple[str, str, str], tuple[date, dict[str, date]]]]:
        with self.world.database.reading() as connection:
            rows = connection.execute(select(first_dues)).all()
        first = {(row.rule, row.entry_id): row.due_on for row in rows}
        contact = [*_CONTACT, _LATER] if self.later_since else _CONTACT
        for number, file in self.files.items():
            key = "elsewhere" if file.place == ELSEWHERE else "contact"
            wanted = [("contact", contact, self.history[key])] if file.status == "active" else []
            if file.status == "active" and file.level == "red":
                wanted.append(("visit", _VISIT, [(1, LAUNCH)]))
            for name, steps, history in wanted:
                anchor = file.anchor(_KINDS[name])
                due_on = first[name, entry_id(number)] if anchor is None else due(anchor, history)
                days = ready_days(
                    steps,
                    due_on,
                    anchor=anchor,
                    look_ahead=self.world.look_ahead,
                    escalate_from=_ESCALATE_FROM,
                )
                ready = {
                    step: day for step, (day, from_) in days.items() if from_ <= self.world.today
                }
                if ready:
                    text = anchor.isoformat() if anchor else "never"
                    yield (name, entry_id(number), text), (due_on, ready)


@pytest.mark.slow
def test_what_is_due_is_told_whatever_happens(database: Database) -> None:
    """Any order of acts, mistakes, moves, edits and days, known on the day."""
    expect_promises_kept(database, look_ahead=0)


@pytest.mark.slow
def test_what_falls_due_soon_is_known_ahead(database: Database) -> None:
    """The same, with a week's look-ahead."""
    expect_promises_kept(database, look_ahead=7)


def expect_promises_kept(database: Database, *, look_ahead: int) -> None:
    run_state_machine_as_test(
        lambda: Life(database, look_ahead),  # type: ignore[arg-type]  # any factory will do
        settings=settings(
            max_examples=12 if database.is_sqlite else 4,
            stateful_step_count=20,
            suppress_health_check=list(HealthCheck),
        ),
    )
