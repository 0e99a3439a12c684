"""One round of a channel's lane, and what far sides say or keep back."""

import asyncio

from alerts.deliver import Lane
from alerts.rounds import DeliveryReport
from channels.memory import MemoryChannel
from channels.protocol import FailureReason, Message, Receipt, Refused, Unknown

BUSY = Refused(FailureReason.TEMPORARY, "451 at dot")
GONE = Refused(FailureReason.ADDRESS_REFUSED, "550 at rcpt", permanent=True)
LOST = Unknown(FailureReason.NO_ANSWER, "after dot")
DOWN = Refused(FailureReason.UNREACHABLE, "connect")
LOCKED_OUT = Refused(FailureReason.AUTHENTICATION, "535 at auth", account_wide=True)


def run_once(lane: Lane) -> DeliveryReport:
    """Do one round of a lane."""
    return asyncio.run(lane.run_once())


class Gated:
    """A channel that answers only when let."""

    kind = "slow"
    reader_class = MemoryChannel().reader_class

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.reached = asyncio.Event()

    async def send(self, message: Message) -> Receipt:
        """Say that it was reached, and wait."""
        self.reached.set()
        await self.gate.wait()
        return Receipt()

    async def close(self) -> None:
        """Hold nothing."""
