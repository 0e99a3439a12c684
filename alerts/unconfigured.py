"""Entries whose level has no interval: a matter for the supervisor, never a guess (DESIGN.md 3a)."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Connection, func, or_, select

from alerts.effective import EvaluationPlan, Variant, WatchedRule
from alerts.filters import Ages, in_scope, matches
from alerts.in_step import keep_in_step
from alerts.matters import Matter, MatterKind
from alerts.timings import Duty
from ledgers.database import Database
from ledgers.tables import entries

_BETWEEN = "|"


def look_at_levels(database: Database, plan: EvaluationPlan, *, today: date, now: datetime) -> None:
    """Open a matter for each rule, village and level without an interval; close what was mended.

    One statement for each such rule and division: cheap enough for each day and each change of
    rules, not for each pass.
    """
    keep_in_step(
        database,
        MatterKind.NOT_CONFIGURED,
        lambda connection: not_configured(connection, plan, today),
        now=now,
    )


def not_configured(connection: Connection, plan: EvaluationPlan, today: date) -> Iterator[Matter]:
    """Yield what is not configured; `subject` is rule, village and level, which may be empty."""
    ages = Ages.on(plan, today)
    for rule in plan.rules:
        for variant in rule.variants:
            if not variant.in_force(today) or _is_over(variant, today):
                continue
            timing = variant.timing
            if isinstance(timing, Duty) and timing.by_level:
                yield from _of_variant(connection, plan, (rule, variant, timing), ages)


def rule_of(subject: str) -> str:
    """Answer the rule that such a matter is about."""
    return subject.split(_BETWEEN, 1)[0]


def level_of(subject: str) -> str:
    """Answer the level that such a matter is about; empty: entries that have none."""
    return subject.rsplit(_BETWEEN, 1)[-1]


def _is_over(variant: Variant, today: date) -> bool:
    return variant.valid_to is not None and variant.valid_to < today


def _of_variant(
    connection: Connection,
    plan: EvaluationPlan,
    of: tuple[WatchedRule, Variant, Duty],
    ages: Ages,
) -> Iterator[Matter]:
    rule, variant, timing = of
    unset = or_(entries.c.level.is_(None), entries.c.level.not_in(sorted(timing.deadlines)))
    query = (
        select(entries.c.lives_in, entries.c.level, func.count())
        .where(matches(rule.group, ages), in_scope(rule, variant), unset)
        .group_by(entries.c.lives_in, entries.c.level)
        .order_by(entries.c.lives_in, entries.c.level)
    )
    for place, level, count in connection.execute(query):
        subject = _BETWEEN.join((rule.name[:60], place, (level or "")[:20]))
        detail = {"count": count}
        yield Matter(MatterKind.NOT_CONFIGURED, subject, plan.supervisor, place, detail)
