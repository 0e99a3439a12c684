"""Slots opened in memory: the digest's own decisions, on cohorts instead of rows.

Everybody who has fared alike is one strand and is decided for once; where a slot decides
differently for some (another ladder, a full week, a silence), these go their own way.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy import Connection

from alerts.batch import Quiet, Slot, surveyor
from alerts.cohorts import Cohort, Member
from alerts.desk import Opening
from alerts.forecast import Span
from alerts.in_force import InForce
from alerts.newcomers import untold
from alerts.plan_calendar import Due, caps_used, due_slots
from alerts.plan_faces import Asked, Faces, Scene
from alerts.plan_reading import Cohorts
from alerts.plan_strands import (
    Strand,
    begin,
    is_open,
    probe,
    rows_of,
    shared_out,
    told_by,
    waiting_in,
)
from alerts.quieted import Silences
from alerts.recipients import Recipient
from alerts.states import Outcome
from alerts.telling import Plan as Telling
from alerts.telling import Planner, Surveyor
from alerts.waiting import WaitingStep
from config.lean import dataclass
from ledgers.access.scopes import Scope


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
class Rehearsal:
    """Opens every slot of a span and notes what it would send. Once `run`, read `lines`.

    All are told, for who gets how much hangs on all; noted is what is told of entries `within`.
    """

    connection: Connection
    in_force: InForce
    span: Span
    within: Scope | None = None
    lines: Counter[Line] = field(default_factory=Counter)
    unreachable: int = 0
    _strands: list[Strand] = field(default_factory=list)
    _named: set[str] = field(default_factory=set)
    _members: set[Member] = field(default_factory=set)
    _new: set[Member] = field(default_factory=set)
    _faces: Faces = field(default_factory=Faces)
    _used: dict[str, list[datetime]] = field(default_factory=dict)
    _served: dict[tuple[Scene, str], bool] = field(default_factory=dict)
    _asking: dict[tuple[Scene, str], Surveyor] = field(default_factory=dict)
    _noted: dict[tuple[str, str, str], dict[Member, int]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _ids: Iterator[int] = field(default_factory=count)

    def take(self, cohorts: Cohorts, assume_done: float) -> None:
        """Take cohorts over; a share of those falling due is done then, and begins anew."""
        for cohort, members, until in shared_out(cohorts, assume_done):
            self._take(cohorts, cohort, members, until=until)

    def _take(
        self,
        cohorts: Cohorts,
        cohort: Cohort,
        members: Mapping[Member, int],
        *,
        until: date | None,
    ) -> None:
        """Begin strands: one, unless some were told of it already and others were."""
        alike: dict[tuple[str, ...], dict[Member, int]] = defaultdict(dict)
        self._members |= members.keys()
        for member, size in members.items():
            if member.entry_id:
                self._named.add(member.entry_id)
            labels = tuple(self._faces.label(member, said.person) for said in cohort.said)
            alike[labels][member] = size
        rows = list(rows_of(cohorts, cohort, until))
        for labels, of in alike.items():
            alert = f"{next(self._ids):08d}"
            self._strands.append(begin(alert, cohort, of, (rows, labels, until)))

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
        self._asking.clear()
        self._new = {member for member in self._members if self._faces.has_new(member)}
        if self._new and all(window.since is None for window in due.windows):
            self._take_over([window.role for window in due.windows])
        for strand in list(self._strands):
            if not strand.orphans and not any(strand.waiting.get(w.role) for w in due.windows):
                continue
            found = {window.role: waiting_in(strand, window) for window in due.windows}
            found = {role: steps for role, steps in found.items() if steps}
            if (not found and not strand.orphans) or not is_open(strand, due):
                continue
            parts = self._parts(strand, tuple(found), due, silences)
            for scene, members in parts:
                part = strand
                if len(members) < len(strand.members):
                    part = strand.part(members)
                    self._strands.append(part)
                self._tell(part, scene, found, due)
        self._write_down(due)

    def _parts(
        self, strand: Strand, asked: tuple[str, ...], due: Due, silences: Silences
    ) -> list[tuple[Scene, dict[Member, int]]]:
        """Answer who is told now, together with whom: all to whom the slot looks the same."""
        is_plain = not (strand.orphans or due.cap or silences.now or silences.past)
        if is_plain and strand.members.keys().isdisjoint(self._new):
            parts = self._plain_parts(strand, asked)
        else:
            parts = list(self._own_parts(strand, asked, due, silences).items())
        return [(scene, members) for scene, members in parts if self._serves(scene, due.role)]

    def _plain_parts(
        self, strand: Strand, asked: tuple[str, ...]
    ) -> list[tuple[Scene, dict[Member, int]]]:
        """Answer the parts where nothing but the posts tells places apart: kept till these change."""
        key = (self._faces.seen, asked)
        if key not in strand.scenes:
            parts: dict[int, tuple[Scene, dict[Member, int]]] = {}
            for member, size in strand.members.items():
                scene = self._faces.plain_scene(member, asked)
                parts.setdefault(id(scene), (scene, {}))[1][member] = size
            strand.scenes[key] = list(parts.values())
        return strand.scenes[key]

    def _own_parts(
        self, strand: Strand, asked: tuple[str, ...], due: Due, silences: Silences
    ) -> dict[Scene, dict[Member, int]]:
        chosen = tuple((told.person_id, told.role) for _step, told in strand.orphans.values())
        full = None if due.cap is None else self._is_full(due)
        parts: dict[Scene, dict[Member, int]] = defaultdict(dict)
        for member, size in strand.members.items():
            deferred_to = None
            if silences.now or silences.past:
                seen = probe(strand.cohort, member)
                if silences.cover(seen):
                    continue
                deferred_to = silences.deferred_to(seen)
            wanted = Asked(strand.cohort.rule, asked, chosen, silences, deferred_to)
            parts[self._faces.scene(member, wanted, full)][member] = size
        return parts

    def _take_over(self, roles: Sequence[str]) -> None:
        """Let steps wait again for whoever came new to a role, as `alerts.takeovers` does."""
        for strand in list(self._strands):
            if not strand.told or strand.members.keys().isdisjoint(self._new):
                continue
            alike: dict[tuple[tuple[str, str], ...], dict[Member, int]] = defaultdict(dict)
            for member, size in strand.members.items():
                alike[tuple(self._untold(strand, member, roles))][member] = size
            for again, members in alike.items():
                part = strand
                if again and len(members) < len(strand.members):
                    part = strand.part(members)
                    self._strands.append(part)
                for role, step_id in again:
                    part.waiting[role][step_id] = part.steps[step_id]

    def _untold(
        self, strand: Strand, member: Member, roles: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        if member not in self._new:
            return
        steps, configuration = strand.steps.values(), self.in_force.configuration
        for role in roles:
            people = self._faces.new_at(member, role)
            step = untold(configuration, role, people, steps=steps, told=strand.told)
            if step is not None:
                yield role, step.id

    def _serves(self, scene: Scene, role: str) -> bool:
        key = (scene, role)
        if key not in self._served:
            self._served[key] = scene.serves(role)
        return self._served[key]

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
        self, strand: Strand, scene: Scene, found: dict[str, list[WaitingStep]], due: Due
    ) -> None:
        """Decide for all members at once, as the digest does for one alert."""
        asking = self._surveyor(scene, strand.cohort.rule, due)
        orphans = list(strand.orphans.values())
        steps = [step for of in found.values() for step in of] + [step for step, _told in orphans]
        told = {steps[0].alert_id: strand.told}
        survey = asking.survey(found, orphans, told)
        if survey.unreachable:
            seen = (size for member, size in strand.members.items() if self._is_seen(member))
            self.unreachable += survey.unreachable * sum(seen)
        planner = Planner(
            told,
            lambda c: None if scene.is_full(c.addressee.person) else due.slot,
            lambda: f"new:{next(self._ids):08d}",
        )
        self._apply(strand, planner.plan(survey))

    def _surveyor(self, scene: Scene, rule: str, due: Due) -> Surveyor:
        key = (scene, rule if scene.is_of_rule else "")
        if key not in self._asking:
            newcomers = scene.newcomers(self.in_force.configuration)
            opening = Opening(due.slot, "digest", due.due_at, _NO_PATIENCE)
            slot = Slot(due.role, due.slot_day, due.windows, opening)
            quiet = Quiet(scene.silences(rule), newcomers, due.slot_day)
            self._asking[key] = surveyor(slot, self.in_force.timetable, quiet)
        return self._asking[key]

    def _apply(self, strand: Strand, plan: Telling) -> None:
        for placement in plan.placements:
            candidate = placement.candidate
            strand.orphans.pop(placement.telling_id, None)
            told = told_by(placement)
            strand.told = [*(one for one in strand.told if one.id != told.id), told]
            if placement.outcome is Outcome.PENDING:
                self._note(strand, candidate.recipient)
        for id_ in plan.passed_on:
            strand.orphans.pop(id_, None)
        strand.told = [
            replace(one, state=Outcome.SUPPRESSED) if one.id in plan.passed_on else one
            for one in strand.told
        ]
        for step, roles in plan.told_roles.values():
            for role in roles:
                strand.waiting[role].pop(step.id, None)
        for step, roles in plan.escalate.values():
            for role in roles:
                above = self.in_force.configuration.roles[role].up
                if above and above not in step.waiting:
                    strand.waiting[above][step.id] = step

    def _note(self, strand: Strand, recipient: Recipient) -> None:
        """Note that all members are told of to somebody of their place."""
        noted = self._noted[strand.cohort.rule, recipient.person, recipient.role]
        for member, size in strand.members.items():
            noted[member] = noted.get(member, 0) + size

    def _write_down(self, due: Due) -> None:
        """Put what was noted into the messages of those who really get them."""
        day = self.in_force.timetable.today(due.due_at)
        for (rule, label, asked), members in self._noted.items():
            for member, size in members.items():
                addressee = self._faces.actual(member, label, asked)
                if addressee is None:
                    continue
                used = self._used.setdefault(addressee.person, [])
                if due.due_at not in used:
                    used.append(due.due_at)
                person, role, channel = addressee.person, addressee.role, addressee.channel
                if self._is_seen(member):
                    self.lines[Line(day, due.slot, person, role, channel, rule)] += size
        self._noted.clear()

    def _is_seen(self, member: Member) -> bool:
        return self.within is None or self.within.covers(member.lives_in)


_NO_PATIENCE = timedelta()
