"""`plan`: what would be sent, to whom, when, if nothing more is recorded."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import click

from alerts.plan import Plan, PlanRow, plan_messages
from alerts.wording import role_text
from config.language import catalogue
from service.commandline import make, option
from service.commands.sites import looking, opened
from service.errors import CommandWrong
from service.inputs import Day, Number
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
    assume_done: int | None


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Wish,
        _do,
        name="plan",
        about=_(
            "Shows what would be sent, to whom, on which day and channel, if nothing more is "
            "recorded, or only a share. Nothing is written or sent."
        ),
        params=[
            click.Option(
                ["--from", "from_"],
                type=Day(),
                metavar=Day.name,
                help=_("first day; today if left out"),
            ),
            option("--to", about=_("last day; 14 days in all if left out"), kind=Day()),
            option(
                "--assume-done",
                about=_("so many of 100 matters are done when they are due; 0 if left out"),
                kind=Number(0, 100),
            ),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    with opened(terminal) as site, looking(site, site.clock()) as (connection, in_force, today):
        first, last = _days(wish, today)
        share = (wish.assume_done or 0) / 100
        found = plan_messages(connection, in_force, first=today, last=last, assume_done=share)
    rows = [row for row in found.rows if row.day >= first]
    weeks = [week for week in found.weeks if week.week >= _week_of(first)]
    _tell(rows, found, site, terminal)
    terminal.answer(
        {
            "from": first,
            "to": last,
            "rows": [asdict(row) for row in rows],
            "weeks": [asdict(week) for week in weeks],
            "unreachable": found.unreachable,
        }
    )
    return 0


def _week_of(day: date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


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


def _tell(rows: Sequence[PlanRow], found: Plan, site: Site, terminal: Terminal) -> None:
    if not rows:
        terminal.say(_("Nothing would be sent."))
    roles, rules = site.configuration.roles, site.configuration.rules
    terminal.table(
        [_("day"), _("person"), _("role"), _("channel"), _("what"), _("items")],
        [
            (
                str(row.day),
                row.person,
                role_text(roles, row.role),
                row.channel,
                rules[row.rule].say if row.rule in rules else row.rule,
                row.items,
            )
            for row in rows
        ],
    )
    if found.unreachable:
        terminal.say(
            _("Nobody can be told of matters: %(count)s; see `shouwang check`.")
            % {"count": found.unreachable}
        )
