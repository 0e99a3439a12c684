"""`person prefer`: the channel somebody wants to be told on."""

from datetime import date

import click
from sqlalchemy import Connection

from alerts.directory import Directory, RouteTable
from config.language import catalogue
from config.lean import dataclass
from config.model import Configuration
from ledgers.access.people import Belonging
from ledgers.access.roles import Right
from ledgers.preferences import set_preference
from service.auditing import Act, note
from service.authority import authority
from service.commandline import argument, for_users, make
from service.commands.sites import acting, opened
from service.errors import CommandWrong
from service.naming import person_called
from service.terminal import Terminal

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Prefer:
    """Who prefers which channel; None: none any more."""

    person: str
    channel: str | None


@for_users
def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Prefer,
        _prefer,
        name="prefer",
        about=_(
            "Notes on which channel somebody wants to be told, where their role has it among its "
            "routes; the others stay for when it fails. Without a channel: forgets it."
        ),
        params=[
            argument("person", about=_("who is told")),
            argument("channel", about=_("name of a channel"), required=False),
        ],
    )


def _prefer(wish: Prefer, terminal: Terminal) -> int:
    with opened(terminal) as site:
        who = authority(site, terminal, Right.MANAGE_PEOPLE)
        with acting(site, site.clock()) as (connection, _plan, today):
            theirs = who.people(Belonging.NOW)
            person = person_called(connection, site.vault, wish.person, within=theirs)
            if wish.channel is not None:
                _refuse_unreached(connection, site.configuration, (person, wish.channel), today)
            set_preference(connection, person, wish.channel)
            note(connection, site, Act.PREFERRED, subject=person, channel=wish.channel or "-")
    terminal.say(
        _("Told on %(channel)s where possible.") % {"channel": wish.channel}
        if wish.channel
        else _("Told in the order of the routes.")
    )
    terminal.answer({"channel": wish.channel})
    return 0


def _refuse_unreached(
    connection: Connection, configuration: Configuration, wanted: tuple[str, str], today: date
) -> None:
    """Refuse a channel on which somebody cannot be told.

    Raises:
        CommandWrong: no route uses it, or they have no address for it.
    """
    person, channel = wanted
    kind = RouteTable.of(configuration).address_kind(channel)
    if kind is None:
        raise CommandWrong(_("no route uses the channel “%(name)s”") % {"name": channel})
    known = Directory.load(connection, today).persons.get(person)
    if known is None or kind not in known.reach:
        raise CommandWrong(_("they have no address for this channel"))
