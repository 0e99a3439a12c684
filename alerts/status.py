"""How the site stands: what is open, what waits to go out, what somebody must look at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from alerts import breaker as breakers
from alerts.effective import WatchedRule
from alerts.filters import Ages, matches
from alerts.holding import HeldFor, held_for
from alerts.in_force import InForce
from alerts.items import informing
from alerts.matters import OpenMatter, still_open
from alerts.notices import count_notices, failed_notices
from alerts.open_items import Standing, Wanted, count_by_standing, is_open, tallies
from alerts.states import NoticeState
from alerts.tables import alerts, attempts, silences, steps
from ledgers.consents import count_missing
from ledgers.imports import unfinished_imports
from ledgers.jurisdictions import JURISDICTIONS
from ledgers.quarantined import count_waiting
from ledgers.site_facts import fact, put_fact
from ledgers.tables import entries, last_acts
from schedules.calendars import shifted_days

LAST_EVALUATION = "last_evaluation"
"""Fact in `site_state`: when evaluation was last through."""

_DAYS_IN_WEEK = 7


@dataclass(frozen=True, slots=True)
class RuleStatus:
    """How the open items of one rule stand, and how many entries were never recorded under it.

    `unrecorded` counts all of them, whether their first day has come or not; only duties have any.
    """

    rule: str
    title: str
    say: str
    version: int
    open: Mapping[Standing, int]
    unrecorded: int


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """A channel's breaker. `open_until` None: things go through."""

    name: str
    failures: int
    open_until: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `shouwang status` prints. Counts are of items, but for `entries`.

    `this_week` is due from today to Sunday. `waiting_steps` are not told yet; `deferred` of the
    open items are acknowledged; `unfinished_imports` are ids: nothing opens from them until they are whole.
    """

    on: date
    entries: int
    open: Mapping[Standing, int]
    this_week: int
    deferred: int
    waiting_steps: int
    silences: int
    rules: tuple[RuleStatus, ...]
    notices: Mapping[NoticeState, int]
    dead_letters: int
    held_for: HeldFor | None
    channels: tuple[ChannelStatus, ...]
    last_pass_at: datetime | None
    last_sent_at: datetime | None
    unfinished_imports: tuple[str, ...]
    rows_to_mend: int
    without_consent: int
    matters: tuple[OpenMatter, ...]
    provisional_years: tuple[int, ...]


def read_status(connection: Connection, in_force: InForce, *, today: date) -> Status:
    """Read how everything stands; changes nothing."""
    return Status(
        on=today,
        entries=_count(
            connection,
            select(func.count()).where(
                entries.c.status == "active", entries.c.ledger != JURISDICTIONS
            ),
        ),
        open=count_by_standing(tallies(connection, today, _wanted(in_force))),
        this_week=_due_this_week(connection, in_force, today),
        deferred=_count(
            connection,
            select(func.count()).where(is_open(), alerts.c.deferred_until >= today),
        ),
        waiting_steps=_count(connection, select(func.count()).where(steps.c.waiting != "")),
        silences=_count(connection, _silences(today)),
        rules=tuple(_rule(connection, in_force, rule, today) for rule in in_force.plan.rules),
        notices=count_notices(connection),
        dead_letters=len(failed_notices(connection)),
        held_for=held_for(connection),
        channels=tuple(_channel(connection, name) for name in in_force.configuration.channels),
        last_pass_at=_last_pass(connection),
        last_sent_at=_last_sent(connection),
        unfinished_imports=tuple(id_ for id_, _, _ in unfinished_imports(connection)),
        rows_to_mend=sum(count_waiting(connection).values()),
        without_consent=count_missing(connection, today),
        matters=tuple(still_open(connection)),
        provisional_years=in_force.calendar.missing_years(today),
    )


def note_pass(connection: Connection, *, now: datetime) -> None:
    """Note that evaluation is through, for the status to show."""
    put_fact(connection, LAST_EVALUATION, "done", now=now)


def count_unrecorded(
    connection: Connection, in_force: InForce, rule: WatchedRule, today: date
) -> int:
    """Count the entries a rule is for and that have no record of the kinds it counts."""
    recorded = (
        select(last_acts.c.entry_id)
        .where(last_acts.c.entry_id == entries.c.id, last_acts.c.kind.in_(rule.counts))
        .exists()
    )
    group = matches(rule.group, Ages.on(in_force.plan, today))
    return _count(connection, select(func.count(entries.c.id)).where(group, ~recorded))


def _rule(connection: Connection, in_force: InForce, rule: WatchedRule, today: date) -> RuleStatus:
    written = in_force.configuration.rules[rule.name]
    return RuleStatus(
        rule.name,
        written.title,
        written.say,
        rule.version,
        count_by_standing(tallies(connection, today, _wanted(in_force, frozenset({rule.name})))),
        count_unrecorded(connection, in_force, rule, today) if rule.is_duty else 0,
    )


def _wanted(in_force: InForce, rules: frozenset[str] | None = None) -> Wanted:
    return Wanted(rules=rules, informing=informing(in_force.configuration))


def _due_this_week(connection: Connection, in_force: InForce, today: date) -> int:
    sunday = shifted_days(today, _DAYS_IN_WEEK - today.isoweekday())
    not_past = frozenset({Standing.TODAY, Standing.AHEAD})
    wanted = replace(_wanted(in_force), due_by=sunday, standings=not_past)
    found = tallies(connection, today, wanted)
    return sum(tally.count for tally in found)


def _silences(today: date) -> Any:
    return select(func.count()).where(
        silences.c.ended_at.is_(None), silences.c.from_on <= today, silences.c.to_on >= today
    )


def _channel(connection: Connection, name: str) -> ChannelStatus:
    state = breakers.load(connection, name, limit=1)
    return ChannelStatus(name, state.failures, state.open_until, state.reason)


def _last_pass(connection: Connection) -> datetime | None:
    found = fact(connection, LAST_EVALUATION)
    return None if found is None else found.at


def _last_sent(connection: Connection) -> datetime | None:
    query = select(attempts.c.ended_at).where(attempts.c.result == "accepted")
    return connection.scalars(query.order_by(attempts.c.id.desc()).limit(1)).first()


def _count(connection: Connection, query: Any) -> int:
    return int(connection.execute(query).scalar_one())
