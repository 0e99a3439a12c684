"""`plan`: what would be sent, to whom, when, if nothing more is recorded."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import click

from alerts.notices import NoticeLine
from config.language import catalogue
from service.commandline import make, option
from service.commands.sites import opened
from service.errors import CommandWrong
from service.inputs import Day
from service.rehearsal import copied, play
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")

_USUAL = timedelta(days=13)
_LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Wish:
    """From which day to which, both included."""

    from_: date | None
    to: date | None


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="plan",
        about=_(
            "Shows what would be sent, to whom, when and on which channel, if nothing more is "
            "recorded. It plays these days through on a copy; nothing leaves this machine."
        ),
        params=[
            click.Option(
                ["--from", "from_"],
                type=Day(),
                metavar=Day.name,
                help=_("first day; today if left out"),
            ),
            option("--to", about=_("last day; 14 days in all if left out"), kind=Day()),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    with opened(terminal) as site:
        first, last = _days(wish, site.today(site.clock()))
        until = datetime.combine(last, time.max, site.zone)
        with terminal.progress(_("playing the coming days through")), copied(site) as copy:
            begins = datetime.combine(first, time.min, site.zone)
            lines = [one for one in play(copy, until=until) if one.due_at >= begins]
    _tell(lines, site, terminal)
    terminal.answer(
        {
            "from": first,
            "to": last,
            "messages": [
                {
                    "due_at": one.due_at,
                    "person": one.person,
                    "role": one.role,
                    "channel": one.channel,
                    "class": one.klass,
                    "items": one.items,
                }
                for one in lines
            ],
        }
    )
    return 0


def _days(wish: Wish, today: date) -> tuple[date, date]:
    first = wish.from_ or today
    last = wish.to or first + _USUAL
    if first < today:
        raise CommandWrong(
            _("%(day)s is past; `export outcomes` shows what was sent") % {"day": first}
        )
    if last < first:
        raise CommandWrong(_("the first day is after the last"))
    if last - today > _LONGEST:
        raise CommandWrong(_("a plan reaches 400 days ahead at most"))
    return first, last


def _tell(lines: list[NoticeLine], site: Site, terminal: Terminal) -> None:
    if not lines:
        terminal.say(_("Nothing would be sent."))
    roles = site.configuration.roles
    terminal.table(
        [_("due at"), _("person"), _("role"), _("channel"), _("items")],
        [
            (
                f"{one.due_at.astimezone(site.zone):%Y-%m-%d %H:%M}",
                one.person,
                roles[one.role].title if one.role in roles else one.role,
                one.channel,
                one.items,
            )
            for one in lines
        ],
    )
