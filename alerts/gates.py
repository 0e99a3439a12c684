"""What lets a channel's messages through at the pace its limits allow; the others keep their turn."""

from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import datetime

from sqlalchemy import Connection, bindparam, update

from alerts import budgets, rates
from alerts.attempts import Draft, Handover
from alerts.claims import put_off
from alerts.rates import Counted, Limits, Place
from alerts.states import NoticeState
from alerts.tables import notices
from channels.protocol import Load, Message
from config.lean import dataclass
from ledgers.sealing import Vault


@dataclass(frozen=True, slots=True)
class Room:
    """How many messages may be handed over now; with none, when it is worth another look."""

    messages: int | None = None  # None: any number
    free_at: datetime | None = None


_GO_ON = ("urgent", "operator")
"""Classes of notices that a spent budget does not hold back."""


@dataclass(slots=True)
class Admitted:
    """What a gate made of drafts, in their order.

    `waiting` are for a limit of their own addressee and come back by themselves. `turned_back` are
    for the channel's: the first of them goes first at `free_at`, whatever comes meanwhile.
    `too_heavy` would never get through.
    """

    drafts: list[Draft] = field(default_factory=list)
    waiting: list[tuple[Draft, datetime]] = field(default_factory=list)
    turned_back: list[Draft] = field(default_factory=list)
    too_heavy: list[Draft] = field(default_factory=list)
    free_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """Holds one channel to its limits. Works in the caller's unit, under the counter's lock.

    `weigh` answers what a message costs, `allowed` moves an instant out of quiet hours.
    """

    limits: Limits
    weigh: Callable[[Message], Load]
    vault: Vault
    allowed: Callable[[datetime], datetime]

    def open(self, connection: Connection, channel: str, *, now: datetime) -> Room:
        """Take the counter's lock and answer what there is room for.

        When the day's budget is spent, what is due on the channel waits for the next day.
        """
        limits, budget = self.limits, self.limits.budget
        rates.lock(connection, limits)
        if budget and budgets.is_spent(connection, limits.counter, budget, now=now):
            _, tomorrow = budget.day(now)
            put_off(connection, channel, now=now, until=self.allowed(tomorrow), but=_GO_ON)
        counts = rates.used(connection, limits, now=now)
        if not counts:
            return Room()
        free = min(rate.count - used for rate, used in zip(limits.rates, counts, strict=True))
        if free > 0:
            return Room(free)
        return Room(0, rates.free_at(connection, limits, 1, now=now))

    def admit(self, connection: Connection, drafts: Sequence[Draft], *, now: datetime) -> Admitted:
        """Let through what fits now; what does not is let go of, and that is no attempt."""
        sieve = _Sieve(self, connection, drafts, now=now)
        for draft in drafts:
            sieve.take(draft)
        found = sieve.found
        _let_go(connection, found.waiting + [(draft, now) for draft in found.turned_back])
        return found

    def reserve(
        self, connection: Connection, handovers: Sequence[Handover], *, now: datetime
    ) -> None:
        """Write into the log what is about to be handed over."""
        places = [
            Place(one.attempt_id, self.weigh(one.message), self.addressee(one.message))
            for one in handovers
        ]
        rates.reserve(connection, self.limits, places, now=now)

    def forget(self, connection: Connection, *, now: datetime) -> None:
        """Delete what counts no more."""
        rates.forget(connection, self.limits, now=now)

    def addressee(self, message: Message) -> str | None:
        """Answer what an address is counted under, which tells nobody what it is."""
        if not self.limits.per_person:
            return None
        return self.vault.lookup("sent to", message.address)


@dataclass(slots=True)
class Passage:
    """What one unit lets through (`alerts.attempts.Passing`), and what it keeps back.

    It may be asked again about the same notices, after their first turn was undone.
    """

    gate: Gate
    free_at: datetime | None = None
    turned_back: set[str] = field(default_factory=set)
    too_heavy: dict[str, Draft] = field(default_factory=dict)

    def admit(
        self, connection: Connection, drafts: Sequence[Draft], *, now: datetime
    ) -> Sequence[Draft]:
        """Let through what fits now."""
        admitted = self.gate.admit(connection, drafts, now=now)
        self.free_at = admitted.free_at or self.free_at
        self.turned_back -= {draft.claim.notice_id for draft in drafts}
        self.turned_back |= {draft.claim.notice_id for draft in admitted.turned_back}
        self.too_heavy |= {draft.claim.notice_id: draft for draft in admitted.too_heavy}
        return admitted.drafts

    def reserve(
        self, connection: Connection, handovers: Sequence[Handover], *, now: datetime
    ) -> None:
        """Reserve the places of what is handed over."""
        self.gate.reserve(connection, handovers, now=now)


class _Sieve:
    """Takes one draft after the other, each with what the ones before it left."""

    def __init__(
        self, gate: Gate, connection: Connection, drafts: Sequence[Draft], *, now: datetime
    ) -> None:
        self.found = Admitted()
        self._gate = gate
        self._connection = connection
        self._now = now
        self._taken = 0
        self._used = rates.used(connection, gate.limits, now=now)
        addressees = {found for draft in drafts if (found := gate.addressee(draft.message))}
        self._handed = rates.handed_to(connection, gate.limits, addressees, now=now)
        budget, counter = gate.limits.budget, gate.limits.counter
        self._parts = 0
        if budget is not None:
            self._parts = budgets.used_parts(connection, counter, budget, now=now)

    def take(self, draft: Draft) -> None:
        """Put a draft where it belongs."""
        load = self._gate.weigh(draft.message)
        limits, found = self._gate.limits, self.found
        if limits.heaviest is not None and load.messages > limits.heaviest:
            found.too_heavy.append(draft)
        elif found.turned_back or not self._fits(load):
            found.turned_back.append(draft)
        elif (at := max(self._paid_at(draft, load), self._free_at(draft, load))) > self._now:
            found.waiting.append((draft, at if draft.claim.urgent else self._gate.allowed(at)))
        else:
            self._count(draft, load)

    def _fits(self, load: Load) -> bool:
        wanted = self._taken + load.messages
        pairs = zip(self._gate.limits.rates, self._used, strict=True)
        if all(used + wanted <= rate.count for rate, used in pairs):
            return True
        self.found.free_at = rates.free_at(
            self._connection, self._gate.limits, load.messages, taken=self._taken, now=self._now
        )
        return False

    def _paid_at(self, draft: Draft, load: Load) -> datetime:
        """Answer when the budget has enough; what may not wait for it goes now."""
        limits, budget = self._gate.limits, self._gate.limits.budget
        if budget is None or draft.claim.klass in _GO_ON:
            return self._now
        if self._parts + load.parts <= budget.parts:
            return self._now
        budgets.spend(self._connection, limits.counter, budget, now=self._now)
        return budget.day(self._now)[1]

    def _free_at(self, draft: Draft, load: Load) -> datetime:
        """Answer when the addressee may get another."""
        addressee = self._gate.addressee(draft.message)
        if addressee is None:
            return self._now
        counted = self._handed[addressee]
        return max(
            rates.fits_at(rate, counted, load.messages, now=self._now)
            for rate in self._gate.limits.per_person
        )

    def _count(self, draft: Draft, load: Load) -> None:
        self._taken += load.messages
        self._parts += load.parts
        if addressee := self._gate.addressee(draft.message):
            self._handed[addressee].append(Counted(self._now, load.messages))
        self.found.drafts.append(draft)


def _let_go(connection: Connection, waiting: Sequence[tuple[Draft, datetime]]) -> None:
    """Give claims back as they were, to be due again at their instants."""
    if not waiting:
        return
    connection.execute(
        update(notices)
        .where(notices.c.id == bindparam("notice"), notices.c.fence == bindparam("fence_"))
        .values(
            state=bindparam("state_"),
            next_attempt_at=bindparam("at_"),
            lease_until=None,
        ),
        [
            {
                "notice": draft.claim.notice_id,
                "fence_": draft.claim.fence,
                "state_": _waiting_state(draft),
                "at_": at,
            }
            for draft, at in waiting
        ],
    )


def _waiting_state(draft: Draft) -> str:
    return (NoticeState.PENDING if draft.handed_at is None else NoticeState.UNKNOWN).value
