"""`export …`: lists as workbooks. Those here are public: numbers, places, dates and posts only."""

from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

import click

from alerts.export_differences import export_differences
from alerts.exports import (
    Asked,
    export_outcomes,
    export_overdue,
    export_statistics,
    export_visits,
)
from alerts.statistics import TownFigures, read_statistics
from alerts.terms import Term
from config.language import catalogue
from config.lean import dataclass
from service.commandline import Commands, Listed, for_users, make, option
from service.commands import export_private
from service.commands.audited import Target, purpose_option, write_audited
from service.commands.workbooks import Source, file_argument, replace_flag
from service.errors import CommandWrong
from service.inputs import Day
from service.naming import region_called
from service.terminal import Terminal

_ = catalogue("service")

_WEEK = timedelta(days=7)
_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Overdue:
    """Of which division, into which file."""

    file: Path
    region: str | None
    purpose: str | None
    replace: bool


@dataclass(frozen=True, slots=True)
class Visits:
    """Due up to which day, of which division, into which file."""

    file: Path
    until: date | None
    region: str | None
    purpose: str | None
    replace: bool


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Told on which days, of which division, into which file."""

    file: Path
    from_: date | None
    to: date | None
    region: str | None
    purpose: str | None
    replace: bool


@dataclass(frozen=True, slots=True)
class Differences:
    """From which other list, of which division, into which file."""

    file: Path
    source: str | None
    region: str | None
    purpose: str | None
    replace: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Of which term, into which file."""

    file: Path
    period: str
    purpose: str | None
    replace: bool


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    listed = {
        "overdue": Listed(_("what should have been done by now"), _overdue_command),
        "visits": Listed(_("whom to see in the coming days"), _visits_command),
        "outcomes": Listed(_("what became of each telling"), _outcomes_command),
        "differences": Listed(_("what other systems' lists say otherwise"), _differences_command),
        "statistics": Listed(_("figures of a quarter, half-year or year"), _figures_command),
        "form": Listed(_("the form 走访登记表 of one person"), export_private.form),
        "persons": Listed(_("the directory (人员名单), to be mended"), export_private.persons),
        "roster": Listed(_("numbers and names (对照表), for paper only"), export_private.roster),
        "quarantine": Listed(_("rows set apart, to be mended"), export_private.quarantine),
    }
    return Commands("export", listed, about=_("Writes lists as workbooks."))


def _region() -> click.Option:
    return option("--region", about=_("only this division, by code or name"))


@for_users
def _overdue_command() -> click.Command:
    about = _("Writes what is overdue or was never recorded, by village and number.")
    params = [file_argument(), _region(), purpose_option(), replace_flag()]
    return make(Overdue, _overdue, name="overdue", about=about, params=params)


@for_users
def _visits_command() -> click.Command:
    return make(
        Visits,
        _visits,
        name="visits",
        about=_("Writes whom to see (走访清单): one row a child, with room to write down by hand."),
        params=[
            file_argument(),
            option("--until", about=_("due up to this day; 7 days if left out"), kind=Day()),
            _region(),
            purpose_option(),
            replace_flag(),
        ],
    )


@for_users
def _outcomes_command() -> click.Command:
    return make(
        Outcomes,
        _outcomes,
        name="outcomes",
        about=_("Writes what became of each telling: sent, relayed, done before, failed."),
        params=[
            file_argument(),
            click.Option(
                ["--from", "from_"],
                type=Day(),
                metavar=Day.name,
                help=_("first day; 30 days ago if left out"),
            ),
            option("--to", about=_("last day; today if left out"), kind=Day()),
            _region(),
            purpose_option(),
            replace_flag(),
        ],
    )


@for_users
def _differences_command() -> click.Command:
    return make(
        Differences,
        _differences,
        name="differences",
        about=_("Writes what `import --compare` found and no later list settled, by number."),
        params=[
            file_argument(),
            option("--source", about=_("only of this other list")),
            _region(),
            purpose_option(),
            replace_flag(),
        ],
    )


@for_users
def _figures_command() -> click.Command:
    return make(
        Figures,
        _figures,
        name="statistics",
        about=_("Writes a term's figures, a row for each township and a total."),
        params=[
            file_argument(),
            click.Option(
                ["--period"],
                required=True,
                metavar="TERM",
                help=_("which term: 2027Q1, 2027H1, 2027 or 2027-03"),
            ),
            purpose_option(),
            replace_flag(),
        ],
    )


def _overdue(wish: Overdue, terminal: Terminal) -> int:
    def write(source: Source, stream: BinaryIO) -> int:
        return export_overdue(source.connection, _asked(source, wish.region), stream)

    return write_audited(write, Target("overdue", wish.file, wish.purpose, wish.replace), terminal)


def _visits(wish: Visits, terminal: Terminal) -> int:
    def write(source: Source, stream: BinaryIO) -> int:
        asked = _asked(source, wish.region)
        until = wish.until or asked.today + _WEEK
        return export_visits(source.connection, asked, stream, until=until)

    return write_audited(write, Target("visits", wish.file, wish.purpose, wish.replace), terminal)


def _differences(wish: Differences, terminal: Terminal) -> int:
    def write(source: Source, stream: BinaryIO) -> int:
        asked = _asked(source, wish.region)
        return export_differences(source.connection, asked, stream, source=wish.source)

    return write_audited(
        write, Target("differences", wish.file, wish.purpose, wish.replace), terminal
    )


def _outcomes(wish: Outcomes, terminal: Terminal) -> int:
    def write(source: Source, stream: BinaryIO) -> int:
        asked = _asked(source, wish.region)
        last = wish.to or asked.today
        first = wish.from_ or last - _MONTH
        if first > last:
            raise CommandWrong(_("the first day is after the last"))
        return export_outcomes(source.connection, asked, stream, days=(first, last))

    return write_audited(write, Target("outcomes", wish.file, wish.purpose, wish.replace), terminal)


def _figures(wish: Figures, terminal: Terminal) -> int:
    term = Term.parse(wish.period)
    said: dict[str, object] = {}

    def write(source: Source, stream: BinaryIO) -> int:
        asked = _asked(source, None)
        if source.who.scope is not None and not source.who.scope.holds_towns:
            raise CommandWrong(
                _(
                    "figures are of whole townships, and your divisions are villages: ask for them above"
                )
            )
        figures = read_statistics(
            source.connection, source.in_force, term, today=asked.today, within=asked.scope
        )
        said.update(
            term=term.name,
            as_of=figures.as_of,
            townships=[_town_json(row) for row in figures.rows],
            total=_town_json(figures.total),
        )
        return export_statistics(figures, asked, stream)

    return write_audited(
        write, Target("statistics", wish.file, wish.purpose, wish.replace), terminal, more=said
    )


def _town_json(row: TownFigures) -> dict[str, object]:
    acts = {act: {**asdict(of), "rate": of.rate} for act, of in row.acts.items()}
    return {**asdict(row), "acts": acts}


def _asked(source: Source, region: str | None) -> Asked:
    site, who = source.site, source.who
    within = ""
    if region:
        within = region_called(source.connection, site.configuration, region, within=who.scope)
    return Asked(source.in_force, who.today, within, who.scope)
