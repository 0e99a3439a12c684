"""Looks for what has come due by the dates alone: questions to the index, answered in bounded units."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress, groupby
from operator import itemgetter

from sqlalchemy import Connection

from alerts.changes import Course, Horizon, Opening
from alerts.cutoffs import NEVER, anchors_between, watched
from alerts.effective import EvaluationPlan, Matter, Variant, WatchedRule
from alerts.evaluate import course, is_past_validity
from alerts.probe import worth_asking
from alerts.select import Ask, Found, Page, newly_due
from alerts.through import SPREAD, Key, Progress

_DAY = 1  # the second column of what is found
_UNIT = 5000
"""Newly due entries in one unit of work: well under a second."""


@dataclass(slots=True)
class _Question:
    """What is asked page by page. `known_on`: when its answers could be known; None: on their day."""

    ask: Ask
    known_on: date | None
    after: Page | None = None


@dataclass(slots=True)
class Search:
    """All that is still to be asked, and how far each rule will be when it is answered."""

    plan: EvaluationPlan
    horizon: Horizon
    reached: dict[str, dict[Key, date]] = field(default_factory=dict)
    questions: deque[_Question] = field(default_factory=deque)
    is_probed: bool = False
    _courses: dict[tuple[str, str, bool, date], tuple[Matter, Course]] = field(default_factory=dict)

    @classmethod
    def begin(
        cls, plan: EvaluationPlan, horizon: Horizon, progress: Mapping[str, Progress]
    ) -> "Search":
        """Turn the days since each rule was last looked at into questions."""
        search = cls(plan, horizon)
        for rule in plan.rules:
            done = progress[rule.name].days
            reached = {} if SPREAD in done else {SPREAD: horizon.today}
            for variant in rule.variants:
                if variant.in_force(horizon.today):
                    reached |= search._look_at(rule, variant, done)
            if reached:
                search.reached[rule.name] = reached
        return search

    def begins(self, progress: Mapping[str, Progress]) -> dict[str, dict[Key, date]]:
        """Answer of `reached` what was never looked at before."""
        new = {
            name: {key: day for key, day in days.items() if key not in progress[name].days}
            for name, days in self.reached.items()
        }
        return {name: days for name, days in new.items() if days}

    @property
    def is_over(self) -> bool:
        """Say whether everything was answered."""
        return not self.questions

    def unit(self, connection: Connection) -> Iterator[tuple[WatchedRule, list[Opening]]]:
        """Answer alerts to open, until one unit's worth of entries was found."""
        self.probe(connection)
        budget = _UNIT
        while self.questions and budget > 0:
            question = self.questions[0]
            found = newly_due(connection, question.ask, after=question.after, limit=_UNIT)
            if len(found) < _UNIT:
                self.questions.popleft()
            else:
                question.after = Page(found[-1].day, found[-1].entry_id)
            budget -= len(found)
            if found:
                yield question.ask.rule, list(self._opened(question, found))

    def probe(self, connection: Connection) -> None:
        """Drop the questions that have no answer. Whatever changes after this is judged whole."""
        if self.is_probed or not self.questions:
            return
        answers = worth_asking(connection, [question.ask for question in self.questions])
        self.questions = deque(compress(self.questions, answers))
        self.is_probed = True

    def _look_at(
        self, rule: WatchedRule, variant: Variant, done: Mapping[Key, date]
    ) -> dict[Key, date]:
        today = self.horizon.today
        reached: dict[Key, date] = {}
        for lead in watched(self.plan.memo, rule, variant, self.horizon):
            key = (variant.prefix, lead.key)
            before = done.get(key)
            if before is not None and before >= today:
                continue
            reached[key] = today
            wanted = anchors_between(lead, before, today)
            if wanted is None:
                continue
            # All that a new rule finds at first could not be known before it was there.
            known_on = max(rule.effective_on, variant.valid_from or date.min)
            for kind in (None,) if lead.key == NEVER else rule.counts:
                ask = Ask(self.plan, rule, variant, kind, wanted, today)
                self.questions.append(_Question(ask, None if before else known_on))
        return reached

    def _opened(self, question: _Question, found: Sequence[Found]) -> Iterator[Opening]:
        """Answer one opening for all entries of a day: they come in the order of days."""
        ask = question.ask
        for day, of_day in groupby(found, key=itemgetter(_DAY)):
            matter, now = self._course(ask, day)
            if now.steps and not is_past_validity(ask.variant, matter):
                rows = list(of_day)
                yield Opening(
                    matter,
                    ask.variant.prefix,
                    now,
                    question.known_on,
                    entry_ids=[row[0] for row in rows],
                    cycles=[row[2] for row in rows],
                )

    def _course(self, ask: Ask, day: date) -> tuple[Matter, Course]:
        """Work out once what is the same for all entries of one anchor."""
        never = ask.kind is None
        key = (ask.rule.name, ask.variant.prefix, never, day)
        if key not in self._courses:
            matter = Matter(None, day) if never else Matter(day, ask.variant.deadline.due(day))
            self._courses[key] = matter, course(ask.rule, ask.variant, matter, self.horizon)
        return self._courses[key]
