"""What another configuration would change in a plan, as if it took effect today. Reads only."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from alerts.almanacs import almanac_of
from alerts.effective import EvaluationPlan
from alerts.in_force import InForce
from alerts.lookups import Lookups
from alerts.plan import Plan
from alerts.rules import build
from alerts.specs import spec_of, timing_hash
from alerts.timetable import Timetable
from alerts.versions import Version, load_versions
from config.lean import dataclass
from config.model import Configuration
from ledgers.successions import successors
from schedules.calendars import WorkCalendar


class Place(NamedTuple):
    """What stays the same where only a date moves."""

    rule: str
    person: str
    channel: str


@dataclass(frozen=True, slots=True)
class Difference:
    """So many items that go out on another day: without `before` they are new, without `after` gone."""

    rule: str
    person: str
    channel: str
    before: date | None
    after: date | None
    items: int


@dataclass(frozen=True, slots=True)
class Differences:
    """What a change adds, removes and moves."""

    added: tuple[Difference, ...]
    removed: tuple[Difference, ...]
    moved: tuple[Difference, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether the very same messages would go out."""
        return not (self.added or self.removed or self.moved)


def supposed(
    connection: Connection, configuration: Configuration, calendar: WorkCalendar, *, today: date
) -> InForce:
    """Answer what would be in force if a configuration took effect today.

    A renamed rule goes on under the name by which its alerts are known.
    """
    versions = load_versions(connection)
    configuration = _by_known_names(configuration, set(versions))
    timetable = Timetable.of(configuration, calendar)
    return InForce(_plan(connection, timetable, versions, today), timetable)


def _plan(
    connection: Connection,
    timetable: Timetable,
    versions: dict[str, list[Version]],
    today: date,
) -> EvaluationPlan:
    configuration = timetable.configuration
    for name in configuration.rules:
        spec = spec_of(configuration, name)
        known, hash_ = versions.setdefault(name, []), timing_hash(spec)
        if not known or known[-1].hash != hash_ or known[-1].removed_on is not None:
            number = known[-1].number + 1 if known else 1
            known.append(Version(number, today, spec, hash_, None))
    almanac = almanac_of(connection, configuration, timetable.calendar, today=today)
    lookups = Lookups.of(configuration, successors(connection))
    return build(
        configuration, almanac, {name: versions[name] for name in configuration.rules}, lookups
    )


def _by_known_names(configuration: Configuration, known: set[str]) -> Configuration:
    names = {
        name: rule.was
        for name, rule in configuration.rules.items()
        if rule.was in known and name not in known and rule.was not in configuration.rules
    }
    rules = {names.get(name) or name: rule for name, rule in configuration.rules.items()}
    return configuration.model_copy(update={"rules": rules}) if names else configuration


def differences(before: Plan, after: Plan) -> Differences:
    """Compare two plans of the same days; what is told later or sooner is moved, in the order of days."""
    was, now = _by_place(before), _by_place(after)
    found = [
        Difference(*place, *days, items)
        for place in sorted(was.keys() | now.keys())
        for days, items in _paired(was[place] - now[place], now[place] - was[place])
    ]
    return Differences(
        added=tuple(one for one in found if one.before is None),
        removed=tuple(one for one in found if one.after is None),
        moved=tuple(one for one in found if one.before and one.after),
    )


def _by_place(plan: Plan) -> dict[Place, Counter[date]]:
    found: dict[Place, Counter[date]] = defaultdict(Counter)
    for row in plan.rows:
        found[Place(row.rule, row.person, row.channel)][row.day] += row.items
    return found


def _paired(
    gone: Counter[date], new: Counter[date]
) -> Iterator[tuple[tuple[date | None, date | None], int]]:
    """Yield pairs of days with how many went from one to the other; the first goes to the first."""
    left, come = deque(sorted(gone.items())), deque(sorted(new.items()))
    while left and come:
        (old, from_), (day, to) = left.popleft(), come.popleft()
        items = min(from_, to)
        yield (old, day), items
        if from_ > items:
            left.appendleft((old, from_ - items))
        if to > items:
            come.appendleft((day, to - items))
    yield from (((day, None), items) for day, items in left)
    yield from (((None, day), items) for day, items in come)
