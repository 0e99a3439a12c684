"""What becomes of a notice that its channel did not bring to its reader: the next route, or none."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, func, insert, select, update

from alerts.claims import Claim
from alerts.closing import end_closed
from alerts.outcomes import Because, move_each, move_said
from alerts.states import NoticeState, Outcome
from alerts.tables import attempts, notices, tellings
from config.lean import dataclass
from ledgers.ids import new_id


@dataclass(frozen=True, slots=True)
class Reroute:
    """Where a notice may go next: a channel, and the person it then reaches."""

    channel: str
    person_id: str
    role: str
    relayed: bool = False  # that person passes it on


class Routes(Protocol):
    """Knows whom else a notice could reach, and how."""

    def after(
        self, connection: Connection, claim: Claim, tried: frozenset[str], *, now: datetime
    ) -> Reroute | None:
        """Answer the next route, or None when all are used up."""
        ...


@dataclass(frozen=True, slots=True)
class Fallen:
    """A notice that ends undelivered, with what it said. `attempt_id` None: it was never tried.

    `avoid` are channels that would do it no good.
    """

    claim: Claim
    telling_ids: tuple[str, ...]
    reason: str
    may_repeat: bool = False
    attempt_id: str | None = None
    avoid: frozenset[str] = frozenset()


def take_next_route(
    connection: Connection,
    fallen: Fallen,
    routes: Routes,
    *,
    now: datetime,
    or_else_keep: bool = False,
) -> bool:
    """End a notice as failed, and let what it said go on by the next route; answer if there is one.

    An echo that went out, or still may, is the next route; one that fails itself has none.
    Without one its tellings are failed, or all stays as it is. Those of alerts that were closed
    meanwhile end with them.
    """
    claim = fallen.claim
    if _is_echo(connection, claim.notice_id):
        if or_else_keep:
            return False
        end_failed(connection, claim.notice_id, fallen.reason, now=now)
        return False
    if _hand_to_echo(connection, fallen, now=now):
        return True
    tried = _tried_channels(connection, claim) | fallen.avoid
    route = routes.after(connection, claim, tried, now=now)
    if route is None and or_else_keep:
        return False
    end_failed(connection, claim.notice_id, fallen.reason, now=now)
    if route is None:
        because = Because(fallen.reason, claim.notice_id, fallen.attempt_id)
        failed = dict.fromkeys(fallen.telling_ids, because)
        move_each(connection, failed, Outcome.FAILED, now=now)
        return False
    _reroute(connection, fallen, route, now=now)
    return True


def end_failed(connection: Connection, notice_id: str, reason: str, *, now: datetime) -> None:
    """End a notice as a dead letter, without its bytes."""
    connection.execute(
        update(notices)
        .where(notices.c.id == notice_id)
        .values(
            state=NoticeState.FAILED.value,
            reason=reason,
            ended_at=now,
            next_attempt_at=None,
            lease_until=None,
        )
    )
    connection.execute(
        update(attempts).where(attempts.c.notice_id == notice_id).values(sealed_body=None)
    )


def _is_echo(connection: Connection, notice_id: str) -> bool:
    query = select(notices.c.echo_of).where(notices.c.id == notice_id)
    return connection.execute(query).scalar_one() is not None


def _hand_to_echo(connection: Connection, fallen: Fallen, *, now: datetime) -> bool:
    """Let an echo take over what its notice could not bring; the others echo that one from here on."""
    old = fallen.claim.notice_id
    echoes = connection.execute(
        select(notices.c.id, notices.c.state)
        .where(notices.c.echo_of == old, notices.c.state.not_in(_CARRIES_NOTHING))
        .order_by(notices.c.id)
        .with_for_update()
    ).all()
    if not echoes:
        return False
    best = min(echoes, key=lambda row: _BEST_FIRST.get(row.state, len(_BEST_FIRST)))
    end_failed(connection, old, fallen.reason, now=now)
    because = dict.fromkeys(fallen.telling_ids, Because(fallen.reason, best.id, fallen.attempt_id))
    if best.state in _BEST_FIRST:
        _say_as(connection, because, NoticeState(best.state), now=now)
    else:
        move_each(connection, because, Outcome.PENDING, now=now)
    connection.execute(
        update(tellings)
        .where(tellings.c.id.in_(fallen.telling_ids), tellings.c.notice_id == old)
        .values(notice_id=best.id)
    )
    connection.execute(update(notices).where(notices.c.id == best.id).values(echo_of=None))
    connection.execute(update(notices).where(notices.c.echo_of == old).values(echo_of=best.id))
    end_closed(connection, fallen.telling_ids, now=now)
    return True


def _say_as(
    connection: Connection, because: Mapping[str, Because], state: NoticeState, *, now: datetime
) -> None:
    """Move tellings to where a notice is that said them."""
    move_each(connection, because, Outcome.SENDING, now=now)
    move_said(connection, because, now=now)
    if state is NoticeState.DELIVERED:
        move_each(connection, because, Outcome.DELIVERED, now=now)


_BEST_FIRST = {NoticeState.DELIVERED.value: 0, NoticeState.SENT.value: 1}
_CARRIES_NOTHING = (NoticeState.FAILED.value, NoticeState.EMPTY.value)


def _tried_channels(connection: Connection, claim: Claim) -> frozenset[str]:
    slot = select(notices.c.slot).where(notices.c.id == claim.notice_id).scalar_subquery()
    return frozenset(
        connection.execute(
            select(notices.c.channel).where(
                notices.c.person_id == claim.person_id,
                notices.c.slot == slot,
                notices.c.state == NoticeState.FAILED.value,
            )
        ).scalars()
    ) | {claim.channel}


def _reroute(connection: Connection, fallen: Fallen, route: Reroute, *, now: datetime) -> None:
    claim = fallen.claim
    old = connection.execute(select(notices).where(notices.c.id == claim.notice_id)).one()
    said_before = connection.execute(
        select(func.max(notices.c.revision)).where(
            notices.c.person_id == route.person_id,
            notices.c.channel == route.channel,
            notices.c.slot == old.slot,
        )
    ).scalar_one()
    notice_id = new_id(now)
    patience: timedelta = old.give_up_at - old.due_at
    connection.execute(
        insert(notices),
        [
            {
                "id": notice_id,
                "person_id": route.person_id,
                "channel": route.channel,
                "slot": old.slot,
                "revision": (said_before or 0) + 1,
                "class": old._mapping["class"],
                "role": route.role,
                "state": NoticeState.PENDING.value,
                "made_at": now,
                "due_at": old.due_at,
                "next_attempt_at": now,
                "give_up_at": now + patience,
                "may_repeat": fallen.may_repeat,
            }
        ],
    )
    because = dict.fromkeys(
        fallen.telling_ids, Because(fallen.reason, notice_id, fallen.attempt_id)
    )
    moved = move_each(connection, because, Outcome.PENDING, now=now)
    goes_on: dict[str, str] = {"notice_id": notice_id}
    if route.relayed:
        goes_on["via"] = route.person_id
    # Also what was pending all along: its notice was never handed over.
    connection.execute(
        update(tellings)
        .where(
            tellings.c.id.in_(fallen.telling_ids),
            tellings.c.notice_id == claim.notice_id,
            tellings.c.state == Outcome.PENDING.value,
        )
        .values(goes_on)
    )
    end_closed(connection, moved, now=now)
