"""The shipped rule sets at work for a year in the demo county, one month of each counted by day."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from alerts.plan import plan_messages
from alerts.tables import alerts, steps
from config.settings import KEY_FILE, Settings
from config.shipped import RULE_SETS
from ledgers.key_files import write_key_file
from ledgers.wrapping import MasterKey
from service import passes
from service.commands.sites import looking
from service.demo_county import make_county
from service.demo_workbooks import write_directory, write_ledger
from service.wiring import open_site
from tests.acceptance.office import Clock, Office
from tests.config.rule_sets import write_set
from tests.service.sites import prepare

EVE = date(2026, 11, 30)  # the ledger is as of this day; the shipped settings launch on the next
FIRST, LAST = date(2026, 12, 1), date(2027, 11, 30)

ENTERED = """
calendars:
  flood: {region: "99", every_year: [06-01, 09-30]}
  summer-holiday: {2027: [2027-07-05, 2027-08-31]}
  terms: {2027-spring: [2027-02-22, 2027-07-02]}
"""
"""What the county has entered. The division 99 is made up, so no province's flood season is its own."""

Told = dict[str, dict[str, int]]

# The ledger has 600 children; 5 rows are set apart, so 595 are in it: 446 流动, 97 留守, 52 困境; of all
# these 43 孤儿, 32 事实无人抚养, 47 重病重残, 32 贫困家庭 (written 低保儿童).

# 流动儿童 under 16 whose information was updated late in November, six months and 14 days on:
#   11-19 (2 children) → 05-19 → 06-02          11-21 (2) → 05-21, a Friday → 06-04
#   11-24 (2) → 05-24 → 06-07                   11-25 (1) → 05-25 → 06-08
#   11-28 (1) → 05-28, a Friday, and 11-29 (2) → 05-29, a Saturday, so 05-28 → 06-11 for all 3
# Whoever was never recorded was first due within 90 days of the launch, told +14 by March.
# fmt: off
UPDATES_IN_JUNE = {
    "2027-06-02": 2, "2027-06-04": 2, "2027-06-07": 2, "2027-06-08": 1, "2027-06-11": 3,
}
# fmt: on

# 43 + 32 = 75 children are paid monthly. June ends on the 30th, five days before is the 25th.
PAID_IN_JUNE = {"2027-06-25": 75}

# fmt: off
JUNE: dict[str, Told] = {
    "national": {"半年信息更新 +14 days": UPDATES_IN_JUNE, "按月发放核对 -5 days": PAID_IN_JUNE},
    "hebei": {
        "半年信息更新 +14 days": UPDATES_IN_JUNE,
        "按月发放核对 -5 days": PAID_IN_JUNE,
        # Visited on 11-26 → 05-26 → 06-02; on 11-27 → 05-27 → 06-03.
        "重点对象半年走访 +7 days": {"2027-06-02": 1, "2027-06-03": 1},
        # Thirty days after what fell due in May: visited on 11-04, 11-11, 11-13, 11-14, 11-17, 11-18,
        # 11-24, 11-26 and 11-27, one child each; 11-22 is due on a Saturday and 11-23 (2 children) on
        # a Sunday, so on Friday 05-21: three on 06-20. “2026年11月” counts from 11-01, due in April.
        "重点对象半年走访 +30 days": {
            "2027-06-03": 1, "2027-06-10": 1, "2027-06-12": 1, "2027-06-13": 1, "2027-06-16": 1,
            "2027-06-17": 1, "2027-06-20": 3, "2027-06-23": 1, "2027-06-25": 1, "2027-06-26": 1,
        },
        # The holiday begins on 07-05, seven days before is the 28th. 190 of them are under 16 on that
        # day; one more was when the week's pass opened it.
        "假期关爱 start": {"2027-06-28": 191},
    },
    "henan": {
        "半年信息更新 +14 days": UPDATES_IN_JUNE,
        "按月发放核对 -5 days": PAID_IN_JUNE,
        # The term ends on 07-02, 30 days before is 06-02; 43 + 47 + 32 = 122 children, no 特困 and no 其他.
        "每学期资助核对 -30 days": {"2027-06-02": 122},
        # Born on 2021-07-08, six on 2027-07-08, 30 days before: one child of 贫困家庭.
        "满六周岁 -30 days": {"2027-06-08": 1},
    },
    "guizhou": {"半年信息更新 +14 days": UPDATES_IN_JUNE, "按月发放核对 -5 days": PAID_IN_JUNE},
}
# fmt: on
"""What is told for the first time in June 2027 and not again: rule and step, day, children."""

# The holiday begins on 07-05, a Monday; 446 + 97 = 543 children, of any age. 七下八上 begins on 07-16.
# July has 31 days: payments are asked for on the 26th.
JULY: Told = {
    "暑期汛期安全 start": {"2027-07-05": 543},
    "暑期汛期安全 七下八上": {"2027-07-16": 543},
    "按月发放核对 -5 days": {"2027-07-26": 75},
}


DUTIES = {
    "national": {"半年信息更新", "保障标准满一年"},
    "hebei": {"半年信息更新", "保障标准满一年", "重点对象季度联系", "重点对象半年走访"},
    "henan": {"半年信息更新", "保障标准满一年"},
    "guizhou": {"半年信息更新", "保障标准满一年"},
}
"""What falls due within the year if nobody does anything."""


@pytest.mark.parametrize("name", sorted(RULE_SETS))
def test_june_comes_as_it_was_counted_by_hand(name: str, tmp_path: Path) -> None:
    """Nothing was recorded since the launch; each day's steps, by rule."""
    with county(name, tmp_path) as office:
        assert told_in(office, date(2027, 6, 1)) == JUNE[name]


def test_july_is_summer_and_flood(tmp_path: Path) -> None:
    """Holiday and flood season both entered: everybody away from home or left there, once."""
    with county("national", tmp_path) as office:
        assert told_in(office, date(2027, 7, 1)) == JULY


def test_guizhou_guesses_no_interval(tmp_path: Path) -> None:
    """Nobody is told to visit as long as the county has not said how often."""
    with county("guizhou", tmp_path) as office:
        told_in(office, date(2027, 6, 1))
        with office.site.database.reading() as connection:
            visits = select(alerts.c.id).where(alerts.c.rule == "分级走访")
            assert connection.execute(visits).first() is None


@pytest.mark.parametrize("name", sorted(RULE_SETS))
def test_a_year_is_planned(name: str, tmp_path: Path) -> None:
    """Everybody can be reached, and a director gets at most two messages in any week."""
    with county(name, tmp_path) as office:
        office.move(FIRST)
        with looking(office.site, office.clock()) as (connection, in_force, today):
            plan = plan_messages(connection, in_force, first=today, last=LAST)
    directors = {row.person for row in plan.rows if row.role == "director"}
    assert plan.unreachable == 0
    assert {row.rule for row in plan.rows} >= DUTIES[name] | {key.split()[0] for key in JUNE[name]}
    assert max(week.messages for week in plan.weeks if week.person in directors) <= 2


def told_in(office: Office, first: date) -> Told:
    """Let the engine look on the launch day and each Monday of a month; answer new steps by day."""
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    month = [first + timedelta(days=n) for n in range(-7, 32)]
    for day in [FIRST, *(day for day in month if day.weekday() == 0)]:
        office.move(day)
        passes.evaluate(office.site, office.clock())
    query = (
        select(alerts.c.rule, steps.c.step, steps.c.on_date)
        .join(alerts, alerts.c.id == steps.c.alert_id)
        .where(steps.c.occurrence == 0, steps.c.on_date.between(first, last))
    )
    with office.site.database.reading() as connection:
        found = Counter(tuple(row) for row in connection.execute(query))
    told: Told = {}
    for (rule, step, day), count in found.items():
        told.setdefault(f"{rule} {step}", {})[str(day)] = count
    return told


@contextmanager
def county(name: str, folder: Path) -> Iterator[Office]:
    """Open the demo county's office with a shipped rule set; nobody has recorded anything yet."""
    path = write_set(name, folder, ENTERED)
    write_key_file(folder / KEY_FILE, MasterKey.create())
    url = f"sqlite:///{folder}/county.db"
    prepare(url)
    clock = Clock(datetime.combine(EVE, time(), UTC))
    settings = Settings(config=path, database_url=SecretStr(url))
    with open_site(settings, clock=clock, environment={}) as site:
        office = Office(site, clock)
        office.move(EVE)
        made = make_county(EVE)
        for file, write in (("台账.xlsx", write_ledger), ("人员.xlsx", write_directory)):
            write(folder / file, made)
            office.bring(folder / file)
        yield office
