"""`plan`: what would be sent, to whom, when, if nothing more is recorded."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import click
from sqlalchemy import Connection

from alerts.in_force import InForce
from alerts.plan import Plan, Supposed, plan_messages
from alerts.plan_against import Differences, differences
from alerts.plan_against import supposed as in_force_with
from config.language import catalogue
from config.lean import dataclass
from config.loader import read
from ledgers.access.roles import Right
from service.authority import authority
from service.commandline import for_users, make, option
from service.commands.plan_tables import Shown, as_json, tell, workbook
from service.commands.sites import looking, opened
from service.commands.workbooks import replace_flag
from service.errors import CommandWrong
from service.inputs import Day, FilePath, Number
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")

_USUAL = timedelta(days=13)
_LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Wish:
    """From which day to which, both included; compared with which configuration; into which file."""

    from_: date | None
    to: date | None
    assume_done: int | None
    against: Path | None
    xlsx: Path | None
    replace: bool


@for_users
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
            option(
                "--against",
                about=_("show only what this configuration would change, were it in force today"),
                kind=FilePath(),
            ),
            option(
                "--xlsx", about=_("write a workbook, such as FILE.xlsx"), kind=FilePath("FILE.xlsx")
            ),
            replace_flag(),
        ],
    )


def _do(wish: Wish, terminal: Terminal) -> int:
    _check_target(wish)
    with opened(terminal) as site:
        who = authority(site, terminal, Right.EXPORT if wish.xlsx else Right.READ_LISTS)
        supposed = Supposed((wish.assume_done or 0) / 100, who.scope)
        with looking(site, site.clock()) as (connection, in_force, today):
            first, last = _days(wish, today)
            asked = _Asked(connection, first, last, supposed)
            found = asked.plan(in_force, today)
            against = _against(wish, asked, (site, today), found) if wish.against else None
    shown = Shown(first, found, against, site.configuration)
    tell(shown, terminal)
    terminal.answer(as_json(shown))
    if wish.xlsx is not None:
        wish.xlsx.write_bytes(workbook(shown))
        terminal.say(_("%(file)s is written.") % {"file": wish.xlsx})
    return 0


@dataclass(frozen=True, slots=True)
class _Asked:
    connection: Connection
    first: date
    last: date
    supposed: Supposed

    def plan(self, in_force: InForce, today: date) -> Plan:
        """Plan the days under some rules."""
        return plan_messages(
            self.connection, in_force, first=today, last=self.last, supposed=self.supposed
        )


def _against(wish: Wish, asked: _Asked, of: tuple[Site, date], now: Plan) -> Differences:
    """Compare with another configuration, from the first day shown on."""
    site, today = of
    assert wish.against is not None  # noqa: S101  # asked for
    other = read(wish.against, site.environment).configuration
    in_force = in_force_with(asked.connection, other, site.calendar, today=today)
    plans = (now, asked.plan(in_force, today))
    before, after = (
        replace(plan, rows=tuple(row for row in plan.rows if row.day >= asked.first))
        for plan in plans
    )
    return differences(before, after)


def _check_target(wish: Wish) -> None:
    file = wish.xlsx
    if file is None:
        return
    if file.suffix.lower() != ".xlsx":
        raise CommandWrong(_("%(file)s: name a workbook, ending in .xlsx") % {"file": file})
    if file.exists() and not wish.replace:
        raise CommandWrong(
            _("%(file)s is there already; choose another name, or say --replace") % {"file": file}
        )


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
