"""`tick`: one pass, the slots that have begun, and what is due to go out."""

import asyncio
from dataclasses import replace
from datetime import datetime

import click

from alerts.digest import Opened
from config.language import catalogue
from config.lean import dataclass
from service.commandline import flag, make, option
from service.commands.sites import opened
from service.errors import CommandWrong
from service.inputs import Moment
from service.locks import at_work
from service.metrics import NoFigures
from service.outgoing import Sender, compose_of, open_lanes
from service.passes import Ticked, tick
from service.terminal import Terminal
from service.wakeup import announce
from service.wiring import Site

_ = catalogue("service")

_HARMLESS = frozenset({"memory", "file"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked. `at` without a zone is in the site's."""

    at: datetime | None
    slot_now: bool


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="tick",
        about=_("Does one pass and delivers what is due, then ends."),
        params=[
            option(
                "--at",
                about=_("as if it were this moment; a later one only with trial channels"),
                kind=Moment(),
            ),
            flag("--slot-now", about=_("as if everybody's time of sending had just begun")),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    with opened(terminal) as site:
        moved = site if wish.at is None else _at(site, wish.at)
        done = asyncio.run(_tick(moved, slot_now=wish.slot_now))
        announce(site.database)
    _tell(done, terminal)
    terminal.answer(_as_json(done))
    return 0


def _at(site: Site, at: datetime) -> Site:
    """Answer the site with its clock at another moment; what is to come must reach nobody."""
    moment = at if at.tzinfo else at.replace(tzinfo=site.zone)
    kinds = {channel.type for channel in site.configuration.channels.values()}
    if moment > site.clock() and not kinds <= _HARMLESS:
        raise CommandWrong(
            _(
                "a moment that is still to come works only on a copy of the database, "
                "with channels of type memory or file"
            )
        )
    return replace(site, clock=lambda: moment)


async def _tick(site: Site, *, slot_now: bool) -> Ticked:
    with at_work(site.database) as place:
        sender = Sender(place.worker, NoFigures(), compose_of(site))
        async with open_lanes(site, sender) as lanes:
            return await tick(replace(site, worker=place.worker), lanes, slot_now=slot_now)


def _tell(done: Ticked, terminal: Terminal) -> None:
    written, opened_ = done.evaluated.written, done.opened
    terminal.table(
        [_("what"), _("how many")],
        [
            (_("matters opened"), written.opened),
            (_("matters closed"), written.closed),
            (_("changed entries looked at"), done.evaluated.touched),
            (_("first days given"), done.evaluated.spread),
            (_("tellings made"), opened_.tellings),
            (_("messages made"), opened_.notices),
            (_("messages held for a look"), opened_.held),
            (_("reached nobody"), opened_.unreachable),
            (_("messages taken by their channel"), done.delivered.results["accepted"]),
            (_("tries refused"), done.delivered.results["refused"]),
            (_("tries without an answer"), done.delivered.results["unknown"]),
        ],
    )
    if done.held:
        terminal.say(_("Delivery is held; `shouwang outbox release` lets it go."))


def _as_json(done: Ticked) -> dict[str, object]:
    return {
        "opened": done.evaluated.written.opened,
        "closed": done.evaluated.written.closed,
        "touched": done.evaluated.touched,
        "first_dues": done.evaluated.spread,
        **_slots_json(done.opened),
        "attempts": dict(done.delivered.results),
        "delivery_held": done.held,
    }


def _slots_json(opened_: Opened) -> dict[str, object]:
    return {
        "tellings": opened_.tellings,
        "merged": opened_.merged,
        "notices": opened_.notices,
        "held": opened_.held,
        "unreachable": opened_.unreachable,
    }
