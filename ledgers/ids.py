"""Row ids: UUIDv7 made by us, so that a row has its id before it is sealed or written."""

import os
from datetime import datetime
from threading import Lock

_NOISE_BITS = 74
_lock = Lock()
_last = (0, 0)


def new_id(now: datetime) -> str:
    """Answer a UUIDv7 (RFC 9562) as 32 hex digits.

    Ids of a later millisecond sort later; of one millisecond, in the order this process made them
    (the RFC's method 2: a random number that grows by random steps).
    """
    return new_ids(now, 1)[0]


def new_ids(now: datetime, count: int) -> list[str]:
    """Answer `count` ids of one instant in rising order, drawing the randomness at once."""
    global _last
    milliseconds = int(now.timestamp() * 1000)
    steps = os.urandom(4 * count)
    with _lock:
        before, noise = _last
        if before != milliseconds or noise >> (_NOISE_BITS - 1):
            noise = int.from_bytes(os.urandom(10)) >> (80 - _NOISE_BITS + 1)
        ids = []
        for at in range(0, 4 * count, 4):
            noise += int.from_bytes(steps[at : at + 4]) + 1
            ids.append(f"{_compose(milliseconds, noise):032x}")
        _last = (milliseconds, noise)
    return ids


def _compose(milliseconds: int, noise: int) -> int:
    low = noise & ((1 << 62) - 1)
    high = noise >> 62
    return milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
