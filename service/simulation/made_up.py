"""A made-up county for a configuration: villages, the people who answer for them, and children."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import Connection, insert

from alerts.acts import RecordRequest, RecordSource, record
from alerts.effective import EvaluationPlan
from alerts.recipients import LEVEL_DIGITS
from config.dates import DateRule, FromField
from config.durations import Duration
from config.groups import AgeRange, Filter, Group, SetFilter
from config.lean import dataclass
from config.model import Configuration
from ledgers.ids import new_id
from ledgers.persons import PersonDetails, add_persons
from ledgers.sealing import Vault
from ledgers.tables import entries, entry_triggers, post_holdings, posts, regions, touched
from service.simulation.chance import Chance

_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_VILLAGES = "青山 柳沟 石门 大槐 上营 下营 东庄 梨园 白塔 松坪 河口 龙泉"
_RECORDED = 0.75
"""The share of children of whom a first act is known."""

_OF_AGE_SOON = 0.3
"""The share of children who reach an age within the year that a rule for their group counts."""

_MOST_DAYS = {"days": 1, "weeks": 7, "months": 30, "years": 365, "workdays": 1}


@dataclass(frozen=True, slots=True)
class Size:
    """How large it is, and which one of its size.

    `unreachable`: the share of directors without an address of their own.
    """

    villages: int = 1
    children: int = 12  # in each village
    unreachable: float = 0.0
    seed: int = 1


class MadeUp:
    """Writes the county into an empty database."""

    def __init__(self, configuration: Configuration, vault: Vault, chance: Chance) -> None:
        self._configuration = configuration
        self._vault = vault
        self._chance = chance

    def write(
        self, connection: Connection, plan: EvaluationPlan, size: Size, *, now: datetime
    ) -> None:
        """Write regions, people, posts, children and what was done before."""
        today = now.date()
        villages = list(self._places(connection, size))
        for role, about in self._configuration.roles.items():
            digits = LEVEL_DIGITS[about.level]
            for place in dict.fromkeys(code[:digits] for code in villages):
                lowest = about.level == "village"
                reachable = not (
                    lowest and self._chance.happens(size.unreachable, "unreachable", place)
                )
                self._post(connection, role, place, reachable=reachable, now=now)
        requests: list[RecordRequest] = []
        for place in villages:
            for number in range(1, size.children + 1):
                child = self.add_child(connection, place, number, today=today, now=now)
                requests += self._past(child, place, number, today)
        record(connection, plan, requests, now=now, today=today)

    def add_child(
        self, connection: Connection, place: str, number: int, *, today: date, now: datetime
    ) -> str:
        """Write one child that some rule is for; answers the entry's id."""
        chance = self._chance.of("child", place, number)
        groups = [self._configuration.group_of(r) for r in self._configuration.rules.values()]
        group = groups[number // 2 % len(groups)] if number % 2 == 0 else groups[0]
        facts = dict(_facts(group, chance, today))
        facts |= self._of_age_soon(group, chance, today)
        if levels := self._configuration.levels:
            facts.setdefault("level", chance.choice(levels).id)
        trigger = facts.pop("triggers", None)
        id_ = new_id(now)
        row = {
            "id": id_,
            "ledger": group.ledger,
            "number": f"{_village_name(place)}-{number:02}",
            "lives_in": place,
            "status": "active",
            "entered_on": today,
            **facts,
        }
        connection.execute(insert(entries).values(row))
        if trigger is not None:
            connection.execute(insert(entry_triggers).values(entry_id=id_, trigger=trigger))
        connection.execute(insert(touched).values(entry_id=id_, known_on=today))
        return id_

    def _of_age_soon(self, group: Group, chance: Random, today: date) -> dict[str, object]:
        """Answer a birthday that a rule for the group comes up on within a year, for some."""
        for rule in self._configuration.rules.values():
            if not isinstance(rule, DateRule) or not isinstance(rule.on, FromField):
                continue
            if rule.on.field != "born_on" or self._configuration.group_of(rule) != group:
                continue
            days_left = chance.randrange(30, 330)
            if chance.random() < _OF_AGE_SOON:
                return {"born_on": today + timedelta(days=days_left - _days(rule.on.plus))}
        return {}

    def add_person(self, connection: Connection, key: str, *, now: datetime) -> str:
        """Write somebody with an address of their own; answers the person's id."""
        return self._person(connection, key, reachable=True, now=now)

    def _places(self, connection: Connection, size: Size) -> Iterator[str]:
        county = self._configuration.site.region.ljust(6, "0")[:6]
        town = f"{county}001"
        connection.execute(insert(regions).values(code=county, name="演示县", local=False))
        connection.execute(insert(regions).values(code=town, name="青河镇", local=False))
        for number in range(1, size.villages + 1):
            place = f"{town}{number:03}"
            row = {"code": place, "name": f"{_village_name(place)}村", "local": False}
            connection.execute(insert(regions).values(row))
            yield place

    def _post(
        self, connection: Connection, role: str, place: str, *, reachable: bool, now: datetime
    ) -> None:
        person = self._person(connection, f"{role}-{place}", reachable=reachable, now=now)
        post = new_id(now)
        connection.execute(insert(posts).values(id=post, role=role, region=place))
        since = now.date() - timedelta(days=400)
        connection.execute(
            insert(post_holdings).values(
                id=new_id(now), post_id=post, person_id=person, held_from=since
            )
        )

    def _person(self, connection: Connection, key: str, *, reachable: bool, now: datetime) -> str:
        chance = self._chance.of("person", key)
        details = PersonDetails(
            f"{chance.choice(_NAMES)}{chance.choice('一二三四五六七八九')}",
            phone=f"154{chance.randrange(10**7, 10**8)}" if reachable else None,
            email=f"{key}@example.invalid" if reachable else None,
            wecom=key if reachable else None,
        )
        return add_persons(connection, self._vault, [details], now=now)[0]

    def _past(self, entry: str, place: str, number: int, today: date) -> Iterator[RecordRequest]:
        """Yield what was last done under each rule that says how often."""
        for name, rule in self._configuration.rules.items():
            chance = self._chance.of("past", place, number, name)
            every = getattr(rule, "every", None)
            if not rule.done_by or chance.random() >= _RECORDED:
                continue
            if not isinstance(every, Duration):
                continue
            longest = max(_days(every), 2)
            day = today - timedelta(days=chance.randrange(1, longest))
            yield RecordRequest(entry, rule.done_by[0], day, RecordSource.LEDGER)


def _facts(group: Group, chance: Random, today: date) -> Iterator[tuple[str, object]]:
    """Yield values by which a child belongs to a group."""
    yield "sex", chance.choice(("male", "female"))
    yield "born_on", today - timedelta(days=chance.randrange(6 * 365, 14 * 365))
    for name, wanted in group.where.items():
        if isinstance(wanted, AgeRange):
            yield "born_on", _born(wanted, chance, today)
        elif (value := _one_of(wanted, chance)) is not None and name in _TAKEN:
            yield name, value


_TAKEN = frozenset({"population", "category", "level", "status", "triggers", "sex"})


def _one_of(wanted: Filter, chance: Random) -> str | None:
    if isinstance(wanted, str):
        return wanted
    if isinstance(wanted, SetFilter):
        return chance.choice(wanted.any_of) if wanted.any_of else None
    return chance.choice(wanted) if isinstance(wanted, tuple) and wanted else None


def _born(wanted: AgeRange, chance: Random, today: date) -> date:
    """Answer a birthday of somebody within the range, most of whom stay there for a year."""
    youngest = _days(wanted.at_least) + 30 if wanted.at_least else 30
    oldest = _days(wanted.under) - 30 if wanted.under else youngest + 10 * 365
    oldest = max(oldest, youngest + 1)
    return today - timedelta(days=chance.randrange(youngest, oldest))


def _days(length: Duration) -> int:
    return length.amount * _MOST_DAYS.get(length.unit.value, 1)


def _village_name(place: str) -> str:
    names = _VILLAGES.split()
    number = int(place[-3:]) - 1
    return names[number % len(names)] + ("" if number < len(names) else str(number // len(names)))
