"""The same order every time."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from service.simulation.agenda import Agenda
from service.simulation.chance import Chance
from service.simulation.inorder import InOrder
from tests.service.simulation.years import FIRST


def test_threads_and_tasks_take_their_turn() -> None:
    """Work for threads is done where it is asked for; tasks stand in sets by their number."""
    said: list[int] = []

    async def work(number: int) -> int:
        await asyncio.to_thread(said.append, number)
        return number

    async def all_of_it() -> list[int]:
        done, _ = await asyncio.wait([asyncio.create_task(work(n)) for n in range(30)])
        return [task.result() for task in done]

    loop = InOrder()
    try:
        first, second = loop.run(all_of_it()), loop.run(all_of_it())
    finally:
        loop.forget()
    assert said == [*range(30), *range(30)]
    assert sorted(first) == sorted(second) == list(range(30))


def test_what_fails_in_a_thread_fails_where_it_was_asked_for() -> None:
    """As in a real thread."""

    async def fail() -> None:
        await asyncio.to_thread(int, "no number")

    loop = InOrder()
    with pytest.raises(ValueError, match="no number"):
        loop.run(fail())
    loop.forget()


def test_how_busy_the_machine_is_decides_nothing() -> None:
    """A timeout catches what was asked to wait less, however long work took; nothing really waits."""
    said: list[str] = []

    async def wait(seconds: float) -> None:
        await asyncio.sleep(seconds)
        said.append(f"waited {seconds}")

    async def both() -> None:
        waits = [asyncio.create_task(wait(seconds)) for seconds in (0.02, 90)]
        with suppress(TimeoutError):
            async with asyncio.timeout(0.03):
                await asyncio.to_thread(time.sleep, 0.05)
                await asyncio.gather(*waits)
        await asyncio.wait(waits)
        await wait(90)

    loop = InOrder()
    began = time.monotonic()
    try:
        loop.run(both())
    finally:
        loop.forget()
    assert said == ["waited 0.02", "waited 90"]
    assert time.monotonic() - began < 60


def test_chance_depends_on_the_question_alone() -> None:
    """Not on what was asked before."""
    chance = Chance(7)
    before = chance.of("child", 3).random()
    chance.of("child", 4).random()
    assert chance.of("child", 3).random() == before
    assert Chance(8).of("child", 3).random() != before
    assert [chance.happens(share, "x") for share in (0.0, 1.0)] == [False, True]


def test_the_agenda_keeps_time_and_order() -> None:
    """Of one instant, what was noted first happens first."""
    said: list[str] = []
    agenda = Agenda()
    assert agenda.next_at() is None
    noon = datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=UTC)
    agenda.note(noon + timedelta(hours=1), lambda: said.append("later"))
    agenda.note(noon, lambda: said.append("first"))
    agenda.note(noon, lambda: said.append("second"))
    while agenda.next_at() is not None:
        agenda.take()()
    assert said == ["first", "second", "later"]
