"""Row ids: UUIDv7 made by us, so that a row has its id before it is sealed or written."""

import os
import struct
from datetime import datetime
from threading import Lock

_NOISE_BITS = 74
_LOW_BITS = 62
_LOW = (1 << _LOW_BITS) - 1
_VARIANT = 0b10 << _LOW_BITS
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
    steps = struct.unpack(f"{count}I", os.urandom(4 * count))
    with _lock:
        before, noise = _last
        if before != milliseconds or noise >> (_NOISE_BITS - 1):
            noise = int.from_bytes(os.urandom(10)) >> (80 - _NOISE_BITS + 1)
        ids = []
        for step in steps:
            noise += step + 1
            # In two halves: small numbers are quicker than large ones.
            high = milliseconds << 16 | 0x7 << 12 | noise >> _LOW_BITS
            ids.append(f"{high:016x}{_VARIANT | noise & _LOW:016x}")
        _last = (milliseconds, noise)
    return ids
