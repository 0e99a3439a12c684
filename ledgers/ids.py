"""Row ids: UUIDv7 made by us, so that a row has its id before it is sealed or written."""

import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from threading import Lock

Draw = Callable[[int], bytes]
"""Answers so many random bytes."""

_NOISE_BITS = 74
_LOW_BITS = 62
_LOW = (1 << _LOW_BITS) - 1
_VARIANT = 0b10 << _LOW_BITS
_lock = Lock()
_last = (0, 0)
_draw: ContextVar[Draw] = ContextVar("draw", default=os.urandom)


@contextmanager
def drawn_from(draw: Draw) -> Iterator[None]:
    """Take the randomness of ids from `draw` meanwhile: a simulation repeats itself to the byte."""
    global _last
    token, _last = _draw.set(draw), (0, 0)
    try:
        yield
    finally:
        _draw.reset(token)
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
    draw = _draw.get()
    steps = struct.unpack(f"{count}I", draw(4 * count))
    with _lock:
        before, noise = _last
        if before != milliseconds or noise >> (_NOISE_BITS - 1):
            noise = int.from_bytes(draw(10)) >> (80 - _NOISE_BITS + 1)
        halves: list[int] = []
        first = milliseconds << 16 | 0x7 << 12
        for step in steps:
            noise += step + 1
            halves += first | noise >> _LOW_BITS, _VARIANT | noise & _LOW
        _last = (milliseconds, noise)
    # All at once: a bulk insert needs tens of thousands.
    digits = struct.pack(f">{2 * count}Q", *halves).hex()
    return [digits[at : at + 32] for at in range(0, 32 * count, 32)]
