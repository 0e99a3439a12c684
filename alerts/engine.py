"""One pass: everything that is newly due becomes rows. Costs what is newly due, not what there is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import structlog
from sqlalchemy import Connection, delete, select

from alerts import glance, launch, locks, raising, through
from alerts.changes import Change, Horizon
from alerts.closing import Ending, close
from alerts.effective import EvaluationPlan, WatchedRule
from alerts.evaluate import judge
from alerts.facts import BATCH, Gathered, facts_of, gather, matching
from alerts.filters import Ages, moving_bounds
from alerts.finding import Search
from alerts.outbox import Written, open_alerts, write
from alerts.select import changed, rules_to_look_at, to_judge, to_look_at
from alerts.states import Closed
from alerts.tables import alerts, first_dues, progress, watches
from alerts.through import AGES, SPREAD
from ledgers.database import Database
from ledgers.memory import collecting_rarely
from ledgers.tables import touched

log = structlog.get_logger(__name__)


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
    horizon = Horizon(today, look_ahead, plan.calendar)
    # Most passes find nothing to do: one statement if the plan was kept, else one unit of few.
    if glance.sees_nothing(database, plan, horizon):
        return PassReport()
    one = _Pass(database, plan, horizon, now)
    with database.writing() as connection:
        one.look(connection)
        if one.is_quiet() and one.finds_nothing(connection):
            glance.remember(plan, horizon, one.progress, connection.dialect)
            return one.report
    with collecting_rarely():
        one.take_up_rules()
        if one.is_quiet():
            # It was only to be seen whom time has moved, and that is nobody.
            with database.writing() as connection:
                if one.finds_nothing(connection):
                    return one.report
        one.close_removed()
        one.judge_touched()
        one.look_at_open()
        one.find_newly_due()
    return one.report


@dataclass(slots=True)
class _Pass:
    database: Database
    plan: EvaluationPlan
    horizon: Horizon
    now: datetime
    report: PassReport = field(default_factory=PassReport)
    progress: dict[str, through.Progress] = field(default_factory=dict)
    has_touched: bool = False
    has_watched: bool = False
    to_look_at: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.horizon.today

    def look(self, connection: Connection) -> None:
        """Read where the pass begins."""
        standing = through.standing(connection)
        self.progress, self.has_touched = standing.progress, standing.is_touched
        if standing.look_on is not None and standing.look_on <= self.today:
            self.to_look_at = rules_to_look_at(connection, self.today)
        self.has_watched = standing.watch_on is not None and standing.watch_on <= self.today

    def is_quiet(self) -> bool:
        """Say whether nothing is left but to look for what the dates alone make due."""
        names = {rule.name for rule in self.plan.rules}
        if self.has_touched or self.has_watched or self.to_look_at or self.progress.keys() != names:
            return False
        return not any(
            self._is_new(rule)
            or self._is_ahead(rule)
            or self._unseen_since(rule) is not None
            or (rule.is_duty and SPREAD not in self.progress[rule.name].days)
            for rule in self.plan.rules
        )

    def finds_nothing(self, connection: Connection) -> bool:
        """Say whether nothing can have come due; else leave it to the search.

        That the days have passed is not noted, but for what was never looked at before: the next
        pass asks about them too, which costs no more.
        """
        search = Search.begin(self.plan, self.horizon, self.progress)
        new = search.begins(self.progress)
        locks.hold(connection, new)
        search.probe(connection)
        if search.is_over and new:
            self._note(connection, new)
        return search.is_over

    def _is_new(self, rule: WatchedRule) -> bool:
        known = self.progress.get(rule.name)
        return known is None or known.stamp != through.stamp_of(rule, self.horizon)

    def _is_ahead(self, rule: WatchedRule) -> bool:
        """Say whether the rule has been looked at for days that are yet to come: a clock went back."""
        return any(day > self.today for day in self.progress[rule.name].days.values())

    def _unseen_since(self, rule: WatchedRule) -> date | None:
        """Answer since when time may have moved the group; None: it was looked at, or nothing moves."""
        since = self.progress[rule.name].days[AGES]
        return since if moving_bounds(rule.group) and since < self.today else None

    def take_up_rules(self) -> None:
        """Begin anew with rules that are new or changed, and see whom time moved."""
        for rule in self.plan.rules:
            if self._is_new(rule):
                with self.database.writing() as connection:
                    locks.hold(connection, [rule.name])
                    self.progress[rule.name] = through.take_up(connection, rule, self.horizon)
                self.to_look_at.append(rule.name)
                self.has_watched |= rule.has_own_dates
                log.info("rule.taken_up", rule=rule.name, version=rule.version)
            elif self._is_ahead(rule):
                self._turn_back(rule)
            elif (since := self._unseen_since(rule)) is not None:
                self._touch_crossed(rule, since)

    def _turn_back(self, rule: WatchedRule) -> None:
        """Let the days to come count as not looked at; they are again, when they have come."""
        with self.database.writing() as connection:
            locks.hold(connection, [rule.name])
            known = self.progress[rule.name]
            self.progress[rule.name] = through.turn_back(
                connection, self.plan, rule, known, today=self.today
            )
        self.has_touched = True
        log.warning("rule.turned_back", rule=rule.name)

    def _touch_crossed(self, rule: WatchedRule, since: date) -> None:
        with self.database.writing() as connection:
            crossed = through.touch_crossed(connection, self.plan, rule, since, today=self.today)
            known = self.progress[rule.name]
            through.write(connection, {rule.name: replace(known, days={AGES: self.today})})
        self.progress[rule.name] = replace(known, days={**known.days, AGES: self.today})
        self.has_touched |= crossed

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
                connection.execute(delete(watches).where(watches.c.rule == name))
            return bool(ids)

    def judge_touched(self) -> None:
        """Judge all rules for entries that changed, and take their notes away."""
        after = 0
        while self.has_touched:
            with self.database.writing() as connection:
                locks.hold(connection, [rule.name for rule in self.plan.rules])
                batch = changed(connection, after=after, limit=BATCH)
                if not batch.row_ids:
                    return
                raising.of_changes(
                    connection, self.plan, batch.known_on, now=self.now, today=self.today
                )
                self._judge(connection, self.plan.rules, dict(batch.known_on))
                connection.execute(delete(touched).where(touched.c.id.in_(batch.row_ids)))
            after = batch.last_id
            self.report.touched += len(batch.known_on)

    def look_at_open(self) -> None:
        """Add the later steps and repeats whose day has come, and judge who is watched."""
        for rule in self.plan.rules:
            if rule.name in self.to_look_at:
                self._look_at(rule, to_look_at)
            if self.has_watched and rule.has_own_dates:
                self._look_at(rule, to_judge)

    def _look_at(
        self, rule: WatchedRule, find: Callable[[Connection, str, date, int], list[str]]
    ) -> None:
        """Judge what is found until nothing is left."""
        before: list[str] = []
        while True:
            with self.database.writing() as connection:
                locks.hold(connection, [rule.name])
                ids = find(connection, rule.name, self.today, BATCH)
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
        if not rule.is_duty:
            return
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

    def find_newly_due(self) -> None:
        """Find what has come due by the dates alone, in units of bounded size."""
        for rule in self.plan.rules:
            if rule.is_duty and SPREAD not in self.progress[rule.name].days:
                self.report.spread += launch.spread_everywhere(
                    self.database, self.plan, rule, today=self.today
                )
        search = Search.begin(self.plan, self.horizon, self.progress)
        while search.reached:
            with self.database.writing() as connection:
                locks.hold(connection, search.reached)
                for rule, openings in search.unit(connection):
                    self.report.written += open_alerts(
                        connection, rule, openings, today=self.today, now=self.now
                    )
                if search.is_over:
                    self._note(connection, search.reached)
                    return

    def _note(
        self, connection: Connection, reached: Mapping[str, Mapping[through.Key, date]]
    ) -> None:
        """Note how far rules are now."""
        for name, days in reached.items():
            stamp, known = self.progress[name].stamp, self.progress[name].days
            self.progress[name] = through.Progress(stamp, {**known, **days})
        now = {
            name: through.Progress(self.progress[name].stamp, days)
            for name, days in reached.items()
        }
        through.write(connection, now)
