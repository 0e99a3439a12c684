"""Signals that an entry's alerts came from: where their ladder stands, and who answered."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from alerts.explain_reckonings import AnswerFacts, SignalFacts
from alerts.tables import answers, rungs, signals
from ledgers.tables import persons


def signals_of(connection: Connection, alert_keys: Mapping[str, str]) -> dict[str, SignalFacts]:
    """Answer what raised alerts, by alert; `alert_keys` are their anchors. Who raised it is not told."""
    found = {}
    query = select(signals.c.id, signals.c.name, signals.c.raised_at, signals.c.expires_at).where(
        signals.c.id.in_(set(alert_keys.values()))
    )
    known = {row.id: row for row in connection.execute(query)}
    steps = select(rungs).where(rungs.c.alert_id.in_(list(alert_keys)))
    stands = {row.alert_id: row for row in connection.execute(steps)}
    for alert_id, key in alert_keys.items():
        if key not in known:
            continue
        signal, stand = known[key], stands.get(alert_id)
        found[alert_id] = SignalFacts(
            name=signal.name,
            raised_at=signal.raised_at,
            expires_at=signal.expires_at,
            rung=None if stand is None else stand.rung + 1,
            next_at=None if stand is None else stand.next_at,
        )
    return found


def answers_of(connection: Connection, alert_ids: Sequence[str]) -> dict[str, AnswerFacts]:
    """Answer who answered alerts, by alert."""
    query = (
        select(answers.c.alert_id, persons.c.handle, answers.c.answered_at)
        .join(persons, persons.c.id == answers.c.person_id)
        .where(answers.c.alert_id.in_(alert_ids))
    )
    return {row[0]: AnswerFacts(row[1], row[2]) for row in connection.execute(query)}
