"""A made-up village of entries that differ in everything, with what filters ask told in plain Python."""

import calendar
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import insert

from alerts.ages import Ages
from alerts.lookups import Lookups
from ledgers.database import Database
from ledgers.tables import (
    assignments,
    entries,
    entry_fields,
    entry_triggers,
    persons,
    post_holdings,
    posts,
)
from tests.alerts.world import CALENDAR, LAUNCH, entry_id

TRIGGERS = ("流浪", "监护缺失", "自身残疾")
WORDS = ("red", "green", "blue")
PLACES = ("990101001001", "990101001002", "990101002001", "990102001001", "990103", "990203001001")
CODES = ("99", "9901", "990101", "990101001", "990101002001", "990102", "990109", "990203")
LOOKUPS = Lookups(
    tags={"安置区": ("990101001002", "990109"), "空": ()},
    city_districts={"9901": ("990101", "990109")},
    successors={"990109": "990102"},
)
DIRECTOR = "director"
START, END = date(2026, 1, 1), date(2027, 12, 31)

_T = TypeVar("_T")


@dataclass(frozen=True)
class Hold:
    """Who holds something from a day to a day, and the day they left for good."""

    held_from: date
    held_to: date | None
    left_on: date | None
    region: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is theirs on a day."""
        here = self.left_on is None or self.left_on > day
        return self.held_from <= day and (self.held_to is None or day <= self.held_to) and here


@dataclass(frozen=True)
class Somebody:
    """An entry as filters see it."""

    number: int
    lives_in: str
    registered_in: str | None
    category: str | None
    grade: int | None
    grade_year: int | None
    born_on: date | None
    born_month_only: bool
    stay_since: date | None
    stay_until: date | None
    triggers: frozenset[str]
    words: frozenset[str]
    seen_on: date | None
    seen_month_only: bool
    people: int | None
    by_name: tuple[Hold, ...] = ()

    def last_day(self, day: date, month_only: bool) -> date:
        """Answer the day that a date known to the month counts as."""
        if not month_only:
            return day
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])


@dataclass
class Folk:
    """All of them, with the posts above them."""

    people: list[Somebody]
    held: list[Hold] = field(default_factory=list)

    def numbers(self, fits: Callable[[Somebody], bool]) -> list[int]:
        """Answer the numbers of those for whom something holds."""
        return [one.number for one in self.people if fits(one)]

    def has_director(self, one: Somebody, day: date) -> bool:
        """Whether somebody is director of the entry on a day."""
        by_post = (hold for hold in self.held if one.lives_in.startswith(hold.region or "-"))
        return any(hold.holds_on(day) for hold in (*by_post, *one.by_name))


def ages(today: date, *, day_after: bool = False) -> Ages:
    """Answer the day a group is asked for."""
    return Ages(today, CALENDAR, day_after, LOOKUPS)


def make_folk(seed: int, count: int) -> Folk:
    """Invent entries, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311  # no secret: the same folk for the same seed

    def maybe(values: Sequence[_T]) -> _T | None:
        return dice.choice([None, *values])

    def day(first: date = START) -> date:
        return first + timedelta(days=dice.randrange((END - first).days))

    def hold(region: str | None = None) -> Hold:
        since = day()
        return Hold(since, maybe([since, day(since)]), maybe([day()]), region)

    people = []
    for number in range(1, count + 1):
        month_only = dice.random() < 0.4
        born, seen, since = day(date(2009, 1, 1)), day(), maybe([day()])
        people.append(
            Somebody(
                number=number,
                lives_in=dice.choice(PLACES),
                registered_in=maybe([*PLACES, "9901", "99"]),
                category=maybe(WORDS),
                grade=maybe(range(13)),
                grade_year=maybe([2024, 2025, 2026]),
                born_on=maybe([born.replace(day=1) if month_only else born]),
                born_month_only=month_only,
                stay_since=since,
                stay_until=maybe([day(since)]) if since else None,
                triggers=frozenset(t for t in TRIGGERS if dice.random() < 0.4),
                words=frozenset(w for w in WORDS if dice.random() < 0.4),
                seen_on=maybe([seen.replace(day=1) if month_only else seen]),
                seen_month_only=month_only,
                people=maybe(range(5)),
                by_name=(hold(),) if dice.random() < 0.2 else (),
            )
        )
    return Folk(people, [hold(dice.choice(PLACES)) for _ in range(4)])


def enter(database: Database, folk: Folk) -> None:
    """Write them all into an empty database."""
    with database.writing() as connection:
        connection.execute(insert(entries), [_entry(one) for one in folk.people])
        for table, rows in (
            (entry_triggers, [_trigger(one, t) for one in folk.people for t in one.triggers]),
            (entry_fields, [row for one in folk.people for row in _fields(one)]),
        ):
            connection.execute(insert(table), rows)
        holds: list[tuple[int | None, Hold]] = [(None, hold) for hold in folk.held]
        holds += [(one.number, hold) for one in folk.people for hold in one.by_name]
        people = list(enumerate(holds, start=1))
        connection.execute(insert(persons), [_person(i, hold) for i, (_, hold) in people])
        regions = sorted({hold.region for hold in folk.held if hold.region})
        post_ids = {region: entry_id(number) for number, region in enumerate(regions, start=1)}
        connection.execute(
            insert(posts), [{"id": i, "role": DIRECTOR, "region": r} for r, i in post_ids.items()]
        )
        for i, (number, hold) in people:
            span: dict[str, Any] = {
                "held_from": hold.held_from,
                "held_to": hold.held_to,
                "person_id": entry_id(i),
            }
            if number is None:
                span |= {"id": entry_id(i), "post_id": post_ids[hold.region or ""]}
                connection.execute(insert(post_holdings), span)
            else:
                span |= {"entry_id": entry_id(number), "role": DIRECTOR}
                connection.execute(insert(assignments), span)


def numbers_of(ids: Iterable[str]) -> list[int]:
    """Answer the numbers that ids were made of."""
    return sorted(int(id_, 16) for id_ in ids)


def _entry(one: Somebody) -> dict[str, Any]:
    names = (
        "lives_in registered_in category grade grade_year born_on born_month_only "
        "stay_since stay_until"
    )
    return {
        "id": entry_id(one.number),
        "ledger": "children",
        "number": f"青山-{one.number:03}",
        "status": "active",
        "entered_on": LAUNCH,
        **{name: getattr(one, name) for name in names.split()},
    }


def _trigger(one: Somebody, trigger: str) -> dict[str, str]:
    return {"entry_id": entry_id(one.number), "trigger": trigger}


def _fields(one: Somebody) -> list[dict[str, Any]]:
    blank: dict[str, Any] = {"word": "", "on_date": None, "month_only": False, "number": None}
    mine: dict[str, Any] = {"entry_id": entry_id(one.number), **blank}
    rows = [{**mine, "field": "colours", "word": word} for word in sorted(one.words)]
    if one.seen_on is not None:
        seen = {"on_date": one.seen_on, "month_only": one.seen_month_only}
        rows.append({**mine, "field": "seen", **seen})
    if one.people is not None:
        rows.append({**mine, "field": "people", "number": one.people})
    return rows


def _person(number: int, hold: Hold) -> dict[str, Any]:
    return {
        "id": entry_id(number),
        "handle": f"P-{number:04}",
        "sealed_name": b"-",
        "name_key": str(number),
        "left_on": hold.left_on,
    }
