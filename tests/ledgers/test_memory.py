"""Bulk work looks for circular garbage rarely, and leaves Python as it was."""

import gc

import pytest

from ledgers.memory import collecting_rarely


def fail_rarely_collecting(before: int) -> None:
    """Do some work that fails."""
    with collecting_rarely():
        assert gc.isenabled()
        assert gc.get_threshold()[0] > before
        raise KeyError


def test_garbage_is_looked_for_rarely_and_then_as_before() -> None:
    """Also when the work fails."""
    before = gc.get_threshold()
    with pytest.raises(KeyError):
        fail_rarely_collecting(before[0])
    assert gc.get_threshold() == before


def test_two_at_once_leave_python_as_it_was() -> None:
    """Whichever ends first: two imports may run side by side."""
    before = gc.get_threshold()
    one, other = collecting_rarely(), collecting_rarely()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert gc.get_threshold()[0] > before[0]
    other.__exit__(None, None, None)
    assert gc.get_threshold() == before
