"""What stand-ins for vendors of SMS have in common: what they took, and what became of it."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from channels.inbound import Inbound
from tests.emulators.http import HttpEmulator
from tests.emulators.texts import Sms


class VendorEmulator(HttpEmulator):
    """One account with one signature. `ARRIVED` is the code with which carriers report success."""

    ARRIVED: ClassVar[str]

    def __init__(self, clock: Callable[[], datetime], *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self.sent = list[Sms]()
        self._clock = clock

    def settle(self, *, arrived: bool = True, reason: str = "") -> None:
        """Let the carriers say what became of all that is on its way."""
        for sms in self.sent:
            if sms.arrived is None:
                sms.arrived, sms.said_at = arrived, self._clock()
                sms.reason = reason or self.ARRIVED

    @abstractmethod
    def push(self) -> Inbound:
        """Make the request that hands in all receipts there are."""
