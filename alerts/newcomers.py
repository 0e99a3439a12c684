"""Who is new to what an alert asks: nobody above them hears of it for a fortnight (DESIGN.md 3a).

The one place that decides this; slots, delivery, `plan` and `explain` all ask it.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Protocol

from alerts.handovers import HandOver, HandOvers
from alerts.recipients import Ladder, Subject
from alerts.waiting import Told, WaitingStep
from alerts.written import written_step
from config.lean import dataclass
from config.model import Configuration
from config.signals import SignalRule
from schedules.calendars import shifted_days

GRACE_DAYS = 14
"""Days from a hand-over in which nothing is escalated."""

MOST_DAYS = 2 * GRACE_DAYS
"""Days after which one newcomer after the other puts nothing off any more."""


class Asking(Protocol):
    """A step of an alert, as far as it decides whom it is for."""

    @property
    def rule(self) -> str: ...
    @property
    def variant(self) -> str: ...
    @property
    def step(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who holds `role` has done so only since a day; on `free_on` those above may be told again."""

    role: str
    since: date
    free_on: date


def free_on(days: Iterable[date]) -> date:
    """Answer when those above may be told again, by the days of hand-overs below them lately.

    That is a fortnight after the last one. But where each came within four weeks of the one before,
    all of them together put nothing off for longer than four weeks from the first: a post that
    changes hands every ten days would else never be spoken of. Then at least a fortnight is free.
    """
    ordered = sorted(days)
    first = last = ordered[0]
    for day in ordered:
        if day >= shifted_days(last, MOST_DAYS):
            first = day
        last = day
    return min(shifted_days(last, GRACE_DAYS), shifted_days(first, MOST_DAYS))


@dataclass(frozen=True)
class Newcomers:
    """Answers who is new, by who holds what today. A post that nobody holds has nobody new."""

    configuration: Configuration
    ladder: Ladder
    hand_overs: HandOvers

    def grace(
        self, step: Asking, role: str, subject: Subject, *, is_asked: bool = True
    ) -> Newcomer | None:
        """Answer because of whom a step is not told to a role yet, even if that is over by now.

        None: nothing keeps it back. What is urgent, and any other signal, waits for nobody.
        `is_asked`: the step waits for the role itself, which may stand in for nobody below.
        """
        written = written_step(self.configuration, step.rule, step.variant, step.step)
        rule = self.configuration.rules.get(step.rule)
        if written is None or rule is None or isinstance(rule, SignalRule):
            return None
        # A role that the step does not name was added because the step went out late.
        if not written.escalation and (role in written.tell or not is_asked):
            return None
        return self.below(step.rule, role, subject)

    def below(self, rule: str, role: str, subject: Subject) -> Newcomer | None:
        """Answer the newest of those below a role whom a rule tells, themselves or in their stead."""
        if not self.hand_overs:
            return None
        found: list[tuple[HandOver, str]] = []
        for named in sorted(_told_by(self.configuration, rule)):
            rungs = list(self.ladder.rungs(named))
            if named == role or role not in rungs:
                continue
            below = rungs[: rungs.index(role)]
            rung = next((one for one in below if self._is_held(one, subject)), None)
            change = self._changed(rung, subject) if rung else None
            if rung is not None and change is not None:
                found.append((change, rung))
        if not found:
            return None
        newest, rung = max(found, key=lambda one: one[0].on)
        return Newcomer(rung, newest.on, free_on(day for one, _ in found for day in one.days))

    def _is_held(self, role: str, subject: Subject) -> bool:
        """Say whether somebody has a role for an entry, here or away."""
        directory = self.ladder.directory
        by_name = self.ladder.assigned.get((subject.entry_id, role), ())
        held = (*by_name, *directory.region_holders(role, subject.place))
        return any(person in directory.persons for person in held)

    def came(self, role: str, subject: Subject) -> date | None:
        """Answer since when others than before hold a role for an entry; None: not lately."""
        found = self._changed(role, subject)
        return None if found is None else found.on

    def _changed(self, role: str, subject: Subject) -> HandOver | None:
        return self.hand_overs.of(
            role,
            (subject.entry_id, subject.place),
            is_named=bool(self.ladder.assigned.get((subject.entry_id, role))),
            directory=self.ladder.directory,
        )

    def known_from(self, role: str, subject: Subject) -> date | None:
        """Answer since when an entry is others' concern: they took over, or it moved to them."""
        came = self.came(role, subject)
        moved = self.hand_overs.moved.get(subject.entry_id)
        return max((day for day in (came, moved) if day is not None), default=None)

    def at(self, role: str, subject: Subject) -> frozenset[str]:
        """Answer who is told under a role for an entry, if they were others until lately."""
        if self.known_from(role, subject) is None:
            return frozenset()
        people = self.ladder.recipients(role, subject).recipients
        return frozenset(one.person for one in people if one.role == role)


def _told_by(configuration: Configuration, rule: str) -> set[str]:
    """Answer the roles that a rule tells anywhere."""
    written = configuration.rules[rule]
    steps = [*written.steps, *(s for over in written.regions.values() for s in over.steps or ())]
    return {role for step in steps for role in step.tell}


def untold(
    configuration: Configuration,
    role: str,
    people: Collection[str],
    *,
    steps: Iterable[WaitingStep],
    told: Sequence[Told],
) -> WaitingStep | None:
    """Answer the step of an alert that whoever took a role over is told again; None: nothing.

    It is the newest that was told of those that name the role: `people` were told of none.
    """
    if not people or not {one.person_id for one in told}.isdisjoint(people):
        return None
    said = {one.step_id for one in told}
    return max(
        (step for step in steps if step.id in said and _names(configuration, step, role)),
        key=lambda step: (step.on_date, step.occurrence, step.id),
        default=None,
    )


def _names(configuration: Configuration, step: WaitingStep, role: str) -> bool:
    written = written_step(configuration, step.rule, step.variant, step.step)
    return written is not None and role in written.tell
