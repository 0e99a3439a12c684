"""Row ids: UUIDv7 made by us, so that a row has its id before it is sealed or written."""

import os
from datetime import datetime


def new_id(now: datetime) -> str:
    """Answer a UUIDv7 (RFC 9562) as 32 hex digits; ids of a later millisecond sort later."""
    milliseconds = int(now.timestamp() * 1000)
    noise = int.from_bytes(os.urandom(10))
    return f"{_compose(milliseconds, noise):032x}"


def new_ids(now: datetime, count: int) -> list[str]:
    """Answer `count` ids of one instant, drawing the randomness at once (bulk writes)."""
    milliseconds = int(now.timestamp() * 1000)
    noise = os.urandom(10 * count)
    pieces = (int.from_bytes(noise[at : at + 10]) for at in range(0, 10 * count, 10))
    return [f"{_compose(milliseconds, piece):032x}" for piece in pieces]


def _compose(milliseconds: int, noise: int) -> int:
    low = noise & ((1 << 62) - 1)
    high = (noise >> 62) & ((1 << 12) - 1)
    return milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
