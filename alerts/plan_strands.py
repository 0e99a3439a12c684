"""Cohorts on their way through the slots of a plan: the steps that wait, what was told. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from alerts.cohorts import Cohort, Member, Written
from alerts.expected_slots import Dated, takes
from alerts.moments import Matter
from alerts.plan_calendar import Due
from alerts.plan_faces import Scene
from alerts.plan_reading import Cohorts
from alerts.states import Outcome
from alerts.telling import Placement
from alerts.waiting import Told, WaitingStep
from alerts.windows import Window


@dataclass(slots=True)
class Strand:
    """A cohort on its way, with everybody in it who has fared alike so far.

    Persons in `told` are labels, the same for all members: see `alerts.plan_faces`. `first_after` is the day
    of the first step after the due date. `waiting` holds by role the steps not yet told, `steps` all
    there are so far by id, `scenes` how places looked when last asked.
    """

    cohort: Cohort
    members: dict[Member, int]
    until: date | None
    first_after: date | None
    arriving: list[tuple[date, WaitingStep]]
    waiting: dict[str, dict[str, WaitingStep]]
    told: list[Told]
    orphans: dict[str, tuple[WaitingStep, Told]]
    steps: dict[str, WaitingStep] = field(default_factory=dict)
    scenes: dict[tuple[int, tuple[str, ...]], list[tuple[Scene, dict[Member, int]]]] = field(
        default_factory=dict
    )

    def arrive(self, day: date) -> None:
        """Let the steps wait that are written by a day."""
        while self.arriving and self.arriving[-1][0] <= day:
            _, step = self.arriving.pop()
            self.steps[step.id] = step
            for role in step.waiting:
                self.waiting[role][step.id] = step

    def part(self, members: dict[Member, int]) -> "Strand":
        """Let some members go their own way from here."""
        self.scenes.clear()
        for member in members:
            del self.members[member]
        return Strand(
            self.cohort,
            members,
            self.until,
            self.first_after,
            list(self.arriving),
            defaultdict(dict, {role: dict(steps) for role, steps in self.waiting.items()}),
            list(self.told),
            dict(self.orphans),
            dict(self.steps),
        )


_Share = tuple[Cohort, Counter[Member], date | None]
"""A cohort, who of it, and until when they owe it."""


def shared_out(cohorts: Cohorts, assume_done: float) -> Iterator[_Share]:
    """Yield all cohorts; of those that fall due within the span a share is done on that day.

    What is done of a duty falls due again; another matter is done for good, and information never.
    """
    carried = 0.0
    todo = list(cohorts.read().items())
    while todo:
        cohort, members = todo.pop()
        due_on = cohort.matter.due_on
        done: Counter[Member] = Counter()
        if assume_done and _can_be_done(cohorts, cohort):
            for member, size in members.items():
                carried += size * assume_done
                done[member] = min(int(carried), size)
                carried -= done[member]
        done = +done
        if done:
            yield cohort, done, due_on
            again = _renewed(cohorts, cohort)
            if again is not None:
                todo.append((again, done))
        if left := members - done:
            yield cohort, left, cohort.until


def _can_be_done(cohorts: Cohorts, cohort: Cohort) -> bool:
    rule = cohorts.in_force.plan.rule(cohort.rule)
    due_on, span = cohort.matter.due_on, cohorts.span
    first = max(span.first, cohort.since or span.first)
    is_within = first <= due_on <= span.last and (cohort.until is None or due_on < cohort.until)
    return is_within and rule is not None and bool(rule.counts)


def _renewed(cohorts: Cohorts, cohort: Cohort) -> Cohort | None:
    """Answer a cohort after its duty was done on the due date; None: it is no duty."""
    rule = cohorts.in_force.plan.rule(cohort.rule)
    assert rule is not None  # noqa: S101  # cohorts are made from the plan's rules
    variant = next(one for one in rule.variants if one.prefix == cohort.variant)
    deadline = variant.deadline(cohort.level)
    if deadline is None:
        return None
    done_on = cohort.matter.due_on
    return Cohort(
        rule=cohort.rule,
        variant=cohort.variant,
        matter=Matter(done_on, deadline.due(done_on)),
        level=cohort.level,
        since=done_on,
        until=cohort.until,
    )


def rows_of(
    cohorts: Cohorts, cohort: Cohort, until: date | None
) -> Iterator[tuple[date, Written, bool]]:
    """Yield the step rows of a cohort with the day each is there, and whether it is the last."""
    ahead = cohorts.steps_of(cohort)
    if until is not None:
        ahead = tuple(one for one in ahead if one.written_on <= until)
    last = max((one.written_on for one in ahead), default=None)
    watched = cohorts.in_force.plan.rule(cohort.rule)
    effective_on = date.min if watched is None else watched.effective_on
    for row in cohort.written:
        yield cohorts.span.first, row, last is None and not cohort.ends
    for one in ahead:
        known_on = max(one.on_date, effective_on)
        if cohort.known is not None and one.written_on == cohort.known.by_pass_of:
            known_on = cohort.known.on
        timing = one.timing
        row = Written(timing.key, one.occurrence, one.on_date, known_on, one.after_due, timing.tell)
        yield one.written_on, row, one.written_on == last and not cohort.ends


def begin(
    alert: str,
    cohort: Cohort,
    members: dict[Member, int],
    of: tuple[Sequence[tuple[date, Written, bool]], Sequence[str], date | None],
) -> Strand:
    """Begin a strand from its rows, the labels of those it was told to, and until when it is owed."""
    rows, labels, until = of
    after = [row.on_date for _day, row, _last in rows if row.after_due]
    strand = Strand(cohort, members, until, min(after, default=None), [], defaultdict(dict), [], {})
    by_row = {}
    for number, (day, row, is_last) in enumerate(rows):
        step = _step(alert, f"{alert}/{number:04d}", cohort, row, is_last=is_last)
        by_row[row.key, row.occurrence] = step
        if row.waiting:
            strand.arriving.append((day, step))
    strand.arriving.sort(key=lambda pair: pair[0], reverse=True)
    for number, (said, label) in enumerate(zip(cohort.said, labels, strict=True)):
        step = by_row[said.key, said.occurrence]
        strand.steps[step.id] = step
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


def probe(cohort: Cohort, member: Member) -> WaitingStep:
    """Answer a step as silences look at it."""
    matter = cohort.matter
    row = Written("", 0, matter.due_on, matter.due_on, after_due=False, waiting=())
    step = _step("", "", cohort, row, is_last=False)
    return replace(step, entry_id=member.entry_id, lives_in=member.lives_in, deferred_until=None)


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


def waiting_in(strand: Strand, window: Window) -> list[WaitingStep]:
    """Answer the steps of a strand that lie in a window, as `alerts.waiting` does in SQL."""
    steps = strand.waiting.get(window.role, {}).values()
    if window.since is None:
        return [one for one in steps if takes(window, Dated(one.on_date, one.after_due))]
    first = strand.first_after
    if first is None or not window.since <= first <= window.day:
        return []
    return [one for one in steps if one.after_due and one.on_date == first]


def is_open(strand: Strand, due: Due) -> bool:
    deferred = strand.cohort.deferred_until
    acknowledged = deferred is not None and deferred >= due.slot_day
    return not acknowledged and (strand.until is None or due.on < strand.until)


def told_by(placement: Placement) -> Told:
    """Answer the telling that a placement makes, as if its message had gone out."""
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
