"""`send-test CHANNEL ADDRESS`: one message that says it is a test."""

import asyncio
from dataclasses import dataclass

import click

from channels.protocol import Channel, Message, Receipt
from config.language import catalogue
from ledgers.ids import new_id
from service.commandline import argument, make
from service.commands.sites import opened
from service.naming import channel_called
from service.outgoing import build_channels
from service.terminal import Terminal

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Wish:
    """Through which channel, to which address."""

    channel: str
    address: str


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="send-test",
        about=_("Sends one message that says it is a test; nothing of the ledger is in it."),
        params=[
            argument("channel", about=_("name of a channel in the configuration")),
            argument("address", about=_("where to: a mail address for a mail channel")),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    with opened(terminal) as site:
        name = channel_called(site.configuration, wish.channel)
        office = site.configuration.site.name
        now = site.clock()
        message = Message(
            out_id=f"test-{new_id(now)}",
            address=wish.address,
            subject=_("Test message from %(office)s") % {"office": office},
            text=_("This is a test message of Shouwang (%(office)s). Nothing is to be done.\n")
            % {"office": office},
            dated=now.replace(microsecond=0),
        )
        receipt = asyncio.run(_send(build_channels(site)[name], message))
    terminal.say(_("The channel took it."))
    if receipt.reference:
        terminal.say(_("It calls it %(reference)s.") % {"reference": receipt.reference})
    terminal.answer({"sent": True, "reference": receipt.reference})
    return 0


async def _send(channel: Channel, message: Message) -> Receipt:
    try:
        return await channel.send(message)
    finally:
        await channel.close()
