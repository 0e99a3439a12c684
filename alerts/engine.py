"""One pass: everything that is newly due becomes rows. Costs what is newly due, not what there is."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog
from sqlalchemy import Connection, delete, select

from alerts import launch, locks, through
from alerts.changes import Change, Course, Horizon, Open
from alerts.closing import Ending, close
from alerts.cutoffs import NEVER, Lead, anchors_between, leads, never_lead
from alerts.effective import EvaluationPlan, Matter, Variant, WatchedRule
from alerts.evaluate import course, is_past_validity, judge
from alerts.facts import BATCH, Gathered, facts_of, gather, matching
from alerts.filters import Ages
from alerts.outbox import Written, write
from alerts.select import (
    Ask,
    Found,
    changed,
    newly_due,
    newly_first_due,
    rules_to_look_at,
    to_look_at,
)
from alerts.states import Closed
from alerts.tables import alerts, first_dues, progress
from ledgers.database import Database
from ledgers.tables import touched

log = structlog.get_logger(__name__)

_UNIT = 5000
"""Newly due entries in one unit of work: well under a second."""


@dataclass(slots=True)
class PassReport:
    """What a pass did: rows written, changed entries judged, first due days given."""

    written: Written = field(default_factory=Written)
    touched: int = 0
    spread: int = 0


def evaluate(
    database: Database, plan: EvaluationPlan, *, today: date, now: datetime, look_ahead: int
) -> PassReport:
    """Do one pass. Any number of passes add nothing; `look_ahead` is in days.

    Each unit of work stands alone: a pass that is cut off is finished by the next.
    """
    one = _Pass(database, plan, Horizon(today, look_ahead, plan.calendar), now)
    one.take_up_rules()
    one.close_removed()
    one.judge_touched()
    one.look_at_open()
    for rule in plan.rules:
        one.find_newly_due(rule)
    return one.report


@dataclass(slots=True)
class _Question:
    """What is asked of the index, page by page; `kind` is None for first due days."""

    ask: Ask
    kind: str | None
    known_on: date | None
    after: Found | None = None

    def page(self, connection: Connection) -> list[Found]:
        if self.kind is None:
            return newly_first_due(connection, self.ask, after=self.after)
        return newly_due(connection, self.ask, self.kind, after=self.after)


@dataclass(slots=True)
class _Pass:
    database: Database
    plan: EvaluationPlan
    horizon: Horizon
    now: datetime
    report: PassReport = field(default_factory=PassReport)
    progress: dict[str, through.Progress] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.horizon.today

    def take_up_rules(self) -> None:
        """See which rules are new or changed, and whose birthday it is."""
        with self.database.reading() as connection:
            self.progress = through.load(connection)
        for rule in self.plan.rules:
            known = self.progress.get(rule.name)
            stamp = through.stamp_of(rule, self.horizon)
            if known is None or known.stamp != stamp:
                with self.database.writing() as connection:
                    locks.hold(connection, [rule.name])
                    self.progress[rule.name] = through.take_up(connection, rule, self.horizon)
                log.info("rule.taken_up", rule=rule.name, version=rule.version)
            elif (since := known.days[_AGES]) < self.today:
                self._touch_birthdays(rule, since)

    def _touch_birthdays(self, rule: WatchedRule, since: date) -> None:
        with self.database.writing() as connection:
            through.touch_birthdays(connection, self.plan, rule, since, today=self.today)
            stamp = self.progress[rule.name].stamp
            through.write(connection, rule.name, stamp, {_AGES: self.today})

    def close_removed(self) -> None:
        """End the alerts of rules that are gone; their progress goes when all is done."""
        for name in self.progress.keys() - {rule.name for rule in self.plan.rules}:
            while self._close_some(name):
                pass

    def _close_some(self, name: str) -> bool:
        with self.database.writing() as connection:
            locks.hold(connection, [name])
            query = select(alerts.c.id).where(alerts.c.rule == name, alerts.c.closed_at.is_(None))
            ids = connection.execute(query.limit(BATCH)).scalars().all()
            endings = [Ending(alert_id, Closed.RULE_REMOVED) for alert_id in ids]
            closed = close(connection, endings, today=self.today, now=self.now)
            self.report.written += Written(closed=closed)
            if not ids:
                connection.execute(delete(progress).where(progress.c.rule == name))
                connection.execute(delete(first_dues).where(first_dues.c.rule == name))
            return bool(ids)

    def judge_touched(self) -> None:
        """Judge all rules for entries that changed, and take their notes away."""
        after = 0
        while True:
            with self.database.writing() as connection:
                locks.hold(connection, [rule.name for rule in self.plan.rules])
                batch = changed(connection, after=after, limit=BATCH)
                if not batch.row_ids:
                    return
                self._judge(connection, self.plan.rules, dict(batch.known_on))
                connection.execute(delete(touched).where(touched.c.id.in_(batch.row_ids)))
            after = batch.last_id
            self.report.touched += len(batch.known_on)

    def look_at_open(self) -> None:
        """Add the later steps and repeats whose day has come."""
        with self.database.reading() as connection:
            names = rules_to_look_at(connection, self.today)
        for rule in self.plan.rules:
            before: list[str] = []
            while rule.name in names:
                with self.database.writing() as connection:
                    locks.hold(connection, [rule.name])
                    ids = to_look_at(connection, rule.name, self.today, BATCH)
                    if not ids:
                        break
                    if ids == before:
                        log.error("rule.stands_still", rule=rule.name, entries=len(ids))
                        break
                    self._judge(connection, [rule], dict.fromkeys(ids))
                before = ids

    def _judge(
        self,
        connection: Connection,
        rules: Sequence[WatchedRule],
        known_on: Mapping[str, date | None],
    ) -> None:
        gathered = gather(connection, known_on, rules)
        ages = Ages.on(self.plan, self.today)
        for rule in rules:
            inside = matching(connection, gathered.known_on.keys(), rule, ages)
            self._spread_villages(connection, rule, gathered, inside)
            facts = facts_of(connection, rule, gathered, inside, ages)
            changes = (change for one in facts for change in judge(rule, one, self.horizon))
            self._write(connection, rule, changes)

    def _spread_villages(
        self, connection: Connection, rule: WatchedRule, gathered: Gathered, inside: set[str]
    ) -> None:
        villages = {
            gathered.placed[entry_id].lives_in
            for entry_id in inside
            if (rule.name, entry_id) not in gathered.dues
            and gathered.anchor(rule, entry_id) is None
        }
        if villages:
            dues = launch.spread_villages(connection, self.plan, rule, villages, today=self.today)
            gathered.dues.update(dues)
            self.report.spread += len(dues)

    def _write(self, connection: Connection, rule: WatchedRule, changes: Iterator[Change]) -> None:
        self.report.written += write(connection, rule, changes, today=self.today, now=self.now)

    def find_newly_due(self, rule: WatchedRule) -> None:
        """Find what has come due by the dates alone, in units of bounded size."""
        done = self.progress[rule.name].days
        if ("", through.SPREAD) not in done:
            self.report.spread += launch.spread_everywhere(
                self.database, self.plan, rule, today=self.today
            )
        reached: dict[through.Key, date] = {("", through.SPREAD): self.today}
        questions = deque(self._questions(rule, done, reached))
        opening = _Opening(rule, self.horizon)
        fresh = {key: day for key, day in reached.items() if done.get(key) != day}
        while fresh:
            with self.database.writing() as connection:
                locks.hold(connection, [rule.name])
                self._answer(connection, opening, questions)
                if not questions:
                    through.write(connection, rule.name, self.progress[rule.name].stamp, fresh)
                    return

    def _questions(
        self,
        rule: WatchedRule,
        done: Mapping[through.Key, date],
        reached: dict[through.Key, date],
    ) -> Iterator[_Question]:
        """Ask for what lies between the days reached before and now; note them in `reached`."""
        for variant in rule.variants:
            if not variant.in_force(self.today):
                continue
            never = never_lead(rule, variant, self.plan.calendar)
            for lead in (*leads(rule, variant, self.plan.calendar), never):
                before = done.get((variant.prefix, lead.key))
                reached[variant.prefix, lead.key] = max(self.horizon.end, before or date.min)
                yield from self._questions_of(rule, variant, lead, before)

    def _questions_of(
        self, rule: WatchedRule, variant: Variant, lead: Lead, before: date | None
    ) -> Iterator[_Question]:
        wanted = anchors_between(lead, before, self.horizon.end)
        if wanted is None:
            return
        ask = Ask(self.plan, rule, variant, wanted, self.today, _UNIT)
        # All that a new rule finds at first could not be known before it was there.
        known_on = max(rule.effective_on, variant.valid_from or date.min)
        for kind in (None,) if lead.key == NEVER else rule.counts:
            yield _Question(ask, kind, None if before else known_on)

    def _answer(
        self, connection: Connection, opening: "_Opening", questions: deque[_Question]
    ) -> None:
        """Work through questions until one unit's worth of rows is written."""
        budget = _UNIT
        while questions and budget > 0:
            question = questions[0]
            found = question.page(connection)
            self._write(connection, opening.rule, opening.all_of(question, found))
            budget -= len(found)
            if len(found) < _UNIT:
                questions.popleft()
            else:
                question.after = found[-1]


@dataclass(slots=True)
class _Opening:
    """Opens alerts; what is the same for all of one anchor is worked out once."""

    rule: WatchedRule
    horizon: Horizon
    _known: dict[tuple[str, bool, date], tuple[Matter, Course]] = field(default_factory=dict)

    def all_of(self, question: _Question, found: Sequence[Found]) -> Iterator[Open]:
        variant, never = question.ask.variant, question.kind is None
        for one in found:
            matter, now = self._course(variant, one.day, never=never)
            if now.steps and not is_past_validity(variant, matter):
                yield Open(
                    one.entry_id, matter, one.cycles + 1, variant.prefix, now, question.known_on
                )

    def _course(self, variant: Variant, day: date, *, never: bool) -> tuple[Matter, Course]:
        key = (variant.prefix, never, day)
        if key not in self._known:
            matter = Matter(None, day) if never else Matter(day, variant.deadline.due(day))
            self._known[key] = matter, course(self.rule, variant, matter, self.horizon)
        return self._known[key]


_AGES = ("", through.AGES)
