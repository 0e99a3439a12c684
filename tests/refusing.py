"""What fuzz tests ask: whatever is handed in is taken, or refused in so many words."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def expect_refusal(attempt: Callable[[], T], *refusals: type[Exception]) -> T | None:
    """Try something: answer what came of it, None where it was refused with a sentence.

    Any other error goes on, and so fails the test: a traceback is no refusal.
    """
    try:
        return attempt()
    except refusals as refusal:
        said = str(refusal)
    assert said.strip(), "refused without a word"
    return None
