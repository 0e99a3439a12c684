"""Apprise: a yes is a yes, a no means that nobody knows, and its log stays closed."""

import asyncio
import dataclasses
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from channels.apprise import AppriseChannel
from channels.protocol import ChannelError, FailureReason, Message, ReaderClass, Refused, Unknown
from config.channels.apprise import AppriseSettings
from tests.channels.clocks import NOW
from tests.channels.grounds_apprise import JsonEmulator, settings
from tests.emulators.certificates import make_certificates
from tests.emulators.http import HERE, Act, HttpFault

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


@pytest.mark.parametrize("allowed", [(), ("10.0.0.0/8",)])
def test_it_does_not_connect_inside(allowed: tuple[str, ...]) -> None:
    """Its own sockets are looked at too: nothing is heard at the other end."""

    async def run() -> None:
        async with JsonEmulator() as server:
            channel = AppriseChannel(settings(server, allow_private=allowed))
            with pytest.raises(Refused) as refusal:
                await channel.send(MESSAGE)
            await channel.close()
            assert refusal.value.reason is FailureReason.FORBIDDEN_ADDRESS
            assert server.asked == []

    asyncio.run(run())


def test_it_follows_no_redirect() -> None:
    """An answer does not decide where a message goes."""
    away = {"Location": "/elsewhere"}
    assert isinstance(tried(HttpFault(Act.ANSWER, 307, headers=away)), Unknown)


def test_a_url_cannot_switch_off_verification(tmp_path: Path) -> None:
    """`verify=no` is heard by Apprise, and overruled."""
    certificates = make_certificates(tmp_path)
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1))
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=certificates.server)
        port = server.sockets[0].getsockname()[1]
        written = {"type": "apprise", "url": f"jsons://127.0.0.1:{port}/?verify=no&redirect=yes"}
        channel = AppriseChannel(AppriseSettings.model_validate(written | {"allow_private": HERE}))
        with pytest.raises(Unknown):
            await channel.send(MESSAGE)
        await channel.close()
        server.close()

    asyncio.run(run())
    assert heard == []
