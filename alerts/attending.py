"""The part of a pass that signals need: nothing at all where no rule listens to any."""

from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlalchemy import Connection, select

from alerts import ladders, raising
from alerts.effective import EvaluationPlan
from alerts.signals import open_unfinished, signal_rules
from alerts.tables import signals
from ledgers.database import Database

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Attended:
    """What was done for signals: raised by posts, alerts opened, rungs reached, run out."""

    raised: int = 0
    opened: int = 0
    told: int = 0
    expired: int = 0


def attend(database: Database, plan: EvaluationPlan, *, now: datetime, today: date) -> Attended:
    """Raise what posts raise, open what is missing, end what has run out, climb.

    Any number of times adds nothing; a crash between leaves nothing undone.
    """
    if not signal_rules(plan):
        return Attended()
    done = Attended()
    # Most passes have nothing to attend to: they only read.
    with database.reading() as connection:
        has_news = raising.has_post_news(connection, plan, today=today)
        is_idle = not (
            ladders.has_due(connection, now=now, today=today)
            or ladders.is_over_early(connection, plan, now=now)
        )
    if is_idle and not has_news:
        return done
    if has_news:
        with database.writing() as connection:
            done.raised = raising.of_posts(connection, plan, now=now, today=today)
    done.opened = open_unfinished(database, plan, now=now, today=today)
    climbed = ladders.climb(database, plan, now=now, today=today)
    done.told, done.expired = climbed.told, climbed.expired
    log.info("signals.attended", opened=done.opened, told=done.told, expired=done.expired)
    return done


def is_wanted(connection: Connection, *, now: datetime, today: date) -> bool:
    """Say whether there is anything to do that time or another process has brought."""
    alive = connection.execute(select(signals.c.id).where(signals.c.ended_at.is_(None)).limit(1))
    return alive.first() is not None and ladders.has_due(connection, now=now, today=today)
