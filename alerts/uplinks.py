"""Answers by SMS: a director who writes back `1` has seen it (uplinks of a gateway).

Each counts once: one that has an id, or at least the second it was sent in, is remembered among what
far sides said, so that a repeat settles nothing that came up since, and one that is days old or not of
this time counts for nothing. Of a gateway that gives neither, every push is an answer.

An answer settles what is open of the signals its sender was told of. If nothing is, it shows at
least that the last message on that channel arrived. Anything but the agreed words changes nothing:
what people write may be personal, so it is neither kept nor logged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, or_, select

from alerts.answering import Answer, answer
from alerts.effective import EvaluationPlan
from alerts.errors import AnswerMeansOne
from alerts.inserting import insert_new
from alerts.signals import signal_rules
from alerts.tables import alerts, attempts, notices, receipts, tellings
from channels.inbound import Report, Uplink
from config.lean import dataclass
from ledgers.among import among
from ledgers.ids import new_ids
from ledgers.persons import phone_key
from ledgers.reading.phones import read_phone
from ledgers.sealing import Vault
from ledgers.tables import persons

YES = frozenset({"1", "一", "收到", "已收到", "知道了"})
"""What counts as an answer, without spaces, full stops and full width."""

OLDEST = timedelta(days=2)
"""After this an answer is no answer any more: gateways deliver within a day, or give up."""

AHEAD = timedelta(minutes=10)
"""How far a gateway's clock may be ahead of ours."""

_ANSWER = "answer:"  # before an answer's id, which so is like no message's

_LOOSE = str.maketrans({"１": "1", **dict.fromkeys(" 　。.，,！!\r\n\t", "")})


@dataclass(slots=True)
class Understood:
    """What came of answers. `reports`: what they show to have arrived.

    `unclear` names persons with several open entries of a rule that wants an answer for each.
    """

    closed: list[str] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """Where answers came in: the channel, what keys phone numbers, and the rules in force."""

    channel: str
    vault: Vault
    plan: EvaluationPlan


def hear_answers(
    connection: Connection,
    line: Line,
    uplinks: Iterable[Uplink],
    *,
    now: datetime,
    today: date,
) -> Understood:
    """Do what people answered; the same answer again changes nothing."""
    heard = Understood()
    for uplink in _first_heard(connection, line, uplinks, now=now):
        senders = _senders(connection, line.vault, uplink.sender, today)
        if not senders or uplink.text.translate(_LOOSE) not in YES:
            heard.unknown += 1
            continue
        for person in senders:
            before = len(heard.closed)
            for rule in _open_signals(connection, line.plan, person):
                wish = Answer(rule, person)
                try:
                    done = answer(connection, line.plan, wish, now=now, today=today)
                except AnswerMeansOne:
                    heard.unclear.append(person)
                else:
                    heard.closed += done.closed
            if len(heard.closed) == before:
                heard.reports += _last_said(connection, line.channel, person)
    return heard


def _first_heard(
    connection: Connection, line: Line, uplinks: Iterable[Uplink], *, now: datetime
) -> list[Uplink]:
    """Leave out what was heard before, and what is too old or not of this time; remember the rest."""
    timely = [it for it in uplinks if it.at is None or now - OLDEST <= it.at <= now + AHEAD]
    named = [(_name(line.vault, it), it) for it in timely]
    names = {name: it for name, it in named if name is not None}
    query = select(receipts.c.message).where(
        receipts.c.channel == line.channel, among(connection, receipts.c.message, names)
    )
    known = set(connection.scalars(query)) if names else set()
    fresh = sorted(names.keys() - known)
    shared = {"channel": line.channel, "part": 0, "arrived": True, "parts": 0, "reason": ""}
    rows = [
        {"id": id_, "message": name, "reported_at": names[name].at, "received_at": now, **shared}
        for id_, name in zip(new_ids(now, len(fresh)), fresh, strict=True)
    ]
    insert_new(connection, receipts, rows)
    return [it for name, it in named if name is None] + [names[name] for name in fresh]


def _name(vault: Vault, uplink: Uplink) -> str | None:
    """Answer by what an answer is known again; None: it cannot be."""
    if uplink.id:
        return _ANSWER + uplink.id[: 200 - len(_ANSWER)]
    if uplink.at is None:
        return None
    # Keyed, for who wrote what is personal; JSON may hold halves of a letter.
    said = f"{uplink.at.isoformat()} {uplink.sender} {uplink.text}".encode("utf-8", "replace")
    return _ANSWER + vault.lookup("uplinks.answer", said.decode())


def _senders(connection: Connection, vault: Vault, phone: str, today: date) -> Sequence[str]:
    """Answer who has this number now; gateways write it with and without 86."""
    read = read_phone(phone)
    if read.value is None:
        return ()
    query = select(persons.c.id).where(
        persons.c.phone_key == phone_key(vault, read.value),
        or_(persons.c.left_on.is_(None), persons.c.left_on > today),
    )
    return list(connection.scalars(query.order_by(persons.c.id)))


def _open_signals(connection: Connection, plan: EvaluationPlan, person: str) -> list[str]:
    """Answer the rules that wait for an answer and of which this person was told."""
    waiting = {rule.name for rule, on in signal_rules(plan) if on.answer is not None}
    query = (
        select(alerts.c.rule)
        .join(tellings, tellings.c.alert_id == alerts.c.id)
        .where(
            alerts.c.closed_at.is_(None),
            or_(tellings.c.person_id == person, tellings.c.via == person),
        )
        .distinct()
    )
    return sorted(waiting.intersection(connection.scalars(query)))


def _last_said(connection: Connection, channel: str, person: str) -> list[Report]:
    """Report that the last message to somebody has arrived: they have just answered it."""
    query = (
        select(attempts.c.out_id, attempts.c.reference)
        .join(notices, notices.c.id == attempts.c.notice_id)
        .where(
            notices.c.person_id == person,
            attempts.c.channel == channel,
            attempts.c.result == "accepted",
        )
        .order_by(attempts.c.started_at.desc(), attempts.c.id.desc())
        .limit(1)
    )
    return [
        Report(arrived=True, out_id=row.out_id, reference=row.reference or "")
        for row in connection.execute(query)
    ]
