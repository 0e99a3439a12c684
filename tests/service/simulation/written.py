"""The county that years are lived in, as an admin would write it: rules of every kind, to be drawn from."""

import re
from collections.abc import Collection

_SITE = """\
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
  payment: {title: 发放}
  proof: {title: 证明}
  request: {title: 协查请求}
  reply: {title: 答复}
  visit: {title: 入户走访, counts_as: [contact]}
calendars: {summer: {}, spring: {every_year: [03-01, 05-10]}}
levels:
  - {id: green, title: 绿}
  - {id: red, title: 红}
"""

_RULES = """\
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

_DELIVERY = """\
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

RULES = {
    text.strip().partition(":")[0]: text
    for text in re.split(r"(?m)^(?=  [a-z]+:$)", _RULES)
    if text
}
"""Each rule as it is written, by its name. Nobody entered the summer's dates beforehand."""

DUTIES = ("contacts", "visits", "rounds")


def written(rules: Collection[str]) -> str:
    """Answer the county's whole configuration with these rules only."""
    return _SITE + "rules:\n" + "".join(RULES[name] for name in rules) + _DELIVERY


CONFIGURATION = written(("contacts", "visits"))
"""Two duties only."""
