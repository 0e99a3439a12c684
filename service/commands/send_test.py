"""`send-test CHANNEL ADDRESS`: one message that says it is a test."""

import asyncio
from dataclasses import replace

import click

from alerts.previews import previews
from alerts.render import Templates
from channels.protocol import Channel, Message, Receipt
from channels.registry import traits_of
from config.channels.types import ChannelSettings
from config.language import catalogue
from config.lean import dataclass
from config.model import Configuration
from ledgers.ids import new_id
from service.commandline import argument, make
from service.commands.sites import opened
from service.errors import CommandWrong
from service.naming import channel_called
from service.outgoing import build_channels
from service.terminal import Terminal

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Wish:
    """Through which channel, to which address."""

    channel: str
    address: str | None = None


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="send-test",
        about=_("Sends one message that says it is a test; nothing of the ledger is in it."),
        params=[
            argument("channel", about=_("name of a channel in the configuration")),
            argument(
                "address",
                about=_("where to: mail address, phone or user id; a group needs none"),
                required=False,
            ),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    with opened(terminal) as site:
        name = channel_called(site.configuration, wish.channel)
        address = _address(wish, site.configuration.channels[name])
        office = site.configuration.site.name
        now = site.clock()
        message = Message(
            out_id=f"test-{new_id(now)}",
            address=address,
            subject=_("Test message from %(office)s") % {"office": office},
            text=_("This is a test message of Shouwang (%(office)s). Nothing is to be done.\n")
            % {"office": office},
            dated=now.replace(microsecond=0),
        )
        message = _as_approved(message, site.configuration, name)
        receipt = asyncio.run(_send(build_channels(site)[name], message))
    terminal.say(_("The channel took it."))
    if receipt.reference:
        terminal.say(_("It calls it %(reference)s.") % {"reference": receipt.reference})
    terminal.answer({"sent": True, "reference": receipt.reference})
    return 0


def _as_approved(message: Message, configuration: Configuration, channel: str) -> Message:
    """Answer the message in a text that the vendor approved, of made-up data, where it needs one."""
    found = [one for one in previews(configuration, Templates.load()) if one.channel == channel]
    sms = next((one for one in found if one.key), None)
    if sms is None:
        return message
    return replace(message, text=sms.bare, template=sms.key, variables=sms.variables)


def _address(wish: Wish, settings: ChannelSettings) -> str:
    if wish.address is not None:
        return wish.address
    if traits_of(settings.type, settings.model_dump(include={"address"})).address is None:
        return ""
    raise CommandWrong(_("this channel reaches single people: give an address, too"))


async def _send(channel: Channel, message: Message) -> Receipt:
    try:
        return await channel.send(message)
    finally:
        await channel.close()
