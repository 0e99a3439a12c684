"""Messages of several parts: each part is taken once, however often the message is tried."""

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.parts import hand_over_parts
from channels.protocol import ChannelError, FailureReason, Receipt, Refused, Tools, Unknown
from channels.stores import MemoryStore

NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)
BUSY = Refused(FailureReason.RATE_LIMITED, "45009")
NEVER = Refused(FailureReason.CONTENT_REFUSED, "40008", permanent=True)
LOST = Unknown(FailureReason.NO_ANSWER)


class Far:
    """Takes parts, or fails as it is told."""

    def __init__(self, failures: list[ChannelError | None]) -> None:
        self._failures = failures
        self.taken: list[str] = []

    async def take(self, part: str) -> Receipt:
        """Take one."""
        failure = self._failures.pop(0) if self._failures else None
        if failure is not None:
            raise failure
        self.taken.append(part)
        return Receipt(part)


def tools() -> Tools:
    """Make a store of a test's own."""
    return Tools(MemoryStore(lambda: NOW), lambda: NOW)


def tried(far: Far, parts: list[str], own: Tools) -> Receipt | ChannelError:
    """Try once."""

    async def run() -> Receipt | ChannelError:
        try:
            return await hand_over_parts("n-1", parts, far.take, tools=own)
        except ChannelError as error:
            return error

    return asyncio.run(run())


def test_the_last_receipt_stands_for_all() -> None:
    """In the order of the parts."""
    far = Far([])
    assert tried(far, ["a", "b"], tools()) == Receipt("b")
    assert far.taken == ["a", "b"]


def test_a_repeat_goes_on_behind_what_was_taken() -> None:
    """And is unknown until all are through, so that the same message comes again."""
    far, own = Far([None, BUSY]), tools()
    first = tried(far, ["a", "b", "c"], own)
    assert isinstance(first, Unknown)
    assert first.detail == "part 2: 45009"
    assert tried(far, ["a", "b", "c"], own) == Receipt("c")
    assert far.taken == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("failures", "verdict"), [([BUSY], BUSY), ([LOST], LOST), ([None, NEVER], NEVER)]
)
def test_the_first_part_and_finality_speak_for_themselves(
    failures: list[ChannelError | None], verdict: ChannelError
) -> None:
    """Nothing went out, or nothing more will."""
    assert tried(Far(failures), ["a", "b"], tools()) is verdict


@given(st.lists(st.sampled_from([None, BUSY]), max_size=20), st.integers(1, 6))
def test_each_part_is_taken_once(failures: list[ChannelError | None], count: int) -> None:
    """Whatever is refused in between."""
    far, own, parts = Far(list(failures)), tools(), [str(number) for number in range(count)]
    while isinstance(tried(far, parts, own), ChannelError):
        pass
    assert far.taken == parts
