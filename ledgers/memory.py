"""What hundreds of thousands of rows ask of Python's memory."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_OBJECTS = 100_000
_ROUNDS = (20, 100)
_lock = Lock()
_before: list[tuple[int, int, int]] = []
"""As it was before the first of the blocks that run now, then once more for each other of them."""


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Look for circular garbage rarely for as long as the block, or another one, runs.

    Rows are trees and make none; looking through all of them again and again would take a third of
    an import's time. Memory stays bounded: after so many new objects Python looks all the same.
    """
    with _lock:
        _before.append(_before[0] if _before else gc.get_threshold())
        gc.set_threshold(_OBJECTS, *_ROUNDS)
    try:
        yield
    finally:
        with _lock:
            before = _before.pop()
            if not _before:
                gc.set_threshold(*before)


def give_back() -> None:
    """Give the system what is free; glibc would keep it, other C libraries do it by themselves."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
