"""`signal`: something happened; every rule that listens tells whom it concerns, at once."""

from dataclasses import replace
from datetime import datetime

import click
from sqlalchemy import Connection

from alerts.acts import Raised, Signal, raise_signal
from alerts.effective import EvaluationPlan
from alerts.holding import HeldFor, held_for
from alerts.signals import listening, signal_names
from config.language import catalogue
from config.lean import dataclass
from config.suggest import hint
from ledgers.access.roles import Right
from service.auditing import Act, note
from service.authority import Authority, authority
from service.commandline import argument, for_users, make, option
from service.commands.sites import acting, opened
from service.errors import CommandWrong, UnknownName
from service.inputs import Moment
from service.naming import doer_called, entry_called, region_called
from service.terminal import Terminal
from service.wiring import Site
from service.words import held_words

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Wish:
    """What happened, where or to whom, until when, and who says so."""

    name: str
    region: str | None
    entry: str | None
    expires: datetime | None
    by: str | None


@for_users
def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="signal",
        about=_(
            "Raises a signal, such as a warning that came by telephone: `signal 暴雨 --region 临河镇`. "
            "Every rule that listens to it tells whom it concerns. The same one again changes "
            "nothing as long as it lasts."
        ),
        params=[
            argument("name", about=_("name of the signal, or of the rule itself")),
            option("--region", about=_("only within this division: code or name")),
            option("--entry", about=_("only this one, such as 青山-03")),
            option(
                "--expires",
                about=_("nothing is told after this; else as the rule says"),
                kind=Moment(),
            ),
            option("--by", about=_("who says so, and need not be told: handle, phone or name")),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    if wish.region is not None and wish.entry is not None:
        raise CommandWrong(_("give --region or --entry, not both"))
    is_everywhere = wish.region is None and wish.entry is None
    with opened(terminal) as site:
        who = authority(site, terminal, Right.RECORD, of_all=is_everywhere)
        now = site.clock()
        expires_at = _moment(wish.expires, site, now)
        with acting(site, now) as (connection, plan, today):
            about = _about(wish, connection, site, who)
            held = held_for(connection)
            raised: dict[str, Raised | None] = {}
            for rule in _listening(plan, wish.name):
                signal = replace(about, rule=rule, expires_at=expires_at)
                raised[rule] = raise_signal(connection, plan, signal, now=now, today=today)
            subject = about.entry_id or about.region or None
            note(connection, site, Act.SIGNALLED, subject=subject, signal=wish.name)
    _tell(raised, held, terminal)
    return 0


def _about(wish: Wish, connection: Connection, site: Site, who: Authority) -> Signal:
    """Answer what happened, for a rule that is still to be named."""
    region, entry = "", None
    if wish.region:
        region = region_called(connection, site.configuration, wish.region, within=who.scope)
    if wish.entry:
        entry = entry_called(connection, wish.entry, within=who.scope)
    by = doer_called(connection, site.vault, wish.by, within=who.people())
    return Signal("", wish.name, region=region, entry_id=entry, raised_by=by)


def _listening(plan: EvaluationPlan, name: str) -> list[str]:
    found = listening(plan, name)
    if not found:
        raise UnknownName(name, hint(name, signal_names(plan)))
    return found


def _moment(wanted: datetime | None, site: Site, now: datetime) -> datetime | None:
    """Answer an instant; one without a zone is in the site's."""
    if wanted is None:
        return None
    at = wanted if wanted.tzinfo is not None else wanted.replace(tzinfo=site.zone)
    if at <= now:
        raise CommandWrong(_("%(moment)s is over already; give a moment to come") % {"moment": at})
    return at


def _tell(raised: dict[str, Raised | None], held: HeldFor | None, terminal: Terminal) -> None:
    for rule, one in raised.items():
        if one is None:
            said = _("%(rule)s: not in force today")
        elif one.is_new:
            said = _("%(rule)s: raised; matters opened: %(count)s")
        else:
            said = _("%(rule)s: raised before and not over yet, nothing changed")
        terminal.say(said % {"rule": rule, "count": one.opened if one else 0})
    if held is not None:
        terminal.say(
            _(
                "Nobody is told now: delivery is held (%(why)s); `shouwang outbox release` lets it go."
            )
            % {"why": held_words()[held]}
        )
    terminal.answer(
        {
            "held_for": held,
            "signals": [
                {"rule": rule, "id": one.id, "new": one.is_new, "opened": one.opened}
                for rule, one in raised.items()
                if one is not None
            ],
        }
    )
