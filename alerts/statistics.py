"""The figures a county reports: per township and in all, for a quarter, half a year, a year, a month.

Of each act an entry counts once a term, by the worst of its obligations: whoever is visited every
week and was missed once was not visited on time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from alerts.directory import Directory
from alerts.effective import WatchedRule
from alerts.facts import ACTIVE
from alerts.in_force import InForce
from alerts.obligations import Met, Period, obligations, population
from alerts.open_items import NOT_REACHED
from alerts.recipients import Gap, Ladder
from alerts.states import Closed
from alerts.tables import alerts
from alerts.terms import Term
from config.lean import dataclass
from config.signals import OnRecord, SignalRule
from ledgers.access.scopes import Scope
from ledgers.codes import VILLAGE
from ledgers.kinds import kind_of_act
from ledgers.regions import load_regions, region_names
from ledgers.tables import entries, records

ACTS = ("contact", "visit", "update")
"""What is counted (联系, 走访, 信息更新), as `ledgers.kinds` finds the site's own kinds."""

TOWN = 9
_LEDGER = "children"


@dataclass(frozen=True, slots=True)
class DutyFigures:
    """How many entries owed an act in the term, and what came of it.

    `due` is the sum of the others. `not_yet` is due later in a term that is still running.
    """

    due: int = 0
    on_time: int = 0
    late_entered: int = 0
    overdue: int = 0
    never: int = 0
    left: int = 0
    not_yet: int = 0

    @property
    def rate(self) -> float | None:
        """Answer 按期率: on time, of those due that did not leave; None if there were none.

        In a running term only what has come due counts.
        """
        owed = self.due - self.left - self.not_yet
        return self.on_time / owed if owed else None


@dataclass(frozen=True, slots=True)
class TownFigures:
    """One township's figures; `region` is empty for the total. `cared_for` is 重点关爱.

    `reported` counts what records of some kind called for at once, `settled` what of it was done.
    """

    region: str
    name: str
    entries: int
    cared_for: int
    acts: Mapping[str, DutyFigures]
    entered: int
    left: int
    villages_without: int
    not_reached: int
    reported: int
    settled: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of a term as of a day: a row for each township, and their sum."""

    term: Term
    as_of: date
    rows: tuple[TownFigures, ...]
    total: TownFigures


@dataclass(slots=True)
class _Counts:
    entries: Counter[str] = field(default_factory=Counter)
    cared_for: Counter[str] = field(default_factory=Counter)
    entered: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    without: Counter[str] = field(default_factory=Counter)
    not_reached: Counter[str] = field(default_factory=Counter)
    reported: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    acts: dict[str, dict[str, Counter[Met]]] = field(default_factory=dict)

    def regions(self) -> list[str]:
        plain = (self.entries, self.entered, self.left, self.without, self.not_reached)
        found = {region for counter in (*plain, self.reported) for region in counter}
        return sorted(found | {region for of in self.acts.values() for region in of})


def read_statistics(
    connection: Connection,
    in_force: InForce,
    term: Term,
    *,
    today: date,
    within: Scope | None = None,
) -> Statistics:
    """Count a term as known on `today`; changes nothing.

    `within` divisions only the townships that lie there whole are counted: figures of a few
    villages could speak of one child.
    """
    period = Period(in_force.plan, term, today)
    rules = _rules(in_force)
    counts = _Counts(
        entries=_count(connection, _in_ledger(period.as_of)),
        cared_for=_cared_for(connection, period, rules),
        entered=_count(connection, entries.c.entered_on.between(term.first, term.last)),
        left=_count(connection, entries.c.left_on.between(term.first, term.last)),
        without=_villages_without(connection, in_force, period.as_of),
        not_reached=_not_reached(connection, term),
        reported=_reported(connection, in_force, term),
        settled=_reported(connection, in_force, term, only_settled=True),
        acts={act: _acts(connection, period, rules[act]) for act in ACTS},
    )
    regions = [one for one in counts.regions() if within is None or within.covers(one)]
    names = region_names(connection, regions)
    rows = tuple(_row(counts, [region], region, names.get(region, region)) for region in regions)
    return Statistics(term, period.as_of, rows, _row(counts, regions, "", ""))


def _rules(in_force: InForce) -> dict[str, list[WatchedRule]]:
    """Answer the rules behind each act: those that ask for its kind, each rule once."""
    kinds = {act: kind_of_act(in_force.configuration.records, act) for act in ACTS}
    found: dict[str, list[WatchedRule]] = {act: [] for act in ACTS}
    for rule in in_force.plan.rules:
        done_by = in_force.configuration.rules[rule.name].done_by
        act = next((act for act in ACTS if kinds[act] in done_by), None)
        if act is not None and rule.group.ledger == _LEDGER:
            found[act].append(rule)
    return found


def _acts(
    connection: Connection, period: Period, rules: Iterable[WatchedRule]
) -> dict[str, Counter[Met]]:
    worst: dict[str, tuple[Met, str]] = {}
    for rule in rules:
        for one in obligations(connection, period, rule):
            found = (one.met, one.region[:TOWN])
            worst[one.entry_id] = max(worst.get(one.entry_id, found), found)
    by_town: dict[str, Counter[Met]] = defaultdict(Counter)
    for met, region in worst.values():
        by_town[region][met] += 1
    return by_town


def _row(counts: _Counts, regions: list[str], region: str, name: str) -> TownFigures:
    def total(counter: Counter[str]) -> int:
        return sum(counter[one] for one in regions)

    return TownFigures(
        region=region,
        name=name,
        entries=total(counts.entries),
        cared_for=total(counts.cared_for),
        acts={act: _figures(counts.acts[act], regions) for act in ACTS},
        entered=total(counts.entered),
        left=total(counts.left),
        villages_without=total(counts.without),
        not_reached=total(counts.not_reached),
        reported=total(counts.reported),
        settled=total(counts.settled),
    )


def _figures(by_town: Mapping[str, Counter[Met]], regions: list[str]) -> DutyFigures:
    met = sum((by_town.get(region, Counter()) for region in regions), Counter[Met]())
    return DutyFigures(
        due=met.total(),
        on_time=met[Met.ON_TIME],
        late_entered=met[Met.LATE_ENTERED],
        overdue=met[Met.OVERDUE],
        never=met[Met.NEVER],
        left=met[Met.LEFT],
        not_yet=met[Met.NOT_YET],
    )


def _town() -> ColumnElement[str]:
    return func.substr(entries.c.lives_in, 1, TOWN)


def _in_ledger(on: date) -> ColumnElement[bool]:
    here = or_(
        and_(entries.c.left_on.is_(None), entries.c.status == ACTIVE), entries.c.left_on > on
    )
    return and_(entries.c.entered_on <= on, here)


def _count(connection: Connection, where: ColumnElement[bool]) -> Counter[str]:
    town = _town().label("town")
    query = select(town, func.count()).where(entries.c.ledger == _LEDGER, where).group_by(town)
    return _counter(connection, query)


def _cared_for(
    connection: Connection, period: Period, rules: Mapping[str, list[WatchedRule]]
) -> Counter[str]:
    """Count whom a duty to contact or to visit is for."""
    groups = [population(period, rule.group) for act in ("contact", "visit") for rule in rules[act]]
    if not groups:
        return Counter()
    return _count(connection, and_(or_(*groups), _in_ledger(period.as_of)))


def _not_reached(connection: Connection, term: Term) -> Counter[str]:
    town = _town().label("town")
    query = (
        select(town, func.count(records.c.entry_id.distinct()))
        .join(records, records.c.entry_id == entries.c.id)
        .where(
            entries.c.ledger == _LEDGER,
            records.c.result == NOT_REACHED,
            records.c.voided_at.is_(None),
            records.c.happened_on.between(term.first, term.last),
        )
        .group_by(town)
    )
    return _counter(connection, query)


def _reported(
    connection: Connection, in_force: InForce, term: Term, *, only_settled: bool = False
) -> Counter[str]:
    """Count what was opened in the term by rules that a record of some kind raises."""
    rules = [
        name
        for name, rule in in_force.configuration.rules.items()
        if isinstance(rule, SignalRule) and isinstance(rule.on, OnRecord)
    ]
    town = _town().label("town")
    query = (
        select(town, func.count())
        .join(alerts, alerts.c.entry_id == entries.c.id)
        .where(alerts.c.rule.in_(rules), alerts.c.opened_on.between(term.first, term.last))
        .group_by(town)
    )
    if only_settled:
        query = query.where(alerts.c.closed_how == Closed.DONE.value)
    return _counter(connection, query) if rules else Counter()


def _villages_without(connection: Connection, in_force: InForce, on: date) -> Counter[str]:
    """Count villages where nobody can be told as the village's own role."""
    configuration = in_force.configuration
    role = next((name for name, r in configuration.roles.items() if r.level == "village"), None)
    if role is None:
        return Counter()
    listed = {region.code for region in load_regions(connection)}
    lived_in = connection.scalars(select(entries.c.lives_in).where(_in_ledger(on)).distinct())
    villages = {code for code in listed.union(lived_in) if len(code) == VILLAGE}
    ladder = Ladder.of(configuration, Directory.load(connection, on))
    return Counter(code[:TOWN] for code in villages if not ladder.is_filled(Gap(role, code)))


def _counter(connection: Connection, query: Any) -> Counter[str]:
    rows: Iterable[tuple[str, int]] = connection.execute(query)
    return Counter({region: count for region, count in rows if region})
