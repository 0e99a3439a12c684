"""`signal`: something happened; every rule that listens tells whom it concerns, at once."""

from dataclasses import dataclass
from datetime import datetime

import click

from alerts.acts import Raised, Signal, raise_signal
from alerts.effective import EvaluationPlan
from alerts.signals import listening, signal_names
from config.language import catalogue
from config.suggest import hint
from service.commandline import argument, make, option
from service.commands.sites import acting, opened
from service.errors import CommandWrong, UnknownName
from service.inputs import Moment
from service.naming import entry_called, person_called, region_called
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Wish:
    """What happened, where or to whom, until when, and who says so."""

    name: str
    region: str | None
    entry: str | None
    expires: datetime | None
    by: str | None


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
    with opened(terminal) as site:
        now = site.clock()
        expires_at = _moment(wish.expires, site, now)
        with acting(site, now) as (connection, plan, today):
            region = (
                region_called(connection, site.configuration, wish.region) if wish.region else ""
            )
            entry = entry_called(connection, wish.entry) if wish.entry else None
            by = person_called(connection, site.vault, wish.by) if wish.by else None
            raised: dict[str, Raised | None] = {}
            for rule in _listening(plan, wish.name):
                signal = Signal(
                    rule,
                    wish.name,
                    region=region,
                    entry_id=entry,
                    raised_by=by,
                    expires_at=expires_at,
                )
                raised[rule] = raise_signal(connection, plan, signal, now=now, today=today)
    _tell(raised, terminal)
    return 0


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


def _tell(raised: dict[str, Raised | None], terminal: Terminal) -> None:
    for rule, one in raised.items():
        if one is None:
            said = _("%(rule)s: not in force today")
        elif one.is_new:
            said = _("%(rule)s: raised; matters opened: %(count)s")
        else:
            said = _("%(rule)s: raised before and not over yet, nothing changed")
        terminal.say(said % {"rule": rule, "count": one.opened if one else 0})
    terminal.answer(
        {
            "signals": [
                {"rule": rule, "id": one.id, "new": one.is_new, "opened": one.opened}
                for rule, one in raised.items()
                if one is not None
            ]
        }
    )
