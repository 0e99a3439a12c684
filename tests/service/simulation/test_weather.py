"""What channels do in bad weather."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from channels.protocol import ChannelError, Message, Refused, Unknown
from channels.registry import build
from service.simulation.chance import Chance
from service.simulation.clocks import TrialClock
from service.simulation.weather import Post, Storm, Weather, WeatheredChannel

NOON = datetime(2027, 6, 7, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def message(number: int = 1) -> Message:
    """Answer a message to somebody."""
    return Message(f"n{number}.1", f"p{number}@example.invalid", "s", "t", NOON)


def sent(kind: Weather, count: int = 40) -> tuple[Post, list[ChannelError | None]]:
    """Send through a storm; answer what was noted and what came back."""
    post = Post(TrialClock(NOON), Chance(1), [Storm("mail", kind, NOON, NOON + HOUR)])
    channel = WeatheredChannel("mail", build("memory", {}), post)
    answers: list[ChannelError | None] = []
    for number in range(count):
        try:
            asyncio.run(channel.send(message(number)))
            answers.append(None)
        except ChannelError as failure:
            answers.append(failure)
    return post, answers


def test_lost_answers_leave_some_messages_taken() -> None:
    """Nobody is told which."""
    post, answers = sent(Weather.SILENT)
    assert all(isinstance(answer, Unknown) for answer in answers)
    assert {one.taken for one in post.handed} == {True, False}
    assert not any(one.answered for one in post.handed)


def test_a_picky_channel_dislikes_some_addresses_for_good() -> None:
    """The others get through."""
    post, answers = sent(Weather.PICKY)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert 0 < len(refused) < len(answers)
    assert all(answer.permanent for answer in refused)
    assert sum(one.taken for one in post.handed) == len(answers) - len(refused)


@pytest.mark.parametrize("kind", [Weather.BUSY, Weather.AWAY, Weather.LIMITED, Weather.LOCKED_OUT])
def test_a_storm_takes_nothing_and_passes(kind: Weather) -> None:
    """Before and after it, and on other channels, everything is taken."""
    post, answers = sent(kind, 2)
    assert all(isinstance(answer, Refused) for answer in answers)
    post.clock.true = NOON + HOUR
    assert post.storm("mail") is None
    post.clock.true = NOON
    assert post.storm("sms") is None
