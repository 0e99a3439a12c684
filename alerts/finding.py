"""Looks for what has come due by the dates alone: questions to the index, answered in bounded units."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress, groupby
from operator import itemgetter

from sqlalchemy import Connection

from alerts.changes import Course, Horizon, Opening
from alerts.cutoffs import anchors_between, watched
from alerts.effective import EvaluationPlan, Variant, WatchedRule
from alerts.evaluate import course
from alerts.moments import Matter
from alerts.owing import first_written, is_past_validity, spells_to_open
from alerts.probe import worth_asking
from alerts.select import Ask, Found, Page, SpellAsk, inside_spell, newly_due
from alerts.through import SPREAD, Key, Progress
from alerts.timings import InSpells
from schedules.smoothing import seat_of

_DAY = 1  # the second column of what is found
_Of = tuple[str, str, str, date, int | None]
"""A rule, a variant, a question of its, a day, and a seat where days are suggested."""
_UNIT = 5000
"""Newly due entries in one unit of work: well under a second."""


@dataclass(slots=True)
class _Question:
    """What is asked page by page. `known_on`: when its answers could be known; None: on their day."""

    ask: Ask | SpellAsk
    known_on: date | None
    after: Page | None = None

    def answer(self, connection: Connection) -> Sequence[Found]:
        """Answer the next page, and note where it ended."""
        if isinstance(self.ask, Ask):
            found = newly_due(connection, self.ask, after=self.after, limit=_UNIT)
        else:
            found = inside_spell(connection, self.ask, after=self.after, limit=_UNIT)
        self.after = Page(found[-1].day, found[-1].entry_id) if len(found) == _UNIT else None
        return found


@dataclass(slots=True)
class Search:
    """All that is still to be asked, and how far each rule will be when it is answered."""

    plan: EvaluationPlan
    horizon: Horizon
    reached: dict[str, dict[Key, date]] = field(default_factory=dict)
    questions: deque[_Question] = field(default_factory=deque)
    is_probed: bool = False
    _courses: dict[_Of, tuple[Matter, Course, date | None]] = field(default_factory=dict)

    @classmethod
    def begin(
        cls, plan: EvaluationPlan, horizon: Horizon, progress: Mapping[str, Progress]
    ) -> "Search":
        """Turn the days since each rule was last looked at into questions."""
        search = cls(plan, horizon)
        for rule in plan.rules:
            done = progress[rule.name].days
            reached = {SPREAD: horizon.today} if rule.is_duty and SPREAD not in done else {}
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
            found = question.answer(connection)
            if question.after is None:
                self.questions.popleft()
            budget -= len(found)
            if found:
                yield question.ask.rule, list(self._opened(question, found))

    def probe(self, connection: Connection) -> None:
        """Drop the questions that have no answer. Whatever changes after this is judged whole."""
        if self.is_probed or not self.questions:
            return
        asks = [one.ask for one in self.questions if isinstance(one.ask, Ask)]
        answers = iter(worth_asking(connection, asks) if asks else ())
        # A window that opens concerns whoever is in the group: nothing to ask an index first.
        worth = [not isinstance(one.ask, Ask) or next(answers) for one in self.questions]
        self.questions = deque(compress(self.questions, worth))
        self.is_probed = True

    def _look_at(
        self, rule: WatchedRule, variant: Variant, done: Mapping[Key, date]
    ) -> dict[Key, date]:
        today = self.horizon.today
        reached: dict[Key, date] = {}
        # All that a new rule finds at first could not be known before it was there.
        begun = max(rule.effective_on, variant.valid_from or date.min)
        for lead in watched(self.plan.memo, rule, variant, self.horizon):
            key = (variant.prefix, lead.key)
            before = done.get(key)
            if before is not None and before >= today:
                continue
            reached[key] = today
            wanted = anchors_between(lead, before, today)
            if wanted is None:
                continue
            for source in lead.sources:
                ask = Ask(self.plan, rule, variant, source, lead, wanted, today)
                self.questions.append(_Question(ask, None if before else begun))
        if isinstance(variant.timing, InSpells):
            key = (variant.prefix, _SPELLS)
            before = done.get(key)
            if before is None or before < today:
                reached[key] = today
                for matter in spells_to_open(rule, variant, before, self.horizon):
                    ask_all = SpellAsk(self.plan, rule, variant, matter, today)
                    known_on = None if before else begun
                    spell = matter.spell
                    if spell and spell.known_on:
                        known_on = max(known_on or spell.start, spell.known_on)
                    self.questions.append(_Question(ask_all, known_on))
        return reached

    def _opened(self, question: _Question, found: Sequence[Found]) -> Iterator[Opening]:
        """Answer one opening for all entries of a day: they come in the order of days."""
        ask = question.ask
        for (day, seat), rows in _by_day(ask.variant, found):
            matter, now, opens_on = self._course(ask, day, seat)
            if not now.steps or is_past_validity(ask.variant, matter):
                continue
            if isinstance(ask, Ask) and ask.source.is_field and opens_on is not None:
                rows = [one for one in rows if (one.recorded_on or date.min) < opens_on]
            if rows:
                yield Opening(
                    matter,
                    ask.variant.prefix,
                    now,
                    question.known_on,
                    entry_ids=[row[0] for row in rows],
                    cycles=[row[2] for row in rows],
                )

    def _course(
        self, ask: Ask | SpellAsk, day: date, seat: int | None
    ) -> tuple[Matter, Course, date | None]:
        """Work out once what is the same for all entries of one anchor, and of one seat.

        Also since when a record of it counts, where those before its first step do not.
        """
        key = (ask.rule.name, ask.variant.prefix, ask.key, day, seat)
        if key not in self._courses:
            matter = ask.variant.advised(ask.matter_of(day), seat)
            now = course(ask.rule, ask.variant, matter, self.horizon)
            opens_on = first_written(ask.rule, ask.variant, matter, self.horizon)
            self._courses[key] = matter, now, opens_on
        return self._courses[key]


def _by_day(
    variant: Variant, found: Sequence[Found]
) -> Iterator[tuple[tuple[date, int | None], list[Found]]]:
    """Answer what is found by day, and by seat where the rule suggests days."""
    for day, of_day in groupby(found, key=itemgetter(_DAY)):
        if variant.spread is None:
            yield (day, None), list(of_day)
            continue
        by_seat: dict[int, list[Found]] = defaultdict(list)
        for row in of_day:
            by_seat[seat_of(row.number or "")].append(row)
        for seat, rows in by_seat.items():
            yield (day, seat), rows


_SPELLS = "*spells"
