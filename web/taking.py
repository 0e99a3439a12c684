"""What the counter for receipts wants of whoever writes them down."""

from collections.abc import Awaitable
from typing import Protocol

from channels.inbound import Heard


class Take(Protocol):
    """Writes down what a channel's far side said.

    Raises:
        Busy: it could not be written now.
    """

    def __call__(self, channel: str, heard: Heard) -> Awaitable[None]: ...


class Busy(Exception):
    """What was handed in could not be written down; the far side should send it again."""
