"""What hundreds of thousands of rows ask of Python's memory."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 100_000
_ROUNDS = (20, 100)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Look for circular garbage rarely for as long as the block runs.

    Rows are trees and make none; looking through all of them again and again would take a third of
    an import's time. Memory stays bounded: after so many new objects Python looks all the same.
    """
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *_ROUNDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
