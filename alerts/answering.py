"""Answers: somebody has seen it and takes it on, so nobody else is called (DESIGN.md 3a)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from alerts import locks
from alerts.closing import Ending, close
from alerts.effective import EvaluationPlan
from alerts.errors import AlertUnknown, AnswerMeansOne, NotAnswered, NothingToAnswer
from alerts.inserting import insert_new
from alerts.signals import listening, on_signal
from alerts.states import Closed
from alerts.tables import alerts, answers, tellings
from config.lean import dataclass
from ledgers.access.scopes import Scope
from ledgers.tables import entries

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer to an alert's id, or to a signal by name; perhaps for some entries only.

    `within`: for entries that live in some divisions; nothing else is found.
    """

    to: str
    by: str
    entry_ids: Sequence[str] = ()
    within: Scope | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """Alerts that the answer closed. None: it was answered already."""

    closed: tuple[str, ...]


def answer(
    connection: Connection, plan: EvaluationPlan, wish: Answer, *, now: datetime, today: date
) -> Answered:
    """Close what an answer settles, and withdraw what is still to be told of it.

    A rule that asks each person once: all that this person was told of the signal. One that asks for
    each entry: that entry. The same answer twice changes nothing.

    Raises:
        AlertUnknown: there is no alert of that id, nor a signal of that name.
        NotAnswered: the alert is of a rule that only a record settles.
        NothingToAnswer: this person was told of nothing of that name that is still open.
        AnswerMeansOne: an answer is for one entry, and several are open.
    """
    names = listening(plan, wish.to)
    found = _by_name(connection, wish, names) if names else _by_alert(connection, plan, wish)
    rules = {row.rule for row in found}
    locks.hold(connection, rules, shared=True)
    for rule in sorted(rules):
        timing = on_signal(plan.rule(rule))
        if timing is None or timing.answer is None:
            raise NotAnswered(rule)
        if timing.answer == "entry" and not wish.entry_ids:
            numbers = sorted({row.number for row in found if row.rule == rule})
            if len(numbers) > 1:
                raise AnswerMeansOne(numbers)
    ids = sorted({row.id for row in found if row.closed_at is None})
    for at in range(0, len(ids), _BATCH):
        _keep(connection, ids[at : at + _BATCH], wish.by, now)
    close(connection, [Ending(id_, Closed.DONE) for id_ in ids], today=today, now=now)
    return Answered(tuple(ids))


def _by_name(connection: Connection, wish: Answer, names: Sequence[str]) -> Sequence[Row[Any]]:
    """Answer what is open of a signal and was told to the person, or passed on by them."""
    query = _told_to(wish).where(alerts.c.rule.in_(names), alerts.c.closed_at.is_(None))
    if wish.entry_ids:
        query = query.where(alerts.c.entry_id.in_(wish.entry_ids))
    found = connection.execute(query).all()
    if not found:
        raise NothingToAnswer(wish.to)
    return found


def _by_alert(connection: Connection, plan: EvaluationPlan, wish: Answer) -> Sequence[Row[Any]]:
    """Answer the alert, and where each person answers once, the others they were told of with it."""
    one = connection.execute(_columns(wish).where(alerts.c.id == wish.to)).one_or_none()
    if one is None:
        raise AlertUnknown(wish.to)
    timing = on_signal(plan.rule(one.rule))
    if timing is None or timing.answer != "person" or one.closed_at is not None:
        return [one]
    same = _told_to(wish).where(
        alerts.c.rule == one.rule, alerts.c.anchor == one.anchor, alerts.c.closed_at.is_(None)
    )
    return [one, *connection.execute(same).all()]


def _columns(wish: Answer) -> Any:
    query = select(
        alerts.c.id, alerts.c.rule, alerts.c.anchor, alerts.c.closed_at, entries.c.number
    ).join(entries, entries.c.id == alerts.c.entry_id)
    return query if wish.within is None else query.where(wish.within.where(entries.c.lives_in))


def _told_to(wish: Answer) -> Any:
    told = select(tellings.c.id).where(
        tellings.c.alert_id == alerts.c.id,
        or_(tellings.c.person_id == wish.by, tellings.c.via == wish.by),
    )
    return _columns(wish).where(told.exists())


def _keep(connection: Connection, alert_ids: Sequence[str], by: str, now: datetime) -> None:
    insert_new(
        connection,
        answers,
        [{"alert_id": id_, "person_id": by, "answered_at": now} for id_ in alert_ids],
    )
