"""Attempts: what is handed to a channel is written down first, and what came back afterwards."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, Row, bindparam, select, update

from alerts import sealed_messages
from alerts.claims import Claim
from alerts.errors import CannotCompose
from alerts.outcomes import Because, Movable, begin_sending, move_each, pending_in
from alerts.states import NoticeState, Outcome
from alerts.tables import attempts, notices
from channels.protocol import Message
from config.lean import dataclass
from ledgers.among import among
from ledgers.bulk import Values, insert_rows
from ledgers.ids import new_ids
from ledgers.sealing import Vault

_COLUMNS = (
    "id",
    "notice_id",
    "revision",
    "fence",
    "channel",
    "out_id",
    "started_at",
    "telling_ids",
    "sealed_body",
    "body_hash",
)


class Compose(Protocol):
    """Puts notices, each at its revision, into words, with only what is still true now.

    Tellings that are no longer wanted it ends through `outcomes.move`; those that stay pending in
    a notice are what its message says. None: nothing is left to say.
    """

    def __call__(
        self, connection: Connection, revisions: Mapping[str, int], *, now: datetime
    ) -> Mapping[str, Message | CannotCompose | None]: ...


@dataclass(frozen=True, slots=True)
class Handover:
    """One attempt that is written down and may now be sent.

    `handed_at`: since when the far side may have this very message; None: it is a new one.
    """

    claim: Claim
    attempt_id: str
    number: int
    message: Message
    telling_ids: tuple[str, ...]
    handed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What an attempt would send; `handed_at` as of a handover."""

    claim: Claim
    revision: int
    message: Message
    telling_ids: tuple[str, ...]
    handed_at: datetime | None = None


class Passing(Protocol):
    """Lets some drafts through and reserves their places; the others it lets go of."""

    def admit(
        self, connection: Connection, drafts: Sequence[Draft], *, now: datetime
    ) -> Sequence[Draft]: ...

    def reserve(
        self, connection: Connection, handovers: Sequence[Handover], *, now: datetime
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Writers:
    """What begins attempts. `passing` None: everything may be handed over at once."""

    vault: Vault
    compose: Compose
    passing: Passing | None = None


def begin(
    connection: Connection, claims: Sequence[Claim], writers: Writers, *, now: datetime
) -> list[Handover]:
    """Write an attempt with its sealed message for each claim; nothing is sent yet.

    1. an attempt left open by a crash is closed as unknown;
    2. a notice with a lost answer gets the very bytes it had, under the same id;
    3. any other is composed afresh, with its revision raised if it was tried before;
    4. a notice with nothing left to say ends as empty, one that cannot be written as failed;
    5. what may not be handed over yet is let go of.
    """
    tried = _tries(connection, [claim.notice_id for claim in claims if claim.attempts])
    last = {notice_id: rows[-1] for notice_id, rows in tried.items()}
    lost = [claim for claim in claims if _is_open(last.get(claim.notice_id))]
    _close_lost(connection, [last[claim.notice_id] for claim in lost], now=now)
    repeats: list[Draft] = []
    fresh: list[Claim] = []
    for claim in claims:
        previous = last.get(claim.notice_id)
        repeat = None
        if _answer_lost(claim, previous):
            repeat = _repeat(writers.vault, claim, tried[claim.notice_id])
        if repeat is None:
            fresh.append(claim)
        else:
            repeats.append(repeat)
    composed, said = _compose(connection, fresh, writers.compose, now=now)
    drafts: Sequence[Draft] = repeats + composed
    order = {claim.notice_id: place for place, claim in enumerate(claims)}
    drafts = sorted(drafts, key=lambda draft: order[draft.claim.notice_id])
    if writers.passing is not None:
        drafts = writers.passing.admit(connection, drafts, now=now)
    handovers = _write(connection, drafts, vault=writers.vault, now=now)
    begin_sending(connection, _because(handovers), said, now=now)
    if writers.passing is not None:
        writers.passing.reserve(connection, handovers, now=now)
    return handovers


def _tries(connection: Connection, notice_ids: Sequence[str]) -> dict[str, list[Row[object]]]:
    """Answer the attempts of notices, the oldest first."""
    if not notice_ids:
        return {}
    found: dict[str, list[Row[object]]] = {}
    rows = connection.execute(
        select(attempts)
        .where(among(connection, attempts.c.notice_id, notice_ids))
        .order_by(attempts.c.started_at, attempts.c.id)
    )
    for row in rows:
        found.setdefault(row.notice_id, []).append(row)
    return found


def _is_open(attempt: Row[object] | None) -> bool:
    return attempt is not None and attempt.ended_at is None


def _answer_lost(claim: Claim, attempt: Row[object] | None) -> bool:
    return attempt is not None and (claim.unknown_since is not None or attempt.ended_at is None)


def _close_lost(connection: Connection, lost: Sequence[Row[object]], *, now: datetime) -> None:
    if not lost:
        return
    connection.execute(
        update(attempts)
        .where(attempts.c.id == bindparam("attempt"))
        .values(ended_at=now, result="unknown", reason="crash"),
        [{"attempt": row.id} for row in lost],
    )
    connection.execute(
        update(notices)
        .where(notices.c.id == bindparam("notice"), notices.c.unknown_since.is_(None))
        .values(unknown_since=now),
        [{"notice": row.notice_id} for row in lost],
    )
    because = {
        telling: Because("crash", row.notice_id, row.id)
        for row in lost
        for telling in json.loads(row.telling_ids)
    }
    move_each(connection, because, Outcome.UNKNOWN, now=now)


def _repeat(vault: Vault, claim: Claim, tried: Sequence[Row[object]]) -> Draft | None:
    """Draft the message of the last attempt again; None: its bytes are gone."""
    attempt = tried[-1]
    if attempt.sealed_body is None:
        return None
    body = sealed_messages.unseal(vault, attempt.id, attempt.sealed_body)
    message = sealed_messages.from_bytes(body)
    handed_at = next(row.started_at for row in tried if row.out_id == attempt.out_id)
    tellings_ = tuple(json.loads(attempt.telling_ids))
    return Draft(claim, attempt.revision, message, tellings_, handed_at)


def _compose(
    connection: Connection, claims: Sequence[Claim], compose: Compose, *, now: datetime
) -> tuple[list[Draft], list[Movable]]:
    """Draft what has something to say, with the tellings that stay pending in it; end the rest."""
    if not claims:
        return [], []
    revisions = {claim.notice_id: claim.revision + (1 if claim.attempts else 0) for claim in claims}
    composed = compose(connection, revisions, now=now)
    said = pending_in(connection, list(revisions))
    pending: dict[str | None, list[str]] = {}
    for row in said:
        pending.setdefault(row.notice_id, []).append(row.id)
    drafts = []
    for claim in claims:
        message = composed[claim.notice_id]
        telling_ids = tuple(pending.get(claim.notice_id, ()))
        if message is None:
            _end(connection, claim, NoticeState.EMPTY, reason=None, now=now)
        elif isinstance(message, CannotCompose):
            because = dict.fromkeys(telling_ids, Because("template", claim.notice_id))
            move_each(connection, because, Outcome.FAILED, now=now)
            _end(connection, claim, NoticeState.FAILED, reason="template", now=now)
        else:
            revision = revisions[claim.notice_id]
            drafts.append(Draft(claim, revision, message, telling_ids))
    return drafts, said


def _end(
    connection: Connection,
    claim: Claim,
    state: NoticeState,
    *,
    reason: str | None,
    now: datetime,
) -> None:
    connection.execute(
        update(notices)
        .where(notices.c.id == claim.notice_id, notices.c.fence == claim.fence)
        .values(
            state=state.value,
            reason=reason,
            ended_at=now,
            next_attempt_at=None,
            lease_until=None,
        )
    )


def _write(
    connection: Connection, drafts: Sequence[Draft], *, vault: Vault, now: datetime
) -> list[Handover]:
    handovers = [
        Handover(
            draft.claim,
            id_,
            draft.claim.attempts + 1,
            draft.message,
            draft.telling_ids,
            draft.handed_at,
        )
        for id_, draft in zip(new_ids(now, len(drafts)), drafts, strict=True)
    ]
    if not handovers:
        return []
    pairs = list(zip(drafts, handovers, strict=True))
    insert_rows(
        connection,
        attempts,
        _COLUMNS,
        [_attempt_row(draft, handover, vault=vault, now=now) for draft, handover in pairs],
    )
    _count_tries(connection, drafts)
    return handovers


def _because(handovers: Sequence[Handover]) -> dict[str, Because]:
    return {
        telling: Because(None, handover.claim.notice_id, handover.attempt_id)
        for handover in handovers
        for telling in handover.telling_ids
    }


def _count_tries(connection: Connection, drafts: Sequence[Draft]) -> None:
    alike: dict[tuple[int, int, int], list[str]] = {}
    for draft in drafts:
        key = draft.claim.fence, draft.claim.attempts + 1, draft.revision
        alike.setdefault(key, []).append(draft.claim.notice_id)
    for (fence, tries, revision), notice_ids in alike.items():
        connection.execute(
            update(notices)
            .where(among(connection, notices.c.id, notice_ids), notices.c.fence == fence)
            .values(attempts=tries, revision=revision)
        )


def _attempt_row(draft: Draft, handover: Handover, *, vault: Vault, now: datetime) -> Values:
    body = sealed_messages.to_bytes(draft.message)
    return (
        handover.attempt_id,
        draft.claim.notice_id,
        draft.revision,
        draft.claim.fence,
        draft.claim.channel,
        handover.message.out_id,
        now,
        json.dumps(draft.telling_ids),
        sealed_messages.seal(vault, handover.attempt_id, body),
        sealed_messages.fingerprint(body),
    )
