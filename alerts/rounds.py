"""What one round of a lane has under way: ready to be sent, being sent, answered."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alerts.attempts import Handover
from alerts.breaker import Breaker
from alerts.settle import Answer


@dataclass(slots=True)
class DeliveryReport:
    """What one round did: attempts by result."""

    claimed: int = 0
    results: Counter[str] = field(default_factory=Counter)

    def add(self, other: "DeliveryReport") -> None:
        """Take in another lane's figures."""
        self.claimed += other.claimed
        self.results += other.results


class Round:
    """Begins a send whenever a place is free, and collects the answers.

    `send` gets a handover, the instant after which it must not begin, and the round. `heard` is told each
    answer at once. `failure` is what a send raised that was no answer: its attempt stays open, and
    is unknown when its claim has run out.
    """

    def __init__(
        self,
        send: Callable[[Handover, datetime, "Round"], Coroutine[Any, Any, Answer]],
        heard: Callable[["Round", Answer], None],
    ) -> None:
        self.report = DeliveryReport()
        self.breaker = Breaker()
        self.kept = Breaker()  # as the database has it
        self.places = 1
        self.batches = 0
        self.more = False  # the last claim was full
        self.halted = False  # the account was refused: nothing more is begun
        self.rest_until: datetime | None = None  # when its limits are worth another look
        self.failure: BaseException | None = None
        self._send = send
        self._heard = heard
        self._ready: deque[tuple[Handover, datetime]] = deque()
        self._under_way: set[asyncio.Task[Answer]] = set()
        self._answered: list[Answer] = []
        self._news = asyncio.Event()
        self._room = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing waits, is under way, or has an answer to be written down."""
        return not (self._ready or self._under_way or self._answered)

    def add(self, handovers: Sequence[Handover], *, by: datetime) -> None:
        """Take what may be sent, and let it begin as places become free."""
        self._ready.extend((handover, by) for handover in handovers)
        self._begin()

    async def room(self, most: int) -> None:
        """Wait until at most so many wait for a place."""
        while len(self._ready) > most:
            self._room.clear()
            await self._room.wait()

    def stir(self) -> None:
        """Let whoever waits for answers look again."""
        self._news.set()

    async def answers(self, *, together: float, enough: int) -> list[Answer]:
        """Wait for news; answer what came back by then, or within so many seconds after."""
        await self._news.wait()
        self._news.clear()
        if self._answered:
            with suppress(TimeoutError):
                async with asyncio.timeout(together):
                    while self._under_way and len(self._answered) < enough:
                        await self._news.wait()
                        self._news.clear()
        answered, self._answered = self._answered, []
        return answered

    def _begin(self) -> None:
        while self._ready and len(self._under_way) < self.places:
            task = asyncio.create_task(self._send(*self._ready.popleft(), self))
            self._under_way.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[Answer]") -> None:
        self._under_way.discard(task)
        if task.cancelled():
            self.failure = asyncio.CancelledError()
        elif error := task.exception():
            self.failure = error
        else:
            answer = task.result()
            self._answered.append(answer)
            self._heard(self, answer)
        self._begin()
        self._room.set()
        self._news.set()
