"""Slots opened in memory: the digest's own decisions, on cohorts instead of rows."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import count

from sqlalchemy import Connection

from alerts.batch import Slot, surveyor
from alerts.cohorts import Cohort, Cohorts, Written
from alerts.desk import Opening
from alerts.directory import OPERATOR, Directory, assigned_by_name
from alerts.effective import Matter
from alerts.expected_slots import Dated, takes
from alerts.forecast import Span
from alerts.in_force import InForce
from alerts.lateness import Lateness
from alerts.plan_calendar import Due, caps_used, due_slots
from alerts.quieted import Silences
from alerts.recipients import Found, Ladder, Recipient, Subject
from alerts.states import Outcome
from alerts.telling import Candidate, Planner, Surveyor
from alerts.telling import Plan as Telling
from alerts.waiting import Told, WaitingStep, Window


@dataclass(frozen=True, slots=True)
class Line:
    """One rule's part in one message: `slot` tells messages of a day apart."""

    day: date
    slot: str
    person: str
    role: str
    channel: str
    rule: str


@dataclass(slots=True)
class _Live:
    """A cohort on its way. `first_after` is the day of its first step after the due date."""

    cohort: Cohort
    size: int
    first_after: date | None


@dataclass(frozen=True)
class _Remembering(Ladder):
    """A ladder that answers each question once."""

    answers: dict[tuple[str, Subject], Found] = field(default_factory=dict)

    def recipients(self, role: str, subject: Subject, *, recorded_by: str | None = None) -> Found:
        known = self.answers.get((role, subject))
        if known is None:
            known = super().recipients(role, subject, recorded_by=recorded_by)
            self.answers[role, subject] = known
        return known


_Place = tuple[str, str]
"""Entry (empty for all alike) and place: together they decide who is told."""


@dataclass(slots=True)
class Rehearsal:
    """Opens every slot of a span and notes what it would send. Once `run`, read `lines`."""

    connection: Connection
    in_force: InForce
    span: Span
    lines: Counter[Line] = field(default_factory=Counter)
    unreachable: int = 0
    _live: dict[str, _Live] = field(default_factory=dict)
    _arriving: list[tuple[date, WaitingStep]] = field(default_factory=list)
    _waiting: dict[str, dict[_Place, dict[str, WaitingStep]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )
    _told: dict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    _orphans: dict[str, tuple[WaitingStep, Told]] = field(default_factory=dict)
    _used: dict[str, list[datetime]] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=count)

    def take(self, cohorts: Cohorts, assume_done: float) -> None:
        """Take cohorts over; a share of those falling due is done then, and begins anew."""
        carried = 0.0
        todo = list(cohorts.read().items())
        while todo:
            cohort, size = todo.pop()
            due_on = cohort.matter.due_on
            done = 0
            if assume_done and self.span.first <= due_on <= self.span.last:
                carried += size * assume_done
                done = min(int(carried), size)
                carried -= done
            if done:
                self._take(cohorts, cohort, done, until=due_on)
                todo.append((_renewed(cohorts, cohort), done))
            if size > done:
                self._take(cohorts, cohort, size - done, until=cohort.until)

    def _take(self, cohorts: Cohorts, cohort: Cohort, size: int, *, until: date | None) -> None:
        alert = f"{next(self._ids):08d}"
        ahead = cohorts.steps_of(cohort)
        if until is not None:
            ahead = tuple(one for one in ahead if one.written_on <= until)
        last = max((one.written_on for one in ahead), default=None)
        rows = [(self.span.first, one, last is None) for one in cohort.written]
        effective_on = self._effective_on(cohort.rule)
        for one in ahead:
            ordinary = max(one.on_date, effective_on)
            early = one.written_on == self.span.first and cohort.known_on is not None
            known_on = cohort.known_on if early and cohort.known_on else ordinary
            tell = one.timing.tell
            row = Written(
                one.timing.key, one.occurrence, one.on_date, known_on, one.after_due, tell
            )
            rows.append((one.written_on, row, one.written_on == last))
        after = [row.on_date for _day, row, _last in rows if row.after_due]
        self._live[alert] = _Live(cohort, size, min(after, default=None))
        by_row = {}
        for number, (day, row, is_last) in enumerate(rows):
            step = _step(alert, f"{alert}/{number:04d}", cohort, row, is_last=is_last)
            by_row[row.key, row.occurrence] = step
            if row.waiting:
                self._arriving.append((day, step))
        self._take_told(alert, cohort, by_row)

    def _take_told(
        self, alert: str, cohort: Cohort, by_row: dict[tuple[str, int], WaitingStep]
    ) -> None:
        for number, said in enumerate(cohort.said):
            step = by_row[said.key, said.occurrence]
            told = Told(
                f"{alert}:{number:04d}",
                step.id,
                alert,
                said.person,
                said.role,
                said.state,
                None if said.loose else "",
                step.on_date,
                step.occurrence,
            )
            self._told[alert].append(told)
            if said.loose:
                self._orphans[told.id] = step, told

    def _effective_on(self, rule: str) -> date:
        watched = self.in_force.plan.rule(rule)
        return date.min if watched is None else watched.effective_on

    def run(self) -> None:
        """Open all slots in the order of their instants."""
        self._arriving.sort(key=lambda pair: pair[0], reverse=True)
        self._used = caps_used(self.connection, self.in_force, self.span)
        for due in due_slots(self.connection, self.in_force, self.span):
            self._let_arrive(due.on)
            self._open(due)

    def _let_arrive(self, day: date) -> None:
        while self._arriving and self._arriving[-1][0] <= day:
            _, step = self._arriving.pop()
            for role in step.waiting:
                self._waiting[role][step.entry_id, step.place][step.id] = step

    def _open(self, due: Due) -> None:
        directory = Directory.load(self.connection, due.slot_day)
        named = sorted({entry for places in self._waiting.values() for entry, _ in places if entry})
        assigned = assigned_by_name(self.connection, named, due.slot_day)
        plain = Ladder.of(self.in_force.configuration, directory, assigned)
        ladder = _Remembering(plain.directory, plain.roles, plain.routes, plain.assigned)
        silences = Silences.on(self.connection, due.slot_day)
        found = {window.role: self._in(window, due, ladder) for window in due.windows}
        orphans = [
            (step, told) for step, told in self._orphans.values() if self._is_open(step, due)
        ]
        if not orphans and not any(found.values()):
            return
        opening = Opening(due.slot, "digest", due.due_at, _NO_PATIENCE)
        slot = Slot(due.role, due.slot_day, due.windows, opening)
        asking = surveyor(slot, self.in_force.timetable, ladder, silences)
        judge = _remembered(asking.judge, silences)
        survey = Surveyor(due.role, ladder, silences, judge).survey(found, orphans, self._told)
        self.unreachable += survey.unreachable
        planner = Planner(
            self._told, lambda c: self._place(c, due), lambda: f"new:{next(self._ids):08d}"
        )
        self._apply(planner.plan(survey), due)

    def _in(self, window: Window, due: Due, ladder: Ladder) -> list[WaitingStep]:
        found: list[WaitingStep] = []
        for (entry_id, place), steps in self._waiting[window.role].items():
            subject = Subject(entry_id, place)
            if steps and _is_served(ladder.recipients(window.role, subject), window.role, due.role):
                found += [one for one in steps.values() if self._takes(window, one, due)]
        return found

    def _takes(self, window: Window, step: WaitingStep, due: Due) -> bool:
        if not self._is_open(step, due):
            return False
        if window.since is None:
            return takes(window, Dated(step.on_date, step.after_due))
        first = self._live[step.alert_id].first_after
        return step.after_due and step.on_date == first and window.since <= first <= window.day

    def _is_open(self, step: WaitingStep, due: Due) -> bool:
        until = self._live[step.alert_id].cohort.until
        deferred = step.deferred_until is not None and step.deferred_until >= due.slot_day
        return not deferred and (until is None or due.on < until)

    def _place(self, candidate: Candidate, due: Due) -> str | None:
        """Find the message, unless the person has had enough in this period."""
        addressee = candidate.addressee
        used = self._used.setdefault(addressee.person, [])
        if due.due_at not in used and due.cap is not None:
            most, begins, ends = due.cap
            if sum(begins <= at < ends for at in used) >= most:
                return None
        if due.due_at not in used:
            used.append(due.due_at)
        return f"{due.slot}|{addressee.person}|{addressee.channel}"

    def _apply(self, plan: Telling, due: Due) -> None:
        day = self.in_force.timetable.today(due.due_at)
        for placement in plan.placements:
            candidate = placement.candidate
            step, addressee = candidate.step, candidate.addressee
            self._orphans.pop(placement.telling_id, None)
            told = Told(
                placement.telling_id,
                step.id,
                step.alert_id,
                candidate.recipient.person,
                candidate.recipient.role,
                Outcome.SENT if placement.outcome is Outcome.PENDING else placement.outcome,
                placement.notice_id,
                step.on_date,
                step.occurrence,
            )
            kept = [one for one in self._told[step.alert_id] if one.id != told.id]
            self._told[step.alert_id] = [*kept, told]
            if placement.outcome is Outcome.PENDING:
                line = Line(
                    day, due.slot, addressee.person, addressee.role, addressee.channel, step.rule
                )
                self.lines[line] += self._live[step.alert_id].size
        for step, roles in plan.told_roles.values():
            for role in roles:
                self._waiting[role][step.entry_id, step.place].pop(step.id, None)
        for step, roles in plan.escalate.values():
            for role in roles:
                above = self.in_force.configuration.roles[role].up
                if above and above not in step.waiting:
                    self._waiting[above][step.entry_id, step.place][step.id] = step


_NO_PATIENCE = datetime.combine(date.min, time.min) - datetime.combine(date.min, time.min)


def _renewed(cohorts: Cohorts, cohort: Cohort) -> Cohort:
    """Answer a cohort after its duty was done on the due date."""
    rule = cohorts.in_force.plan.rule(cohort.rule)
    assert rule is not None  # noqa: S101  # cohorts are made from the plan's rules
    variant = next(one for one in rule.variants if one.prefix == cohort.variant)
    done_on = cohort.matter.due_on
    return Cohort(
        rule=cohort.rule,
        variant=cohort.variant,
        matter=Matter(done_on, variant.deadline.due(done_on)),
        place=cohort.place,
        lives_in=cohort.lives_in,
        entry_id=cohort.entry_id,
        until=cohort.until,
        since=done_on,
    )


def _step(alert: str, id_: str, cohort: Cohort, row: Written, *, is_last: bool) -> WaitingStep:
    return WaitingStep(
        id=id_,
        alert_id=alert,
        rule=cohort.rule,
        variant=cohort.variant,
        step=row.key,
        occurrence=row.occurrence,
        on_date=row.on_date,
        known_on=row.known_on,
        after_due=row.after_due,
        due_on=cohort.matter.due_on,
        waiting=row.waiting,
        entry_id=cohort.entry_id,
        place=cohort.place,
        lives_in=cohort.lives_in,
        deferred_until=cohort.deferred_until,
        is_last=is_last,
    )


def _is_served(found: Found, asked: str, role: str) -> bool:
    """Say whether somebody of a role's slot is told, or passes it on."""
    addressees = [one.addressee for one in found.recipients if one.addressee is not None]
    return (
        any(a.role == role or (a.role == OPERATOR and asked == role) for a in addressees)
        or len(addressees) < len(found.recipients)
        or not found.recipients
    )


_Judge = Callable[[WaitingStep, str, Recipient], Lateness]


def _remembered(judge: _Judge, silences: Silences) -> _Judge:
    """Judge steps of the same dates once; where a silence ended, each by itself."""
    known: dict[Hashable, Lateness] = {}

    def judged(step: WaitingStep, asked: str, recipient: Recipient) -> Lateness:
        alone = step.alert_id if silences.past else ""
        through = recipient.addressee.role if recipient.addressee else ""
        dates: Sequence[Hashable] = (step.on_date, step.known_on, step.due_on, step.deferred_until)
        key = (*dates, step.rule, step.variant, step.step, step.is_last, asked, through, alone)
        if key not in known:
            known[key] = judge(step, asked, recipient)
        return known[key]

    return judged
