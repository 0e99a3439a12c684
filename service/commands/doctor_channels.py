"""`doctor` on channels: does each far side answer, and does it know us? Nothing is sent."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import SecretStr

from channels.protocol import Channel, ChannelError, Checks
from config.channels.mail import SmtpChannel
from config.channels.types import ChannelSettings
from config.language import catalogue
from service.outgoing import build_channels
from service.wiring import Site
from service.words import failure_text

_ = catalogue("service")

_ANSWER_WITHIN = 5.0
_WHERE = ("url", "endpoint")
"""Keys under which types of channel name their far side."""

_PORTS = {"http": 80, "https": 443}


class Verdict(StrEnum):
    """How something looks."""

    GOOD = "good"
    LOOK = "look"  # works, but somebody should see to it
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing looked at."""

    name: str
    verdict: Verdict
    sentence: str


def look_at_channels(site: Site) -> Iterator[Seen]:
    """Look at every configured channel, all at once: one that is silent costs seconds.

    Raises:
        ChannelInputError: a channel's settings do not fit.
    """
    channels = build_channels(site)
    settings = site.configuration.channels
    found = asyncio.run(_all({name: (settings[name], it) for name, it in channels.items()}))
    for name, (verdict, sentence) in found.items():
        yield Seen(_("channel %(name)s") % {"name": name}, verdict, sentence)


async def _all(
    channels: dict[str, tuple[ChannelSettings, Channel]],
) -> dict[str, tuple[Verdict, str]]:
    looks = (_look(settings, channel) for settings, channel in channels.values())
    return dict(zip(channels, await asyncio.gather(*looks), strict=True))


async def _look(settings: ChannelSettings, channel: Channel) -> tuple[Verdict, str]:
    try:
        if isinstance(channel, Checks):
            return await _ask(channel)
        place = _place(settings)
        return (Verdict.GOOD, settings.type) if place is None else await _reach(*place)
    finally:
        await channel.close()


async def _ask(channel: Checks) -> tuple[Verdict, str]:
    try:
        async with asyncio.timeout(_ANSWER_WITHIN):
            await channel.check()
    except TimeoutError:
        return Verdict.BAD, _("no answer in %(seconds)s seconds") % {"seconds": int(_ANSWER_WITHIN)}
    except ChannelError as error:
        return Verdict.BAD, failure_text(error)
    return Verdict.GOOD, _("answers, and takes our key")


def _place(settings: ChannelSettings) -> tuple[str, int] | None:
    """Answer the host and port of a far side; None: there is none."""
    if isinstance(settings, SmtpChannel):
        return settings.host, settings.port
    written = [getattr(settings, name, None) for name in _WHERE]
    address = next((one for one in written if one is not None), None)
    if isinstance(address, SecretStr):
        address = address.get_secret_value()
    if not isinstance(address, str):
        return None
    parts = urlsplit(address)
    if parts.scheme not in _PORTS:  # Apprise's own: what stands for a host may be a key
        return None
    return parts.hostname or "", parts.port or _PORTS[parts.scheme]


async def _reach(host: str, port: int) -> tuple[Verdict, str]:
    where = {"where": f"{host}:{port}"}
    try:
        async with asyncio.timeout(_ANSWER_WITHIN):
            _reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError, UnicodeError):
        return Verdict.BAD, _("%(where)s does not answer") % where
    writer.close()
    return Verdict.GOOD, _("%(where)s answers") % where
