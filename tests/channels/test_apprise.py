"""Apprise: a yes is a yes, a no means that nobody knows, and its log stays closed."""

import asyncio
import dataclasses
import logging
from datetime import timedelta

import pytest

from channels.apprise import AppriseChannel
from channels.protocol import ChannelError, FailureReason, Message, ReaderClass, Refused, Unknown
from config.channels.apprise import AppriseSettings
from tests.channels.clocks import NOW
from tests.channels.grounds_apprise import JsonEmulator, settings
from tests.emulators.http import Act, HttpFault

MESSAGE = Message("n-1", "", "本周待办", "青山镇：本周有 3 项待办", NOW)


def tried(*faults: HttpFault, within: timedelta = timedelta(seconds=10)) -> ChannelError | None:
    """Send one; answer what went wrong."""

    async def run() -> ChannelError | None:
        async with JsonEmulator() as server:
            server.fail(*faults)
            channel = AppriseChannel(settings(server, timeout=within))
            try:
                await channel.send(MESSAGE)
            except ChannelError as error:
                return error
            finally:
                await channel.close()
            assert server.texts == [MESSAGE.text]
            return None

    return asyncio.run(run())


def test_a_yes_is_taken_as_such() -> None:
    """The text as it is, without marks of another format."""
    assert tried() is None


@pytest.mark.parametrize("fault", [HttpFault(Act.ANSWER, 400), HttpFault(Act.DROP)])
def test_a_no_means_that_nobody_knows(fault: HttpFault) -> None:
    """Apprise does not say why."""
    error = tried(fault)
    assert isinstance(error, Unknown)
    assert (error.reason, error.detail) == (FailureReason.NO_ANSWER, "apprise said no")


def test_who_waits_too_long_goes_on() -> None:
    """The thread ends by itself."""
    error = tried(HttpFault(Act.HANG), within=timedelta(seconds=0.1))
    assert isinstance(error, Unknown)
    assert error.detail == "timed out"


def test_a_url_apprise_does_not_know_holds_the_channel() -> None:
    """Nothing else would be taken either."""
    written = AppriseSettings.model_validate({"type": "apprise", "url": "pigeon://x"})
    with pytest.raises(Refused) as refusal:
        asyncio.run(AppriseChannel(written).send(MESSAGE))
    assert refusal.value.account_wide
    assert refusal.value.reason is FailureReason.MISCONFIGURED


def test_readers_are_a_group_unless_said_otherwise() -> None:
    """Whatever the URL leads to."""
    written = {"type": "apprise", "url": "json://127.0.0.1"}
    assert AppriseChannel(AppriseSettings.model_validate(written)).reader_class == ReaderClass.GROUP
    person = AppriseSettings.model_validate(written | {"reader_class": "person"})
    assert AppriseChannel(person).reader_class is ReaderClass.PERSON


def test_its_log_is_closed(caplog: pytest.LogCaptureFixture) -> None:
    """It would hold texts and addresses."""
    caplog.set_level(logging.DEBUG)
    tried(HttpFault(Act.ANSWER, 500))
    tried()
    assert "青山" not in caplog.text
    assert "127.0.0.1" not in caplog.text
    assert "n-1" not in repr(dataclasses.replace(MESSAGE, out_id=""))
