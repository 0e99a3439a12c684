"""What one batch of waiting steps becomes: who is told what, what is merged, what waits on. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date

from alerts.directory import OPERATOR
from alerts.lateness import Lateness
from alerts.newcomers import Newcomers
from alerts.quieted import Silences
from alerts.recipients import Addressee, Gap, Ladder, Recipient, Subject
from alerts.states import Outcome
from alerts.waiting import Told, WaitingStep
from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """One step that one person is to be told now; with `telling_id`, a telling without a notice."""

    step: WaitingStep
    asked: str
    recipient: Recipient
    addressee: Addressee
    lateness: Lateness
    telling_id: str | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """A step and a role whose turn it is: who is told now, and whether somebody is left over."""

    step: WaitingStep
    asked: str
    candidates: tuple[Candidate, ...]
    waits: bool


@dataclass(slots=True)
class Survey:
    """Everything a batch asks for.

    `passed_on` are tellings of people whom it is no concern of any more, with what is owed instead.
    """

    owed: list[Owed] = field(default_factory=list)
    orphans: list[Candidate] = field(default_factory=list)
    passed_on: list[tuple[str, Owed]] = field(default_factory=list)
    gaps: dict[Gap, None] = field(default_factory=dict)
    unreachable: int = 0

    def addressees(self) -> set[Addressee]:
        """Answer all who would get a message."""
        return {c.addressee for owed in self.owed for c in owed.candidates} | {
            orphan.addressee for orphan in self.orphans
        }


@dataclass(frozen=True, slots=True)
class Surveyor:
    """Asks who is to be told of steps, at a slot of `role`; with `anyone`, whoever is reached."""

    role: str
    ladder: Ladder
    silences: Silences
    newcomers: Newcomers
    today: date
    judge: Callable[[WaitingStep, str, Recipient], Lateness]
    anyone: bool = False

    def survey(
        self,
        steps_by_role: Mapping[str, Sequence[WaitingStep]],
        orphans: Iterable[tuple[WaitingStep, Told]],
        told: Mapping[str, Sequence[Told]],
    ) -> Survey:
        """Resolve recipients; leave out whoever was told already, is silenced, or has another slot.

        What is above somebody new to their post waits until their grace is over.
        """
        survey = Survey()
        for asked, steps in steps_by_role.items():
            for step in steps:
                if not self.silences.cover(step) and not self._is_spared(step, asked):
                    self._ask(survey, step, asked, told.get(step.alert_id, ()))
        for step, telling in orphans:
            self._pick_up(survey, step, telling, told.get(step.alert_id, ()))
        return survey

    def _is_spared(self, step: WaitingStep, role: str, *, is_asked: bool = True) -> bool:
        subject = Subject(step.entry_id, step.place)
        new = self.newcomers.grace(step, role, subject, is_asked=is_asked)
        return new is not None and self.today < new.free_on

    def _ask(self, survey: Survey, step: WaitingStep, asked: str, told: Sequence[Told]) -> Owed:
        subject = Subject(step.entry_id, step.place)
        found = self.ladder.recipients(asked, subject, recorded_by=step.raised_by)
        survey.gaps.update(dict.fromkeys(found.gaps))
        known = {telling.person_id for telling in told if telling.step_id == step.id}
        if not found.recipients and self._knows_already(step, asked, subject):
            survey.owed.append(Owed(step, asked, (), waits=False))
            return survey.owed[-1]
        candidates, waits = [], not found.recipients
        for recipient in found.recipients:
            if recipient.person in known:
                continue
            candidate = self._candidate(step, asked, recipient)
            if candidate is None:
                waits = True
            else:
                candidates.append(candidate)
            survey.unreachable += recipient.addressee is None
        survey.unreachable += not found.recipients
        survey.owed.append(Owed(step, asked, tuple(candidates), waits))
        return survey.owed[-1]

    def _knows_already(self, step: WaitingStep, asked: str, subject: Subject) -> bool:
        """Say whether the only one to be told is who raised it."""
        if step.raised_by is None:
            return False
        return bool(self.ladder.recipients(asked, subject).recipients)

    def _pick_up(
        self, survey: Survey, step: WaitingStep, telling: Told, told: Sequence[Told]
    ) -> None:
        if self.silences.cover(step) or self._is_spared(step, telling.role, is_asked=False):
            return
        subject = Subject(step.entry_id, step.place)
        people = self.ladder.recipients(telling.role, subject).recipients
        if telling.person_id not in {one.person for one in people}:
            instead = self._ask(survey, step, telling.role, told)
            survey.passed_on.append((telling.id, instead))
            return
        recipient = self.ladder.readdressed(telling.person_id, telling.role, subject)
        candidate = self._candidate(step, telling.role, recipient, telling_id=telling.id)
        if candidate is not None:
            survey.orphans.append(candidate)

    def _candidate(
        self,
        step: WaitingStep,
        asked: str,
        recipient: Recipient,
        *,
        telling_id: str | None = None,
    ) -> Candidate | None:
        addressee = recipient.addressee
        if addressee is None or self.silences.cover_person(recipient.person):
            return None
        own_slot = addressee.role == self.role
        # The operator has no slot of their own for what nobody else can be told.
        stranded = addressee.role == OPERATOR and asked == self.role
        if not (own_slot or stranded or self.anyone):
            return None
        lateness = self.judge(step, asked, recipient)
        return Candidate(step, asked, recipient, addressee, lateness, telling_id)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a candidate ended: in a notice, merged into another telling, or only recorded."""

    candidate: Candidate
    telling_id: str
    outcome: Outcome
    notice_id: str | None
    merged_into: str | None = None


@dataclass(slots=True)
class Plan:
    """What is to be written for one batch."""

    placements: list[Placement] = field(default_factory=list)
    merged_away: dict[str, str] = field(default_factory=dict)  # an older telling: into which
    passed_on: list[str] = field(default_factory=list)  # tellings that others have in their stead
    told_roles: dict[str, tuple[WaitingStep, list[str]]] = field(default_factory=dict)
    escalate: dict[str, tuple[WaitingStep, list[str]]] = field(default_factory=dict)


_COUNTS_AS_SAID = frozenset(
    {
        Outcome.PENDING,
        Outcome.HELD,
        Outcome.SENDING,
        Outcome.UNKNOWN,
        Outcome.SENT,
        Outcome.DELIVERED,
        Outcome.RELAYED,
    }
)
_CAN_MERGE = frozenset({Outcome.PENDING, Outcome.HELD})


@dataclass(frozen=True, slots=True)
class Planner:
    """Turns a survey into a plan. `place` finds a notice for an addressee, or None: capped."""

    told: Mapping[str, Sequence[Told]]
    place: Callable[[Candidate], str | None]
    new_id: Callable[[], str]

    def plan(self, survey: Survey) -> Plan:
        """Tell each person the newest step of an alert; older ones end merged into it."""
        plan = Plan()
        everything = [c for owed in survey.owed for c in owed.candidates] + survey.orphans
        groups: dict[tuple[str, str], dict[str, Candidate]] = defaultdict(dict)
        for candidate in everything:
            key = candidate.step.alert_id, candidate.recipient.person
            groups[key].setdefault(candidate.step.id, candidate)
        for (alert, person), candidates in groups.items():
            said = [t for t in self.told.get(alert, ()) if t.person_id == person]
            self._tell(plan, sorted(candidates.values(), key=_age), said)
        self._finish(plan, survey)
        return plan

    def _tell(self, plan: Plan, candidates: list[Candidate], said: Sequence[Told]) -> None:
        newest = candidates[-1]
        orphaned = {candidate.telling_id for candidate in candidates}
        standing = [t for t in said if t.state in _COUNTS_AS_SAID and t.id not in orphaned]
        newer = [t for t in standing if _told_age(t) > _age(newest)]
        if newer:
            last = max(newer, key=_told_age)
            for candidate in candidates:
                self._merge(plan, candidate, last.id, last.notice_id)
            return
        if newest.lateness is Lateness.RECORD:
            telling_id, notice_id = newest.telling_id or self.new_id(), None
            recorded = Placement(newest, telling_id, Outcome.LATE_RECORDED, None)
            plan.placements.append(recorded)
        else:
            notice_id = self.place(newest)
            if notice_id is None:
                return
            telling_id = newest.telling_id or self.new_id()
            plan.placements.append(Placement(newest, telling_id, Outcome.PENDING, notice_id))
        for candidate in candidates[:-1]:
            self._merge(plan, candidate, telling_id, notice_id)
        if notice_id is not None:
            plan.merged_away.update({t.id: telling_id for t in standing if t.state in _CAN_MERGE})

    def _merge(self, plan: Plan, candidate: Candidate, into: str, notice_id: str | None) -> None:
        telling_id = candidate.telling_id or self.new_id()
        merged = Placement(candidate, telling_id, Outcome.MERGED, notice_id, merged_into=into)
        plan.placements.append(merged)

    def _finish(self, plan: Plan, survey: Survey) -> None:
        placed = {(p.candidate.step.id, p.candidate.recipient.person) for p in plan.placements}
        instead = {id(owed): telling_id for telling_id, owed in survey.passed_on}
        for owed in survey.owed:
            step = owed.step
            done = all((step.id, c.recipient.person) in placed for c in owed.candidates)
            if not done or owed.waits:
                continue
            if id(owed) in instead:
                plan.passed_on.append(instead[id(owed)])
            plan.told_roles.setdefault(step.id, (step, []))[1].append(owed.asked)
            if any(c.lateness is Lateness.ESCALATE for c in owed.candidates):
                plan.escalate.setdefault(step.id, (step, []))[1].append(owed.asked)


def _age(candidate: Candidate) -> tuple[object, ...]:
    return candidate.step.on_date, candidate.step.occurrence, candidate.step.id


def _told_age(told: Told) -> tuple[object, ...]:
    return told.on_date, told.occurrence, told.step_id
