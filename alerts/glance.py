"""A quiet day seen in one statement: nothing has changed since the last pass, nothing has come due.

A plan that is kept between passes remembers how far its rules were. As long as that stands in the
database, nobody has touched an entry and nothing lies in the days since, a pass has nothing to do,
and nothing to note: how far the rules are may lag behind for as long as there is nothing to find.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Dialect, bindparam, or_, select
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import Select

from alerts.changes import Horizon
from alerts.cutoffs import Source, watched
from alerts.effective import EvaluationPlan, WatchedRule
from alerts.filters import by_grade, moving_bounds, school_year
from alerts.owing import next_opening
from alerts.probe import anything_in, column_of, whose
from alerts.tables import alerts, progress, watches
from alerts.through import AGES, Progress
from ledgers.bulk import converters
from ledgers.database import Database
from ledgers.tables import touched
from schedules.calendars import shifted_days

KEPT = "glance"
"""Where in a plan's memo it is."""

_MOST = 400
"""Questions in one statement: databases bound its depth and its values."""

CutOff = Callable[[date], date | None]


def sees_nothing(database: Database, plan: EvaluationPlan, horizon: Horizon) -> bool:
    """Say whether a pass would find nothing to do; no says nothing."""
    glance: Glance | None = plan.memo.get(KEPT)
    return glance is not None and glance.holds(horizon) and glance.finds_nothing(database, horizon)


def remember(
    plan: EvaluationPlan, horizon: Horizon, known: Mapping[str, Progress], dialect: Dialect
) -> None:
    """Keep how far the rules are, after a pass that found them so and nothing to do.

    Only from the second such pass on: it costs more than one, and most plans are not kept.
    """
    plan.memo[KEPT] = Glance.of(plan, horizon, known, dialect) if KEPT in plan.memo else None


@dataclass(slots=True)
class Glance:
    """The statement, what it is to answer, and until when what was found out beside it holds."""

    look_ahead: int
    since: date
    until: date
    school_year: int | None
    rows: frozenset[tuple[object, ...]]
    statement: str
    order: tuple[str, ...] | None  # of values, where the driver wants them without names
    fixed: dict[str, object]
    cuts: dict[str, CutOff]
    as_day: Callable[[date], object]
    _values: tuple[date, Any] = field(default=(date.min, None))

    @classmethod
    def of(
        cls,
        plan: EvaluationPlan,
        horizon: Horizon,
        known: Mapping[str, Progress],
        dialect: Dialect,
    ) -> "Glance | None":
        """Compose it; None where rules are new, or too many for one statement."""
        as_day = converters(progress, ["through"], dialect)[0] or _as_it_is
        questions: list[ColumnElement[bool]] = []
        fixed: dict[str, object] = {}
        cuts: dict[str, CutOff] = {}
        for rule, source, since, cut in _questions(plan, horizon, known):
            n = len(questions)
            questions.append(anything_in(n, source.where, column_of(source), is_open=False))
            fixed |= {f"of_{n}": whose(rule, source), f"since_{n}": as_day(since)}
            cuts[f"until_{n}"] = cut
        if len(questions) > _MOST or not plan.rules:
            return None
        compiled = _statement(questions).compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101  # as every statement's
        return cls(
            look_ahead=horizon.look_ahead,
            since=max(
                (day for one in known.values() for day in one.days.values()), default=date.min
            ),
            until=_holds_until(plan, horizon, known),
            school_year=_school_year(plan, horizon.today),
            rows=frozenset(_rows(known, as_day)),
            statement=str(compiled),
            order=tuple(compiled.positiontup) if compiled.positiontup else None,
            fixed=fixed,
            cuts=cuts,
            as_day=as_day,
        )

    def holds(self, horizon: Horizon) -> bool:
        """Say whether no birthday, new school year or rule's first day came between.

        Nor may the clock have gone back behind what was looked at.
        """
        same_year = self.school_year in (None, school_year(horizon.today))
        same_time = self.since <= horizon.today <= self.until
        return self.look_ahead == horizon.look_ahead and same_time and same_year

    def finds_nothing(self, database: Database, horizon: Horizon) -> bool:
        """Ask the database."""
        rows = database.glance(self.statement, self.values_of(horizon.today))
        return self.rows == set(rows)

    def values_of(self, today: date) -> Any:
        """Answer the values of a day, as the driver wants them."""
        day, values = self._values
        if day != today:
            named = {**self.fixed, "today": self.as_day(today)}
            for name, cut in self.cuts.items():
                named[name] = self.as_day(cut(today) or date.min)
            values = named if self.order is None else tuple(named[name] for name in self.order)
            self._values = today, values
        return values


def _questions(
    plan: EvaluationPlan, horizon: Horizon, known: Mapping[str, Progress]
) -> Iterator[tuple[WatchedRule, Source, date, CutOff]]:
    """Answer which days of which rule, after which day, and until which on a day."""
    for rule in plan.rules:
        days = known[rule.name].days
        for variant in rule.variants:
            if not variant.in_force(horizon.today):
                continue
            for lead in watched(plan.memo, rule, variant, horizon):
                since = lead.cut(days[variant.prefix, lead.key]) or date.min
                for source in lead.sources:
                    yield rule, source, since, lead.cut


def _statement(questions: list[ColumnElement[bool]]) -> Select[Any]:
    """Ask for what is noted of all rules, and beside it whether there is anything to do."""
    due = (alerts.c.closed_at.is_(None), alerts.c.next_at <= bindparam("today", type_=Date))
    watched_now = watches.c.look_on <= bindparam("today", type_=Date)
    anything = or_(
        select(touched.c.id).exists(),
        select(alerts.c.id).where(*due).exists(),
        select(watches.c.entry_id).where(watched_now).exists(),
        *questions,
    )
    # Within a query of its own, so that it is answered once and not for every row.
    return select(*_NOTED, select(anything).scalar_subquery().label("anything"))


_NOTED = (
    progress.c.rule,
    progress.c.variant,
    progress.c.step,
    progress.c.timing_hash,
    progress.c.through,
)


def _rows(
    known: Mapping[str, Progress], as_day: Callable[[date], object]
) -> Iterator[tuple[object, ...]]:
    """Answer what a statement has to answer in which nothing has changed, with `anything` no."""
    for rule, noted in known.items():
        for (variant, step), day in noted.days.items():
            yield rule, variant, step, noted.stamp, as_day(day), False


def _holds_until(plan: EvaluationPlan, horizon: Horizon, known: Mapping[str, Progress]) -> date:
    """Answer the last day before more is to be looked at than days that have come."""
    begins = (
        variant.valid_from
        for rule in plan.rules
        for variant in rule.variants
        if variant.valid_from is not None and not variant.in_force(horizon.today)
    )
    before = [shifted_days(day, -1) for day in begins]
    opening = [
        shifted_days(next_opening(rule, variant, horizon), -1)
        for rule in plan.rules
        for variant in rule.variants
    ]
    ages = [known[rule.name].days[AGES] for rule in plan.rules if moving_bounds(rule.group)]
    return min([*before, *opening, *ages], default=date.max)


def _school_year(plan: EvaluationPlan, today: date) -> int | None:
    return school_year(today) if any(by_grade(rule.group) for rule in plan.rules) else None


def _as_it_is(day: date) -> object:
    return day
