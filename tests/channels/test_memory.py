"""The channel that remembers, and fails as scripted."""

import asyncio
import dataclasses

import pytest

from channels.memory import MemoryChannel, MemorySettings
from channels.protocol import FailureReason, ReaderClass, Receipt, Refused, Unknown
from tests.channels.test_mime import MESSAGE

BUSY = Refused(FailureReason.TEMPORARY)


def test_it_remembers_in_order() -> None:
    """What was taken can be looked at."""
    channel = MemoryChannel()
    second = dataclasses.replace(MESSAGE, out_id="second")
    assert asyncio.run(channel.send(MESSAGE)) == Receipt("memory-1")
    assert asyncio.run(channel.send(second)) == Receipt("memory-2")
    assert channel.taken == [MESSAGE, second]


def test_it_follows_the_script_and_then_takes_all() -> None:
    """One outcome for each send; None takes the message."""
    channel = MemoryChannel()
    channel.script([BUSY, None, Unknown(FailureReason.NO_ANSWER)])
    with pytest.raises(Refused):
        asyncio.run(channel.send(MESSAGE))
    asyncio.run(channel.send(MESSAGE))
    with pytest.raises(Unknown):
        asyncio.run(channel.send(MESSAGE))
    asyncio.run(channel.send(MESSAGE))
    assert (len(channel.tried), len(channel.taken)) == (4, 2)


def test_an_address_can_fail_for_good() -> None:
    """Others are not touched by it, and the script waits for them."""
    channel = MemoryChannel()
    channel.fail_address("gone@example.invalid", BUSY)
    with pytest.raises(Refused):
        asyncio.run(channel.send(dataclasses.replace(MESSAGE, address="gone@example.invalid")))
    assert isinstance(asyncio.run(channel.send(MESSAGE)), Receipt)


def test_it_can_stand_in_for_a_group() -> None:
    """So that a dry run applies the stricter rules of a group chat."""
    channel = MemoryChannel(MemorySettings(reader_class=ReaderClass.GROUP))
    assert channel.reader_class is ReaderClass.GROUP
