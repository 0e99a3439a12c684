"""A small made-up county and a year in it, by seed: what the tests and `make soak` live through."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from service import logs
from service.simulation.clocks import TrialClock
from service.simulation.faults import Fault
from service.simulation.made_up import Size
from service.simulation.people import HABITS
from service.simulation.sites import made_up
from service.simulation.trial import Seams, Tried, Wish, run
from service.wiring import Site

FIRST = date(2027, 1, 4)
"""A Monday, a month after the county's launch."""

ALL = frozenset(Fault)
SMALL = Size(villages=3, children=8, unreachable=0.3)

CONFIGURATION = """\
version: 1
site:
  name: 演示县民政局
  region: "990101"
  operator: {name: 值守, email: operator@example.invalid}
launch: {on: 2026-12-01, first_due_within: 90 days, escalate_from: 2027-03-01}
roles:
  director: {title: 儿童主任, level: village, up: supervisor}
  supervisor: {title: 儿童督导员, level: township, up: county}
  county: {title: 县民政局, level: county}
records:
  contact: {title: 联系}
  visit: {title: 入户走访, counts_as: [contact]}
levels:
  - {id: green, title: 绿}
  - {id: red, title: 红}
rules:
  contacts:
    kind: duty
    say: 联系
    source: 测试
    for: {ledger: children, where: {status: active, population: 流动儿童, age: {under: 16 years}}}
    every: 3 months
    done_by: contact
    roll: before
    steps:
      - {at: 0 days, tell: director}
      - {at: +3 days, tell: director}
      - {at: +7 days, tell: supervisor, escalation: true}
      - {at: +30 days, tell: county, escalation: true, repeat: 30 days, as: summary}
    late: {send_within: 7 days, then: escalate}
  visits:
    kind: duty
    say: 走访
    source: 测试
    for:
      ledger: children
      where: {status: active, triggers: {any_of: [监护缺失, 自身残疾]}}
    every: 2 months
    done_by: visit
    steps:
      - {at: -14 days, tell: director}
      - {at: 0 days, tell: [director, supervisor]}
      - {at: +7 days, tell: supervisor, escalation: true}
    late: {send_within: 14 days, then: record}
delivery:
  quiet_hours: ["21:00", "08:00"]
  digest:
    director: {days: [monday], at: "09:10", between: [overdue]}
    supervisor: {days: [monday, thursday], at: "08:40"}
    county: {days: [monday], at: "08:40"}
  at_most: {director: 2 per week}
  hold_backlog_over: 8
  routes: {director: [sms, mail, relay], supervisor: [mail, sms], county: [mail]}
channels:
  mail: {type: memory}
  sms: {type: memory}
"""

_DATED = """\
  rounds:
    kind: duty
    say: 回访
    source: 测试
    for: {ledger: children, where: {status: active, population: 留守儿童}}
    every: {by: level, levels: {red: 14 days, green: 3 months}}
    on_raise: {within: 5 days}
    during: [{window: summer, every: 1 month}]
    done_by: visit
    steps:
      - {at: 0 days, tell: director}
      - {at: +7 days, tell: supervisor, escalation: true}
  sixteen:
    kind: date
    say: 材料核对
    source: 测试
    for: {ledger: children, where: {status: active, population: 流动儿童}}
    on: {field: born_on, plus: 16 years}
    done_by: proof
    steps:
      - {at: -30 days, tell: director}
      - {at: +7 days, tell: supervisor, escalation: true}
  answers:
    kind: date
    say: 协查
    source: 测试
    for: {ledger: children, where: {status: active}}
    on: {record: request, plus: 3 days}
    done_by: reply
    steps:
      - {at: 0 days, tell: director}
      - {at: +4 days, tell: supervisor, escalation: true}
  summer:
    kind: season
    say: 安全提醒
    source: 测试
    for: {ledger: children, where: {status: active, population: 流动儿童}}
    window: summer
    steps:
      - {at: start, tell: director}
      - {at: end - 30 days, tell: director}
  spring:
    kind: season
    say: 走访
    source: 测试
    for: {ledger: children, where: {status: active, population: 留守儿童}}
    window: spring
    done_by: visit
    steps:
      - {at: start, tell: director}
      - {at: start + 14 days, tell: supervisor, escalation: true}
  payments:
    kind: calendar
    say: 发放核对
    source: 测试
    for: {ledger: children, where: {status: active, triggers: {any_of: [监护缺失, 自身残疾]}}}
    period: quarter
    due: "10"
    done_by: payment
    steps:
      - {at: -3 days, tell: director}
      - {at: +5 days, tell: supervisor, escalation: true}
  storm:
    kind: signal
    say: 汛期叫应
    source: 测试
    for: {ledger: children, where: {status: active}}
    on: {signal: 暴雨}
    urgent: true
    ladder:
      - {tell: director, wait: 30 minutes}
      - {tell: supervisor, wait: 40 minutes}
      - {tell: county, repeat: 45 minutes}
    expires_after: 3 hours
  alarm:
    kind: signal
    say: 紧急核实
    source: 测试
    for: {ledger: children, where: {status: active, population: 留守儿童}}
    on: {changed: level, to: raised}
    urgent: true
    answer: {per: entry}
    ladder:
      - {tell: [director, supervisor], wait: 1 hours}
      - {tell: county}
    expires_after: 5 hours
"""

EVERY_KIND = (
    CONFIGURATION.replace("delivery:\n", _DATED + "delivery:\n")
    .replace(
        "levels:\n", "calendars: {summer: {}, spring: {every_year: [03-01, 05-10]}}\nlevels:\n"
    )
    .replace("  visit: {", "  payment: {title: 发放}\n  proof: {title: 证明}\n  visit: {")
    .replace("  visit: {", "  request: {title: 协查请求}\n  reply: {title: 答复}\n  visit: {")
)
"""The same county with rules of every kind. Nobody entered the summer's dates beforehand."""


@dataclass(frozen=True, slots=True)
class Year:
    """One seed's year: with what faults, how many days, and which planted bugs."""

    seed: int
    faults: frozenset[Fault] = ALL
    days: int = 365
    seams: Seams | None = None
    size: Size = SMALL

    @property
    def wish(self) -> Wish:
        """What is tried; every fourth county is of another mood."""
        habits = list(HABITS.values())[self.seed % len(HABITS)]
        last = FIRST + timedelta(days=self.days - 1)
        return Wish(FIRST, last, seed=self.seed, habits=habits, faults=self.faults)


@contextmanager
def county(year: Year) -> Iterator[tuple[Site, TrialClock]]:
    """Answer the county of a seed as it is when its year begins."""
    logs.configure("critical")
    size = replace(year.size, seed=year.seed)
    with TemporaryDirectory(prefix="shouwang-") as folder:
        config = Path(folder) / "shouwang.yaml"
        config.write_text(EVERY_KIND, encoding="utf-8")
        with made_up(config, {}, size, first=FIRST) as place:
            yield place


def live(year: Year) -> Tried:
    """Live through a year."""
    with county(year) as (site, clock):
        return run(site, clock, year.wish, year.seams)
