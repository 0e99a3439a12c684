"""How the site stands: what is open, what waits to go out, what somebody must look at."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, true

from alerts import breaker as breakers
from alerts.effective import WatchedRule
from alerts.filters import Ages, matches
from alerts.holding import HeldFor, held_for
from alerts.in_force import InForce
from alerts.items import informing
from alerts.last_pass import last_pass
from alerts.matters import ABOUT_ENTRIES, Matter, OpenMatter, still_open
from alerts.notices import count_notices, failed_notices
from alerts.open_items import Standing, Tally, Wanted, count_by_standing, is_open, tallies
from alerts.states import NoticeState
from alerts.tables import alerts, attempts, silences, steps
from alerts.within import silences_within
from config.lean import dataclass
from ledgers.access.people import Belonging, People
from ledgers.access.scopes import Scope
from ledgers.consents import count_missing
from ledgers.jurisdictions import JURISDICTIONS
from ledgers.leftovers import count_waiting, unfinished_imports
from ledgers.tables import entries, last_acts
from schedules.calendars import shifted_days

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
    Where `rows_to_mend` belong is not known: None for whoever sees some divisions only.
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
    rows_to_mend: int | None
    without_consent: int
    matters: tuple[OpenMatter, ...]
    provisional_years: tuple[int, ...]


def read_status(
    connection: Connection, in_force: InForce, *, today: date, within: Scope | None = None
) -> Status:
    """Read how everything stands, or how it stands `within` divisions; changes nothing."""
    seen = _Seen(connection, in_force, today, within)
    return Status(
        on=today,
        entries=seen.entries(),
        open=count_by_standing(seen.tallies(seen.wanted())),
        this_week=seen.due_this_week(),
        deferred=seen.deferred(),
        waiting_steps=seen.waiting_steps(),
        silences=seen.silences(),
        rules=tuple(seen.rule(rule) for rule in in_force.plan.rules),
        notices=count_notices(connection, within=within),
        dead_letters=len(failed_notices(connection, within=within)),
        held_for=held_for(connection),
        channels=tuple(_channel(connection, name) for name in in_force.configuration.channels),
        last_pass_at=last_pass(connection),
        last_sent_at=_last_sent(connection),
        unfinished_imports=tuple(id_ for id_, _, _ in unfinished_imports(connection)),
        rows_to_mend=None if within else sum(count_waiting(connection).values()),
        without_consent=count_missing(connection, today, within=within),
        matters=tuple(seen.matters()),
        provisional_years=in_force.calendar.missing_years(today),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """Counts what is about the entries that somebody sees."""

    connection: Connection
    in_force: InForce
    today: date
    within: Scope | None

    def entries(self) -> int:
        wanted = (entries.c.status == "active", entries.c.ledger != JURISDICTIONS)
        return self.count(select(func.count(entries.c.id)).where(*wanted, self.lives()))

    def lives(self) -> ColumnElement[bool]:
        """Answer the condition that an entry lives where it may be seen."""
        return true() if self.within is None else self.within.where(entries.c.lives_in)

    def wanted(self, rules: frozenset[str] | None = None) -> Wanted:
        places = None if self.within is None else self.within.regions
        told = informing(self.in_force.configuration)
        return Wanted(rules=rules, places=places, informing=told)

    def tallies(self, wanted: Wanted) -> list[Tally]:
        return tallies(self.connection, self.today, wanted)

    def due_this_week(self) -> int:
        sunday = shifted_days(self.today, _DAYS_IN_WEEK - self.today.isoweekday())
        not_past = frozenset({Standing.TODAY, Standing.AHEAD})
        wanted = replace(self.wanted(), due_by=sunday, standings=not_past)
        return sum(tally.count for tally in self.tallies(wanted))

    def deferred(self) -> int:
        of = select(func.count(alerts.c.id)).join(entries, entries.c.id == alerts.c.entry_id)
        return self.count(of.where(is_open(), alerts.c.deferred_until >= self.today, self.lives()))

    def waiting_steps(self) -> int:
        of = select(func.count(steps.c.id)).join(alerts, alerts.c.id == steps.c.alert_id)
        of = of.join(entries, entries.c.id == alerts.c.entry_id)
        return self.count(of.where(steps.c.waiting != "", self.lives()))

    def silences(self) -> int:
        holds = (silences.c.from_on <= self.today, silences.c.to_on >= self.today)
        query = select(func.count()).where(silences.c.ended_at.is_(None), *holds)
        if self.within is not None:
            people = People(self.within, self.today, Belonging.NOW)
            query = query.where(silences_within(people))
        return self.count(query)

    def rule(self, rule: WatchedRule) -> RuleStatus:
        written = self.in_force.configuration.rules[rule.name]
        found = self.tallies(self.wanted(frozenset({rule.name})))
        unrecorded = self.unrecorded(rule) if rule.is_duty else 0
        standing = count_by_standing(found)
        return RuleStatus(rule.name, written.title, written.say, rule.version, standing, unrecorded)

    def unrecorded(self, rule: WatchedRule) -> int:
        """Count the entries a rule is for and that have no record of the kinds it counts."""
        recorded = (
            select(last_acts.c.entry_id)
            .where(last_acts.c.entry_id == entries.c.id, last_acts.c.kind.in_(rule.counts))
            .exists()
        )
        group = matches(rule.group, Ages.on(self.in_force.plan, self.today))
        return self.count(select(func.count(entries.c.id)).where(group, ~recorded, self.lives()))

    def matters(self) -> list[OpenMatter]:
        """Answer what must be mended: of divisions that are seen, and of entries that live there."""
        found = still_open(self.connection)
        if self.within is None:
            return found
        named = [one.matter.subject for one in found if one.matter.kind in ABOUT_ENTRIES]
        query = select(entries.c.id).where(entries.c.id.in_(named), self.lives())
        here = set(self.connection.scalars(query))
        return [one for one in found if self._is_here(one.matter, here)]

    def _is_here(self, matter: Matter, entry_ids: set[str]) -> bool:
        if matter.kind in ABOUT_ENTRIES:
            return matter.subject in entry_ids
        return self.within is not None and self.within.covers(matter.region or "")

    def count(self, query: Any) -> int:
        return int(self.connection.execute(query).scalar_one())


def _channel(connection: Connection, name: str) -> ChannelStatus:
    state = breakers.load(connection, name, limit=1)
    return ChannelStatus(name, state.failures, state.open_until, state.reason)


def _last_sent(connection: Connection) -> datetime | None:
    query = select(attempts.c.ended_at).where(attempts.c.result == "accepted")
    return connection.scalars(query.order_by(attempts.c.id.desc()).limit(1)).first()
