"""What is in notices already and has not gone out: the first thing a plan lists."""

from collections import Counter

from sqlalchemy import Connection, func, select

from alerts.forecast import Span
from alerts.in_force import InForce
from alerts.plan_slots import Line
from alerts.states import NoticeState, Outcome
from alerts.tables import alerts, notices, tellings
from ledgers.access.scopes import Scope
from ledgers.tables import entries

_GOING = (NoticeState.PENDING.value, NoticeState.SENDING.value, NoticeState.UNKNOWN.value)
_WAITING = (Outcome.PENDING.value, Outcome.SENDING.value, Outcome.UNKNOWN.value)


def unsent_lines(
    connection: Connection, in_force: InForce, span: Span, *, within: Scope | None = None
) -> Counter[Line]:
    """Answer the lines of notices that wait to go out in a span; held ones do not.

    `within` divisions: only what they say of entries that live there.
    """
    query = (
        select(
            notices.c.slot,
            notices.c.person_id,
            notices.c.role,
            notices.c.channel,
            notices.c.due_at,
            alerts.c.rule,
            func.count(),
        )
        .join(tellings, tellings.c.notice_id == notices.c.id)
        .join(alerts, alerts.c.id == tellings.c.alert_id)
        .where(
            notices.c.state.in_(_GOING),
            tellings.c.state.in_(_WAITING),
            alerts.c.closed_at.is_(None),
        )
        .group_by(
            notices.c.slot,
            notices.c.person_id,
            notices.c.role,
            notices.c.channel,
            notices.c.due_at,
            alerts.c.rule,
        )
    )
    if within is not None:
        query = query.join(entries, entries.c.id == alerts.c.entry_id)
        query = query.where(within.where(entries.c.lives_in))
    found: Counter[Line] = Counter()
    rules = {rule.name for rule in in_force.plan.rules}
    for slot, person, role, channel, due_at, rule, count in connection.execute(query):
        day = max(span.first, in_force.timetable.today(due_at))
        if day <= span.last and rule in rules:
            found[Line(day, slot, person, role, channel, rule)] += count
    return found
