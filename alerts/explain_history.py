"""What an explanation cites: an entry's records, alerts, steps, tellings and their moves."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from alerts.explain_reckonings import RecordFacts
from alerts.explain_signals import answers_of, signals_of
from alerts.explanation import AlertFacts, MoveFacts, StepFacts, TellingFacts
from alerts.facts import roles_of
from alerts.states import Closed, Outcome
from alerts.tables import alerts, notices, outcomes, steps, tellings
from config.model import Configuration
from ledgers.divisions import division_names
from ledgers.tables import persons, records


def records_of(
    connection: Connection, entry_id: str, configuration: Configuration
) -> dict[str, RecordFacts]:
    """Answer all records of an entry by id, the newest first, void ones too."""
    rows = connection.execute(
        select(records, persons.c.handle)
        .outerjoin(persons, persons.c.id == records.c.recorded_by)
        .where(records.c.entry_id == entry_id)
        .order_by(records.c.happened_on.desc(), records.c.id.desc())
    ).all()
    names = division_names(connection, {row.counterpart for row in rows if row.counterpart})
    kinds = configuration.records
    return {
        row.id: RecordFacts(
            id=row.id,
            kind=kinds[row.kind].title if row.kind in kinds else row.kind,
            happened_on=row.happened_on,
            month_only=row.month_only,
            recorded_on=row.recorded_on,
            result=row.result,
            late_entry=row.late_entry,
            by=row.handle,
            voided_on=None if row.voided_at is None else row.voided_at.date(),
            counterpart=names.get(row.counterpart),
        )
        for row in rows
    }


def alerts_of(
    connection: Connection, entry_id: str, known: Mapping[str, RecordFacts]
) -> dict[str, tuple[AlertFacts, ...]]:
    """Answer an entry's alerts by rule, the oldest first, with all that was told of them."""
    query = select(alerts).where(alerts.c.entry_id == entry_id)
    rows = connection.execute(query.order_by(alerts.c.opened_at, alerts.c.id)).all()
    of_alert = _steps(connection, [row.id for row in rows])
    raised = signals_of(connection, {row.id: row.anchor for row in rows})
    answered = answers_of(connection, list(raised))
    found: dict[str, list[AlertFacts]] = defaultdict(list)
    for row in rows:
        found[row.rule].append(
            AlertFacts(
                id=row.id,
                key=row.anchor,
                cycle=row.cycle,
                due_on=row.due_on,
                opened_on=row.opened_on,
                closed_on=row.closed_on,
                closed_how=None if row.closed_how is None else Closed(row.closed_how),
                closed_by=known.get(row.closing_record or ""),
                deferred_until=row.deferred_until,
                signal=raised.get(row.id),
                answer=answered.get(row.id),
                steps=tuple(of_alert.get(row.id, ())),
            )
        )
    return {rule: tuple(stories) for rule, stories in found.items()}


def _steps(connection: Connection, alert_ids: Sequence[str]) -> dict[str, list[StepFacts]]:
    query = select(steps).where(steps.c.alert_id.in_(alert_ids))
    rows = connection.execute(query.order_by(steps.c.on_date, steps.c.occurrence, steps.c.id)).all()
    told = _tellings(connection, alert_ids)
    found: dict[str, list[StepFacts]] = defaultdict(list)
    for row in rows:
        found[row.alert_id].append(
            StepFacts(
                key=row.step,
                occurrence=row.occurrence,
                skipped=row.skipped,
                on_date=row.on_date,
                escalation=row.escalation,
                waiting=roles_of(row.waiting),
                ended=None if row.ended is None else Outcome(row.ended),
                ended_reason=row.ended_reason,
                tellings=tuple(told.get(row.id, ())),
            )
        )
    return found


def _tellings(connection: Connection, alert_ids: Sequence[str]) -> dict[str, list[TellingFacts]]:
    via = persons.alias("via")
    rows = connection.execute(
        select(
            tellings,
            persons.c.handle,
            via.c.handle.label("via_handle"),
            notices.c.channel,
            notices.c.attempts,
        )
        .join(persons, persons.c.id == tellings.c.person_id)
        .outerjoin(via, via.c.id == tellings.c.via)
        .outerjoin(notices, notices.c.id == tellings.c.notice_id)
        .where(tellings.c.alert_id.in_(alert_ids))
        .order_by(tellings.c.id)
    ).all()
    moves = _moves(connection, [row.id for row in rows])
    found: dict[str, list[TellingFacts]] = defaultdict(list)
    for row in rows:
        found[row.step_id].append(_telling(row, moves.get(row.id, ())))
    return found


def _telling(row: Row[Any], moves: Iterable[MoveFacts]) -> TellingFacts:
    return TellingFacts(
        person=row.handle,
        role=row.role,
        state=Outcome(row.state),
        reason=row.reason,
        via=row.via_handle,
        channel=row.channel,
        tries=row.attempts or 0,
        moves=tuple(moves),
    )


def _moves(connection: Connection, telling_ids: Sequence[str]) -> dict[str, list[MoveFacts]]:
    query = select(outcomes).where(outcomes.c.telling_id.in_(telling_ids))
    found: dict[str, list[MoveFacts]] = defaultdict(list)
    for row in connection.execute(query.order_by(outcomes.c.at, outcomes.c.id)):
        found[row.telling_id].append(MoveFacts(row.at, Outcome(row.became), row.reason))
    return found
