"""Notices of one slot: found, joined or made; at most one open per person, channel and class."""

import hashlib
from collections.abc import Iterable
from dataclasses import field
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from alerts.directory import OPERATOR, batches
from alerts.matters import Matter, MatterKind, open_matters
from alerts.outcomes import move
from alerts.recipients import Addressee
from alerts.staggering import Staggers
from alerts.states import NoticeState, Outcome
from alerts.tables import notices, tellings
from config.lean import dataclass
from ledgers.ids import new_id
from ledgers.tables import site_state

DELIVERY_HELD = "delivery_held"
"""Fact in `site_state`: an operator must look before anything goes out (restore, clock jump)."""

LATE = "late"
"""Reason on a notice that is not published yet: something in it should have gone out earlier."""

_HELD = select(site_state.c.name).where(site_state.c.name == DELIVERY_HELD)
_UNPUBLISHED = (
    select(
        notices.c.id,
        notices.c.reason,
        notices.c.state,
        notices.c.channel,
        notices.c.person_id,
        notices.c.due_at,
    )
    .where(
        notices.c.slot == bindparam("of_slot"),
        notices.c.ended_at.is_(None),
        notices.c.next_attempt_at.is_(None),
    )
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class Opening:
    """One slot that is being opened. `cap`: how many notices a person may get in a period."""

    slot: str
    klass: str
    due_at: datetime
    patience: timedelta
    cap: tuple[int, datetime, datetime] | None = None


@dataclass(slots=True)
class Desk:
    """The notices that the addressees of one batch may be told in. Lives as long as its unit."""

    connection: Connection
    opening: Opening
    now: datetime
    held: set[str] = field(default_factory=set)
    _open: dict[Addressee, str] = field(default_factory=dict)
    _full: set[Addressee] = field(default_factory=set)
    _new: dict[str, Addressee] = field(default_factory=dict)
    _late: set[str] = field(default_factory=set)
    _all_held: bool = False

    def prepare(self, addressees: Iterable[Addressee]) -> None:
        """Look up, in a few queries, which notices the batch can join and who has had enough.

        A notice still waiting for its first or next try is joined, and locked so that nobody
        claims it meanwhile; one under way or without an answer is not, its bytes are fixed.
        """
        wanted = sorted(addressees, key=lambda a: (a.person, a.channel, a.role))
        # The operator's own notice says why everything else is held.
        self._all_held = self.opening.klass != OPERATOR and self._is_delivery_held()
        joinable, taken = self._notices_of([addressee.person for addressee in wanted])
        counts = self._counts([addressee.person for addressee in wanted])
        for addressee in wanted:
            key = addressee.person, addressee.channel
            if notice := joinable.get(key):
                self._open[addressee] = notice
            elif key in taken or self._had_enough(counts.get(addressee.person, 0)):
                self._full.add(addressee)

    def place(self, addressee: Addressee, *, late: bool) -> str | None:
        """Answer the notice for an addressee; None: they get no further one in this period."""
        if addressee in self._full:
            return None
        notice = self._open.get(addressee) or self._same_inbox(addressee)
        if notice is None:
            notice = new_id(self.now)
            self._new[notice] = addressee
            if self._all_held:
                self.held.add(notice)
        self._open[addressee] = notice
        if late:
            self._late.add(notice)
        return notice

    def write(self) -> int:
        """Insert the new notices, unpublished; answer how many."""
        if self._new:
            rows = [self._row(notice, addressee) for notice, addressee in self._new.items()]
            self.connection.execute(insert(notices), rows)
        joined_late = self._late - self._new.keys()
        if joined_late:
            self.connection.execute(
                update(notices)
                .where(notices.c.id.in_(joined_late), notices.c.next_attempt_at.is_(None))
                .values(reason=LATE)
            )
        return len(self._new)

    def _same_inbox(self, addressee: Addressee) -> str | None:
        """Answer the notice a person reached under two roles gets already."""
        return next(
            (
                notice
                for other, notice in self._open.items()
                if (other.person, other.channel) == (addressee.person, addressee.channel)
            ),
            None,
        )

    def _is_delivery_held(self) -> bool:
        return self.connection.execute(_HELD).first() is not None

    def _notices_of(
        self, persons: list[str]
    ) -> tuple[dict[tuple[str, str], str], set[tuple[str, str]]]:
        joinable: dict[tuple[str, str], str] = {}
        taken: set[tuple[str, str]] = set()
        same_class = and_(notices.c["class"] == self.opening.klass, notices.c.ended_at.is_(None))
        for batch in batches(persons):
            rows = self.connection.execute(
                select(
                    notices.c.id,
                    notices.c.person_id,
                    notices.c.channel,
                    notices.c.slot,
                    notices.c.state,
                    notices.c.echo_of,
                )
                .where(
                    notices.c.person_id.in_(batch),
                    same_class | (notices.c.slot == self.opening.slot),
                )
                .order_by(notices.c.id)
                .with_for_update()
            )
            for row in rows:
                key = row.person_id, row.channel
                is_open = row.state in (NoticeState.PENDING.value, NoticeState.HELD.value)
                if is_open and row.echo_of is None:
                    joinable[key] = row.id
                    if row.state == NoticeState.HELD.value:
                        self.held.add(row.id)
                elif row.slot == self.opening.slot:
                    taken.add(key)
        return joinable, taken

    def _counts(self, persons: list[str]) -> dict[str, int]:
        if self.opening.cap is None:
            return {}
        _, begins, ends = self.opening.cap
        counts: dict[str, int] = {}
        for batch in batches(persons):
            rows = self.connection.execute(
                select(notices.c.person_id, func.count())
                .where(
                    notices.c.person_id.in_(batch),
                    notices.c["class"] == self.opening.klass,
                    notices.c.state != NoticeState.EMPTY.value,
                    notices.c.due_at >= begins,
                    notices.c.due_at < ends,
                )
                .group_by(notices.c.person_id)
            )
            counts.update((row[0], row[1]) for row in rows)
        return counts

    def _had_enough(self, count: int) -> bool:
        return self.opening.cap is not None and count >= self.opening.cap[0]

    def _row(self, notice: str, addressee: Addressee) -> dict[str, object]:
        held = notice in self.held
        return {
            "id": notice,
            "person_id": addressee.person,
            "channel": addressee.channel,
            "slot": self.opening.slot,
            "class": self.opening.klass,
            "role": addressee.role,
            "state": (NoticeState.HELD if held else NoticeState.PENDING).value,
            "made_at": self.now,
            "due_at": self.opening.due_at,
            "give_up_at": self.opening.due_at + self.opening.patience,
            "reason": LATE if notice in self._late else None,
        }


def lock_opening(connection: Connection, name: str) -> None:
    """Let one daemon at a time open a slot, until the transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(f"slot {name}".encode()).digest()[:8], signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def publish(
    connection: Connection,
    opening: Opening,
    *,
    hold_over: int,
    now: datetime,
    staggers: Staggers | None = None,
) -> tuple[int, int]:
    """Let delivery see the notices of a slot; answer how many there are, and how many are held.

    More late ones than `hold_over` are a backlog: these wait until an operator has looked. What goes
    out at a full or half hour waits a little longer where `staggers` has its channel.
    """
    rows = connection.execute(_UNPUBLISHED, {"of_slot": opening.slot}).all()
    late = [row.id for row in rows if row.reason == LATE]
    if len(late) > hold_over:
        _hold(connection, late, opening, now=now)
    for batch in batches([row.id for row in rows]):
        connection.execute(
            update(notices).where(notices.c.id.in_(batch)).values(next_attempt_at=notices.c.due_at)
        )
    if staggers is not None:
        staggers.apply(connection, rows)
    held = {row.id for row in rows if row.state == NoticeState.HELD.value}
    return len(rows), len(held.union(late) if len(late) > hold_over else held)


def _hold(connection: Connection, late: list[str], opening: Opening, *, now: datetime) -> None:
    for batch in batches(late):
        connection.execute(
            update(notices)
            .where(notices.c.id.in_(batch))
            .values(state=NoticeState.HELD.value, reason="backlog")
        )
        inside = connection.execute(
            select(tellings.c.id).where(tellings.c.notice_id.in_(batch))
        ).scalars()
        move(connection, list(inside), Outcome.HELD, now=now, reason="backlog")
    backlog = Matter(MatterKind.BACKLOG_HELD, opening.slot, detail={"count": len(late)})
    open_matters(connection, [backlog], now=now)
