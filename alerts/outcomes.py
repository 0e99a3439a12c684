"""Every move of a telling: the only writer of `tellings.state`, and of the rows that prove it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from alerts.states import MOVES, Outcome
from alerts.tables import outcomes, tellings
from config.lean import dataclass
from ledgers.among import among
from ledgers.bulk import Values, insert_rows
from ledgers.ids import new_ids

_COLUMNS = ("id", "telling_id", "at", "was", "became", "reason", "notice_id", "attempt_id")
_BATCH = 500
"""Ids in one IN list: well under SQLite's limit of bound values."""

Movable = Row[str, str, str | None, str | None]
"""A telling that may move: its id, state, notice and the person it goes through."""


@dataclass(frozen=True, slots=True)
class NewTelling:
    """One step to be told to one person. `reason` and `merged_into` only where it ends at once."""

    id: str
    step_id: str
    alert_id: str
    person_id: str
    role: str
    state: Outcome = Outcome.PENDING
    reason: str | None = None
    via: str | None = None
    notice_id: str | None = None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class Because:
    """What stands beside a move in the outcomes rows."""

    reason: str | None = None
    notice_id: str | None = None
    attempt_id: str | None = None


def make(connection: Connection, rows: Sequence[NewTelling], *, now: datetime) -> None:
    """Insert tellings, each with its first outcomes row.

    Raises:
        IntegrityError: the step was already told to the person (a key of DESIGN.md 3, 2).
    """
    if not rows:
        return
    connection.execute(
        insert(tellings),
        [
            {
                "id": row.id,
                "step_id": row.step_id,
                "alert_id": row.alert_id,
                "person_id": row.person_id,
                "role": row.role,
                "state": row.state.value,
                "reason": row.reason,
                "via": row.via,
                "notice_id": row.notice_id,
                "merged_into": row.merged_into,
                "made_at": now,
            }
            for row in rows
        ],
    )
    connection.execute(
        insert(outcomes),
        [
            {
                "id": id_,
                "telling_id": row.id,
                "at": now,
                "was": None,
                "became": row.state.value,
                "reason": row.reason,
                "notice_id": row.notice_id,
                "attempt_id": None,
            }
            for id_, row in zip(new_ids(now, len(rows)), rows, strict=True)
        ],
    )


def move(
    connection: Connection,
    telling_ids: Sequence[str],
    became: Outcome,
    *,
    now: datetime,
    reason: str | None = None,
) -> int:
    """Move the tellings that may move there, and answer how many did.

    A telling whose state does not allow the move stays as it is: whoever came first was right.
    """
    because = dict.fromkeys(telling_ids, Because(reason))
    return len(move_each(connection, because, became, now=now))


def move_each(
    connection: Connection, because: Mapping[str, Because], became: Outcome, *, now: datetime
) -> list[str]:
    """Move many tellings at once, each for its own cause; answer the ids that did move.

    A telling stays in its notice: `Because.notice_id` is only written down.
    """
    moved: list[str] = []
    for batch in _batches(list(because)):
        movable = _movable(connection, batch, became)
        _write(connection, movable, became, because, now=now)
        moved += [row.id for row in movable]
    return moved


def pending_in(connection: Connection, notice_ids: Sequence[str]) -> list[Movable]:
    """Answer what notices have yet to say, locked for the caller."""
    said = tellings.c
    query = select(said.id, said.state, said.notice_id, said.via).where(
        among(connection, said.notice_id, notice_ids), said.state == Outcome.PENDING.value
    )
    return list(connection.execute(query.with_for_update()).all())


def begin_sending(
    connection: Connection,
    because: Mapping[str, Because],
    known: Sequence[Movable],
    *,
    now: datetime,
) -> None:
    """Move tellings that are being sent; those the caller has locked are not asked for again."""
    mine = [row for row in known if row.id in because]
    _write(connection, mine, Outcome.SENDING, because, now=now)
    rest = because.keys() - {row.id for row in mine}
    move_each(connection, {id_: because[id_] for id_ in rest}, Outcome.SENDING, now=now)


def move_said(connection: Connection, because: Mapping[str, Because], *, now: datetime) -> None:
    """Move what a notice said: what its reader passes on is relayed, the rest is sent."""
    for batch in _batches(list(because)):
        movable = _movable(connection, batch, Outcome.SENT)
        for became, rows in (
            (Outcome.SENT, [row for row in movable if row.via is None]),
            (Outcome.RELAYED, [row for row in movable if row.via is not None]),
        ):
            _write(connection, rows, became, because, now=now)


def sources_of(became: Outcome) -> list[str]:
    """Answer the states from which a telling may move to `became`."""
    return [source.value for source, targets in MOVES.items() if became in targets]


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(ids), _BATCH):
        yield ids[at : at + _BATCH]


def _movable(connection: Connection, ids: Sequence[str], became: Outcome) -> Sequence[Movable]:
    query = select(tellings.c.id, tellings.c.state, tellings.c.notice_id, tellings.c.via)
    return connection.execute(
        query.where(
            among(connection, tellings.c.id, ids), tellings.c.state.in_(sources_of(became))
        ).with_for_update()
    ).all()


def _write(
    connection: Connection,
    movable: Sequence[Movable],
    became: Outcome,
    because: Mapping[str, Because],
    *,
    now: datetime,
) -> None:
    if not movable:
        return
    for reason, ids in _by_reason([row.id for row in movable], because).items():
        connection.execute(
            update(tellings)
            .where(among(connection, tellings.c.id, ids))
            .values(state=became.value, reason=reason)
        )
    insert_rows(connection, outcomes, _COLUMNS, list(_rows(movable, became, now, because)))


def _by_reason(ids: Sequence[str], because: Mapping[str, Because]) -> dict[str | None, list[str]]:
    grouped: dict[str | None, list[str]] = {}
    for id_ in ids:
        grouped.setdefault(because[id_].reason, []).append(id_)
    return grouped


def _rows(
    movable: Sequence[Movable],
    became: Outcome,
    now: datetime,
    because: Mapping[str, Because],
) -> Iterator[Values]:
    for id_, row in zip(new_ids(now, len(movable)), movable, strict=True):
        cause = because[row.id]
        notice_id = cause.notice_id or row.notice_id
        yield id_, row.id, now, row.state, became.value, cause.reason, notice_id, cause.attempt_id
