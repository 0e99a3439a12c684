"""Slots opened in memory: the digest's own decisions, on cohorts instead of rows.

Everybody who has fared alike is one strand and is decided for once; where a slot decides
differently for some (another ladder, a full week, a silence), these go their own way.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy import Connection

from alerts.batch import Slot, surveyor
from alerts.cohorts import Cohort, Cohorts, Member, Written
from alerts.desk import Opening
from alerts.expected_slots import Dated, takes
from alerts.forecast import Span
from alerts.in_force import InForce
from alerts.moments import Matter
from alerts.plan_calendar import Due, caps_used, due_slots
from alerts.plan_faces import Faces, Scene
from alerts.quieted import Silences
from alerts.recipients import Recipient
from alerts.states import Outcome
from alerts.telling import Placement, Planner
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
class _Strand:
    """A cohort on its way, with everybody in it who has fared alike so far.

    Persons in `told` are labels, the same for all members: see `_Faces`. `first_after` is the day
    of the first step after the due date. `waiting` holds by role the steps not yet told.
    """

    cohort: Cohort
    members: dict[Member, int]
    until: date | None
    first_after: date | None
    arriving: list[tuple[date, WaitingStep]]
    waiting: dict[str, dict[str, WaitingStep]]
    told: list[Told]
    orphans: dict[str, tuple[WaitingStep, Told]]

    def arrive(self, day: date) -> None:
        """Let the steps wait that are written by a day."""
        while self.arriving and self.arriving[-1][0] <= day:
            _, step = self.arriving.pop()
            for role in step.waiting:
                self.waiting[role][step.id] = step

    def part(self, members: dict[Member, int]) -> "_Strand":
        """Let some members go their own way from here."""
        for member in members:
            del self.members[member]
        return _Strand(
            self.cohort,
            members,
            self.until,
            self.first_after,
            list(self.arriving),
            defaultdict(dict, {role: dict(steps) for role, steps in self.waiting.items()}),
            list(self.told),
            dict(self.orphans),
        )


@dataclass(slots=True)
class Rehearsal:
    """Opens every slot of a span and notes what it would send. Once `run`, read `lines`."""

    connection: Connection
    in_force: InForce
    span: Span
    lines: Counter[Line] = field(default_factory=Counter)
    unreachable: int = 0
    _strands: list[_Strand] = field(default_factory=list)
    _named: set[str] = field(default_factory=set)
    _faces: Faces = field(default_factory=Faces)
    _used: dict[str, list[datetime]] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=count)

    def take(self, cohorts: Cohorts, assume_done: float) -> None:
        """Take cohorts over; a share of those falling due is done then, and begins anew."""
        carried = 0.0
        todo = list(cohorts.read().items())
        while todo:
            cohort, members = todo.pop()
            due_on = cohort.matter.due_on
            done: Counter[Member] = Counter()
            if assume_done and self.span.first <= due_on <= self.span.last:
                for member, size in members.items():
                    carried += size * assume_done
                    done[member] = min(int(carried), size)
                    carried -= done[member]
            done = +done
            if done:
                self._take(cohorts, cohort, done, until=due_on)
                todo.append((_renewed(cohorts, cohort), done))
            if left := members - done:
                self._take(cohorts, cohort, left, until=cohort.until)

    def _take(
        self, cohorts: Cohorts, cohort: Cohort, members: Counter[Member], *, until: date | None
    ) -> None:
        """Begin strands: one, unless some were told of it already and others were."""
        alike: dict[tuple[str, ...], dict[Member, int]] = defaultdict(dict)
        for member, size in members.items():
            if member.entry_id:
                self._named.add(member.entry_id)
            labels = tuple(self._faces.label(member, said.person) for said in cohort.said)
            alike[labels][member] = size
        rows = list(self._rows(cohorts, cohort, until))
        for labels, of in alike.items():
            strand = self._strand(cohort, of, rows, labels)
            strand.until = until
            self._strands.append(strand)

    def _rows(
        self, cohorts: Cohorts, cohort: Cohort, until: date | None
    ) -> Iterator[tuple[date, Written, bool]]:
        """Yield the step rows of a cohort with the day each is there, and whether it is the last."""
        ahead = cohorts.steps_of(cohort)
        if until is not None:
            ahead = tuple(one for one in ahead if one.written_on <= until)
        last = max((one.written_on for one in ahead), default=None)
        watched = self.in_force.plan.rule(cohort.rule)
        effective_on = date.min if watched is None else watched.effective_on
        for row in cohort.written:
            yield self.span.first, row, last is None
        for one in ahead:
            known_on = max(one.on_date, effective_on)
            if one.written_on == self.span.first and cohort.known_on is not None:
                known_on = cohort.known_on
            timing = one.timing
            row = Written(
                timing.key, one.occurrence, one.on_date, known_on, one.after_due, timing.tell
            )
            yield one.written_on, row, one.written_on == last

    def _strand(
        self,
        cohort: Cohort,
        members: dict[Member, int],
        rows: Sequence[tuple[date, Written, bool]],
        labels: Sequence[str],
    ) -> _Strand:
        alert = f"{next(self._ids):08d}"
        after = [row.on_date for _day, row, _last in rows if row.after_due]
        first_after = min(after, default=None)
        strand = _Strand(cohort, members, cohort.until, first_after, [], defaultdict(dict), [], {})
        by_row = {}
        for number, (day, row, is_last) in enumerate(rows):
            step = _step(alert, f"{alert}/{number:04d}", cohort, row, is_last=is_last)
            by_row[row.key, row.occurrence] = step
            if row.waiting:
                strand.arriving.append((day, step))
        strand.arriving.sort(key=lambda pair: pair[0], reverse=True)
        for number, (said, label) in enumerate(zip(cohort.said, labels, strict=True)):
            step = by_row[said.key, said.occurrence]
            told = Told(
                f"{alert}:{number:04d}",
                step.id,
                alert,
                label,
                said.role,
                said.state,
                None if said.loose else "",
                step.on_date,
                step.occurrence,
            )
            strand.told.append(told)
            if said.loose:
                strand.orphans[told.id] = step, told
        return strand

    def run(self) -> None:
        """Open all slots in the order of their instants."""
        self._used = caps_used(self.connection, self.in_force, self.span)
        for due in due_slots(self.connection, self.in_force, self.span):
            for strand in self._strands:
                strand.arrive(due.on)
            self._open(due)

    def _open(self, due: Due) -> None:
        self._faces.look(self.connection, self.in_force, sorted(self._named), due.slot_day)
        silences = Silences.on(self.connection, due.slot_day)
        for strand in list(self._strands):
            found = {window.role: _in(strand, window) for window in due.windows}
            found = {role: steps for role, steps in found.items() if steps}
            if (not found and not strand.orphans) or not _is_open(strand, due):
                continue
            parts = self._parts(strand, tuple(found), due, silences)
            for scene, members in parts.items():
                part = strand
                if len(members) < len(strand.members):
                    part = strand.part(members)
                    self._strands.append(part)
                self._tell(part, scene, found, due)

    def _parts(
        self, strand: _Strand, asked: tuple[str, ...], due: Due, silences: Silences
    ) -> dict[Scene, dict[Member, int]]:
        """Answer who is told now, together with whom: all to whom the slot looks the same."""
        chosen = tuple((told.person_id, told.role) for _step, told in strand.orphans.values())
        full = None if due.cap is None else self._is_full(due)
        parts: dict[Scene, dict[Member, int]] = defaultdict(dict)
        for member, size in strand.members.items():
            deferred_to = None
            if silences.now or silences.past:
                probe = _probe(strand.cohort, member)
                if silences.cover(probe):
                    continue
                deferred_to = silences.deferred_to(probe)
            scene = self._faces.scene(member, (asked, chosen), full, silences, deferred_to)
            if scene.serves(due.role):
                parts[scene][member] = size
        return parts

    def _is_full(self, due: Due) -> Callable[[str], bool]:
        """Answer who has had enough messages in this period, this slot's own not counted."""

        def full(person: str) -> bool:
            used = self._used.get(person, ())
            if due.cap is None or due.due_at in used:
                return False
            most, begins, ends = due.cap
            return sum(begins <= at < ends for at in used) >= most

        return full

    def _tell(
        self, strand: _Strand, scene: Scene, found: dict[str, list[WaitingStep]], due: Due
    ) -> None:
        """Decide for all members at once, as the digest does for one alert."""
        ladder = scene.ladder(self.in_force.configuration)
        opening = Opening(due.slot, "digest", due.due_at, _NO_PATIENCE)
        slot = Slot(due.role, due.slot_day, due.windows, opening)
        quiet = scene.silences(strand.cohort.rule)
        asking = surveyor(slot, self.in_force.timetable, ladder, quiet)
        orphans = list(strand.orphans.values())
        steps = [step for of in found.values() for step in of] + [step for step, _told in orphans]
        told = {steps[0].alert_id: strand.told}
        survey = asking.survey(found, orphans, told)
        self.unreachable += survey.unreachable * sum(strand.members.values())
        planner = Planner(
            told,
            lambda c: None if scene.is_full(c.addressee.person) else due.slot,
            lambda: f"new:{next(self._ids):08d}",
        )
        self._apply(strand, planner.plan(survey), due)

    def _apply(self, strand: _Strand, plan: Telling, due: Due) -> None:
        for placement in plan.placements:
            candidate = placement.candidate
            strand.orphans.pop(placement.telling_id, None)
            told = _told(placement)
            strand.told = [*(one for one in strand.told if one.id != told.id), told]
            if placement.outcome is Outcome.PENDING:
                self._note(strand, candidate.recipient, due)
        for step, roles in plan.told_roles.values():
            for role in roles:
                strand.waiting[role].pop(step.id, None)
        for step, roles in plan.escalate.values():
            for role in roles:
                above = self.in_force.configuration.roles[role].up
                if above and above not in step.waiting:
                    strand.waiting[above][step.id] = step

    def _note(self, strand: _Strand, recipient: Recipient, due: Due) -> None:
        """Put one telling of all members into the messages of those who really get them."""
        day = self.in_force.timetable.today(due.due_at)
        for member, size in strand.members.items():
            addressee = self._faces.actual(member, recipient)
            if addressee is None:
                continue
            used = self._used.setdefault(addressee.person, [])
            if due.due_at not in used:
                used.append(due.due_at)
            person, role, channel = addressee.person, addressee.role, addressee.channel
            self.lines[Line(day, due.slot, person, role, channel, strand.cohort.rule)] += size


_NO_PATIENCE = timedelta()


def _probe(cohort: Cohort, member: Member) -> WaitingStep:
    """Answer a step as silences look at it."""
    matter = cohort.matter
    row = Written("", 0, matter.due_on, matter.due_on, after_due=False, waiting=())
    step = _step("", "", cohort, row, is_last=False)
    return replace(step, entry_id=member.entry_id, lives_in=member.lives_in, deferred_until=None)


def _renewed(cohorts: Cohorts, cohort: Cohort) -> Cohort:
    """Answer a cohort after its duty was done on the due date."""
    rule = cohorts.in_force.plan.rule(cohort.rule)
    assert rule is not None  # noqa: S101  # cohorts are made from the plan's rules
    variant = next(one for one in rule.variants if one.prefix == cohort.variant)
    done_on = cohort.matter.due_on
    deadline = variant.deadline(None)
    assert deadline is not None  # noqa: S101  # only what has one is renewed
    return Cohort(
        rule=cohort.rule,
        variant=cohort.variant,
        matter=Matter(done_on, deadline.due(done_on)),
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
        entry_id="",
        place="",
        lives_in="",
        deferred_until=cohort.deferred_until,
        is_last=is_last,
    )


def _told(placement: Placement) -> Told:
    candidate = placement.candidate
    pending = placement.outcome is Outcome.PENDING
    return Told(
        placement.telling_id,
        candidate.step.id,
        candidate.step.alert_id,
        candidate.recipient.person,
        candidate.recipient.role,
        Outcome.SENT if pending else placement.outcome,
        placement.notice_id,
        candidate.step.on_date,
        candidate.step.occurrence,
    )


def _in(strand: _Strand, window: Window) -> list[WaitingStep]:
    """Answer the steps of a strand that lie in a window, as `alerts.waiting` does in SQL."""
    steps = strand.waiting.get(window.role, {}).values()
    if window.since is None:
        return [one for one in steps if takes(window, Dated(one.on_date, one.after_due))]
    first = strand.first_after
    if first is None or not window.since <= first <= window.day:
        return []
    return [one for one in steps if one.after_due and one.on_date == first]


def _is_open(strand: _Strand, due: Due) -> bool:
    deferred = strand.cohort.deferred_until
    acknowledged = deferred is not None and deferred >= due.slot_day
    return not acknowledged and (strand.until is None or due.on < strand.until)
