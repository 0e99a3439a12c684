"""What every channel must do, whatever its protocol. A new kind joins through `grounds.py`."""

import asyncio
import dataclasses
import gc
import logging
import traceback
import warnings
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from channels.protocol import (
    Attachment,
    Channel,
    ChannelError,
    Form,
    Message,
    ReaderClass,
    Receipt,
)
from channels.registry import kinds, traits_of
from tests.channels.grounds import MARKER, VERDICTS, Ground, Situation, Verdict
from tests.channels.grounds_all import GROUNDS, SITUATIONS
from tests.channels.loops import LOOP_NAMES, LOOPS, run_on
from tests.channels.test_mime import MESSAGE, XLSX

Trial = Callable[[Ground], Awaitable[None]]
OnGround = Callable[[str, Trial], None]
CASES = [
    pytest.param(kind, situation, id=f"{kind}: {situation}")
    for kind in kinds()
    for situation in sorted(SITUATIONS.get(kind, ()))
]
SECRET = dataclasses.replace(
    MESSAGE,
    address=f"{MARKER}@example.invalid",
    subject=f"关于 {MARKER}",
    text=f"{MARKER} 的情况",
    html=f"<p>{MARKER}</p>",
    attachments=(Attachment(f"{MARKER}.xlsx", XLSX, MARKER.encode()),),
)


class BrokenTrialError(Exception):
    """What a trial fails with."""


@pytest.fixture(params=LOOPS, ids=LOOP_NAMES)
def on_ground(request: pytest.FixtureRequest, tmp_path: Path) -> OnGround:
    """Answer what runs a trial where a kind of channel is at home, on each event loop in turn."""

    def run_trial(kind: str, trial: Trial) -> None:
        async def run() -> None:
            async with GROUNDS[kind](tmp_path) as ground:
                await trial(ground)

        run_on(request.param, run())

    return run_trial


def makes_mail(kind: str) -> bool:
    """Tell whether messages become mails; memory remembers anything."""
    return traits_of(kind).form is Form.MAIL and kind != "memory"


async def failure(channel: Channel, message: Message = MESSAGE) -> ChannelError:
    """Send and answer the error that must come."""
    with pytest.raises(ChannelError) as caught:
        await channel.send(message)
    return caught.value


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_has_a_ground(kind: str) -> None:
    """A registered channel without tests is not registered for long."""
    assert kind in GROUNDS
    assert SITUATIONS[kind]


@pytest.mark.parametrize("kind", kinds())
def test_a_trial_that_fails_leaves_nothing_open(kind: str, on_ground: OnGround) -> None:
    """Or its session would be found by a later test, which fails in its place."""

    async def trial(ground: Ground) -> None:
        await ground.channel.send(MESSAGE)
        raise BrokenTrialError

    with warnings.catch_warnings(record=True) as left_open:
        warnings.simplefilter("always", ResourceWarning)
        with pytest.raises(BrokenTrialError):
            on_ground(kind, trial)
        gc.collect()
    assert [str(one.message) for one in left_open] == []


@pytest.mark.parametrize("kind", kinds())
def test_it_says_what_it_is(kind: str, on_ground: OnGround) -> None:
    """Kind and reader class are known before anything is sent."""

    async def trial(ground: Ground) -> None:
        assert ground.channel.kind == kind
        assert ground.channel.reader_class in ReaderClass

    on_ground(kind, trial)


@pytest.mark.parametrize("kind", kinds())
def test_a_message_arrives_once(kind: str, on_ground: OnGround) -> None:
    """A receipt means that the far side has the message."""

    async def trial(ground: Ground) -> None:
        assert isinstance(await ground.channel.send(MESSAGE), Receipt)
        assert ground.copies() == Counter({MESSAGE.out_id: 1})

    on_ground(kind, trial)


@pytest.mark.parametrize(("kind", "situation"), CASES)
def test_a_situation_gets_its_verdict(kind: str, situation: Situation, on_ground: OnGround) -> None:
    """Accepted, refused because, or unknown: the same words for all kinds; then all is well again."""

    async def trial(ground: Ground) -> None:
        await ground.channel.send(dataclasses.replace(MESSAGE, out_id="before"))
        await ground.stage(situation)
        error = await failure(ground.channel)
        assert Verdict.of(error) == VERDICTS[situation]
        assert VERDICTS[situation].unknown or MESSAGE.out_id not in ground.copies()
        await ground.calm()
        assert isinstance(await ground.channel.send(MESSAGE), Receipt)

    on_ground(kind, trial)


@pytest.mark.parametrize(("kind", "situation"), CASES)
def test_nothing_is_leaked(
    kind: str, situation: Situation, on_ground: OnGround, caplog: pytest.LogCaptureFixture
) -> None:
    """No address, text or password in an error, what it drags along, a repr or a log."""
    caplog.set_level(logging.DEBUG)

    async def trial(ground: Ground) -> None:
        await ground.stage(situation)
        error = await failure(ground.channel, SECRET)
        assert error.__context__ is None
        assert error.__cause__ is None
        said = [repr(error), str(error), error.detail, repr(ground.channel), repr(SECRET)]
        said += traceback.format_exception_only(error)
        said += [caplog.text, *(repr(record.args) for record in caplog.records)]
        assert not [text for text in said if MARKER in text]

    on_ground(kind, trial)


@pytest.mark.parametrize("kind", [kind for kind in kinds() if makes_mail(kind)])
def test_a_message_that_makes_no_mail_is_refused_for_good(kind: str, on_ground: OnGround) -> None:
    """A header that could be forged is refused before the far side hears of it, and not tried again."""

    async def trial(ground: Ground) -> None:
        error = await failure(
            ground.channel, dataclasses.replace(MESSAGE, subject="a\r\nBcc: b@c.d")
        )
        assert Verdict.of(error).permanent
        assert MARKER not in str(error)
        assert not ground.taken()

    on_ground(kind, trial)


@pytest.mark.parametrize("kind", kinds())
def test_the_same_message_arrives_as_the_same_bytes(kind: str, on_ground: OnGround) -> None:
    """A repeat after an unknown attempt can be recognised by the far side."""

    async def trial(ground: Ground) -> None:
        await ground.channel.send(MESSAGE)
        (first,) = ground.taken()
        await ground.channel.send(dataclasses.replace(MESSAGE))
        assert set(ground.taken()) == {first}

    on_ground(kind, trial)


@pytest.mark.parametrize("kind", kinds())
def test_a_closed_channel_can_be_used_again(kind: str, on_ground: OnGround) -> None:
    """Closing lets go of connections, twice if need be, and forbids nothing."""

    async def trial(ground: Ground) -> None:
        await ground.channel.close()
        await ground.channel.send(dataclasses.replace(MESSAGE, out_id="one"))
        await ground.channel.close()
        await ground.channel.close()
        await ground.channel.send(dataclasses.replace(MESSAGE, out_id="two"))
        assert ground.copies() == Counter({"one": 1, "two": 1})

    on_ground(kind, trial)


@pytest.mark.parametrize("kind", kinds())
def test_many_tasks_may_send_at_once(kind: str, on_ground: OnGround) -> None:
    """Each message arrives exactly once, however many are on their way."""

    async def trial(ground: Ground) -> None:
        messages = [dataclasses.replace(MESSAGE, out_id=f"m-{number}") for number in range(60)]
        await asyncio.gather(*(ground.channel.send(message) for message in messages))
        assert ground.copies() == Counter(message.out_id for message in messages)

    on_ground(kind, trial)
