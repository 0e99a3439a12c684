"""`doctor` on channels: does each far side answer, and does it know us? Nothing is sent."""

import asyncio
from collections.abc import Iterator
from enum import StrEnum
from urllib.parse import urlsplit

from alerts.wording import reason_text
from channels.protocol import Channel, ChannelError, Checks, FailureReason
from channels.reaching import ForbiddenAddress, connected
from config.channels.http import HttpModel
from config.channels.mail import SmtpChannel
from config.channels.types import ChannelSettings
from config.language import catalogue
from config.lean import dataclass
from config.reach import Reach
from service.outgoing import build_channels
from service.wiring import Site
from service.words import failure_text

_ = catalogue("service")

_ANSWER_WITHIN = 5.0
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


def _place(settings: ChannelSettings) -> tuple[Reach, int] | None:
    """Answer the host and port of a far side; None: there is none."""
    if isinstance(settings, SmtpChannel):
        return settings.reach(), settings.port
    if not isinstance(settings, HttpModel):
        return None
    parts = urlsplit(settings.far_side)
    return settings.reach(), parts.port or _PORTS[parts.scheme]


async def _reach(reach: Reach, port: int) -> tuple[Verdict, str]:
    where = {"where": f"{reach.host}:{port}"}
    try:
        async with asyncio.timeout(_ANSWER_WITHIN):
            line = await connected(reach, port)
    except ForbiddenAddress:
        return Verdict.BAD, reason_text(FailureReason.FORBIDDEN_ADDRESS)
    except (OSError, TimeoutError, UnicodeError):
        return Verdict.BAD, _("%(where)s does not answer") % where
    line.close()
    return Verdict.GOOD, _("%(where)s answers") % where
