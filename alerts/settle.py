"""What came back: answers become outcomes, in one transaction, guarded by the claim's fence."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from alerts.attempts import Handover
from alerts.claims import Claim
from alerts.closing import end_closed
from alerts.outcomes import Because, move_each, move_said
from alerts.rerouting import Fallen, Routes, take_next_route
from alerts.retry import Then, Verdict
from alerts.states import NoticeState, Outcome
from alerts.tables import attempts, notices, tellings
from channels.protocol import ChannelError, Receipt, Refused
from config.lean import dataclass
from ledgers.among import among


@dataclass(frozen=True, slots=True)
class Answer:
    """The far side's answer to one handover, and what follows from it."""

    handover: Handover
    at: datetime
    verdict: Verdict
    receipt: Receipt | None = None  # None: it was not accepted
    failure: ChannelError | None = None

    @property
    def result(self) -> str:
        """`accepted`, `refused` or `unknown`."""
        if self.failure is None:
            return "accepted"
        return "refused" if isinstance(self.failure, Refused) else "unknown"


def settle(
    connection: Connection, answers: Sequence[Answer], *, routes: Routes, now: datetime
) -> list[Answer]:
    """Write answers down; answer those that counted.

    An answer that comes after its claim was taken over changes nothing but its own attempt: the
    newer claim holds the outcome (it already counts this attempt as unknown).
    """
    _write_attempts(connection, answers)
    held = _still_held(connection, [answer.handover.claim for answer in answers])
    counted = [answer for answer in answers if answer.handover.claim in held]
    _accept(connection, [a for a in counted if a.verdict.then is Then.DONE], now=now)
    for answer in counted:
        if answer.verdict.then is Then.NEXT_ROUTE:
            take_next_route(connection, _fallen(connection, answer), routes, now=now)
        elif answer.verdict.then is not Then.DONE:
            _wait(connection, answer, now=now)
    return counted


def _write_attempts(connection: Connection, answers: Sequence[Answer]) -> None:
    kept = [answer for answer in answers if answer.verdict.then is Then.SAME_AGAIN]
    spent = [answer for answer in answers if answer.verdict.then is not Then.SAME_AGAIN]
    _write_answers(connection, kept, {})
    _write_answers(connection, spent, {"sealed_body": None})


def _write_answers(
    connection: Connection, answers: Sequence[Answer], also: Mapping[str, None]
) -> None:
    if not answers:
        return
    connection.execute(
        update(attempts)
        .where(attempts.c.id == bindparam("attempt"), attempts.c.ended_at.is_(None))
        .values(
            **also,
            ended_at=bindparam("at_"),
            result=bindparam("result_"),
            reason=bindparam("reason_"),
            detail=bindparam("detail_"),
            reference=bindparam("reference_"),
        ),
        [
            {
                "attempt": answer.handover.attempt_id,
                "at_": answer.at,
                "result_": answer.result,
                "reason_": answer.failure.reason.value if answer.failure else None,
                "detail_": answer.failure.detail[:200] if answer.failure else None,
                "reference_": answer.receipt.reference[:200] if answer.receipt else None,
            }
            for answer in answers
        ],
    )


def _still_held(connection: Connection, claims: Sequence[Claim]) -> set[Claim]:
    fences = {
        row.id: row.fence
        for row in connection.execute(
            select(notices.c.id, notices.c.fence)
            .where(among(connection, notices.c.id, [claim.notice_id for claim in claims]))
            .with_for_update()
        )
    }
    return {claim for claim in claims if fences.get(claim.notice_id) == claim.fence}


def _accept(connection: Connection, answers: Sequence[Answer], *, now: datetime) -> None:
    if not answers:
        return
    connection.execute(
        update(notices)
        .where(
            among(connection, notices.c.id, [answer.handover.claim.notice_id for answer in answers])
        )
        .values(
            state=NoticeState.SENT.value,
            ended_at=now,
            next_attempt_at=None,
            lease_until=None,
            reason=None,
        )
    )
    because = _because(answers, reason=None)
    late = _taken_over(
        connection, [answer for answer in answers if not answer.handover.telling_ids]
    )
    if late:
        move_each(connection, late, Outcome.SENDING, now=now)
    move_said(connection, because | late, now=now)
    _forget_older_bodies(connection, answers)


def _forget_older_bodies(connection: Connection, answers: Sequence[Answer]) -> None:
    tried_before = [a.handover.claim.notice_id for a in answers if a.handover.number > 1]
    if tried_before:
        connection.execute(
            update(attempts).where(attempts.c.notice_id.in_(tried_before)).values(sealed_body=None)
        )


def _taken_over(connection: Connection, answers: Sequence[Answer]) -> dict[str, Because]:
    """Answer tellings that came to echoes while these were under way."""
    by_notice = {answer.handover.claim.notice_id: answer for answer in answers}
    if not by_notice:
        return {}
    rows = connection.execute(
        select(tellings.c.id, tellings.c.notice_id).where(
            tellings.c.notice_id.in_(by_notice), tellings.c.state == Outcome.PENDING.value
        )
    )
    return {
        row.id: Because(None, row.notice_id, by_notice[row.notice_id].handover.attempt_id)
        for row in rows
    }


def _fallen(connection: Connection, answer: Answer) -> Fallen:
    handover = answer.handover
    said = handover.telling_ids or tuple(_taken_over(connection, [answer]))
    may_repeat = handover.claim.may_repeat or answer.verdict.may_repeat
    reason = answer.verdict.reason or ""
    return Fallen(handover.claim, said, reason, may_repeat, handover.attempt_id)


def _because(answers: Sequence[Answer], *, reason: str | None) -> dict[str, Because]:
    return {
        telling: Because(reason, answer.handover.claim.notice_id, answer.handover.attempt_id)
        for answer in answers
        for telling in answer.handover.telling_ids
    }


def _wait(connection: Connection, answer: Answer, *, now: datetime) -> None:
    lost = answer.verdict.then is Then.SAME_AGAIN
    claim = answer.handover.claim
    values: dict[str, object] = {
        "state": (NoticeState.UNKNOWN if lost else NoticeState.PENDING).value,
        "next_attempt_at": answer.verdict.at or now,
        "lease_until": None,
        "reason": answer.verdict.reason,
    }
    if answer.result == "unknown" and claim.unknown_since is None:
        values["unknown_since"] = answer.at
    connection.execute(update(notices).where(notices.c.id == claim.notice_id).values(values))
    state = Outcome.UNKNOWN if lost else Outcome.PENDING
    because = _because([answer], reason=answer.verdict.reason)
    move_each(connection, because, state, now=now)
    if not lost:
        end_closed(connection, because.keys(), now=now)
