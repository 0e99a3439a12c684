"""`export roster | quarantine | form`: what names a child, or is made for one person."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

import click

from alerts.concerns import covered_places
from alerts.forms import Form, form_items, keep_form, make_form
from alerts.items import Item
from alerts.open_items import Wanted, as_line_item, open_items
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from ledgers.ids import new_id
from ledgers.person_lists import export_persons
from ledgers.posts import load_holdings
from ledgers.quarantined import export_quarantine
from ledgers.regions import region_names
from ledgers.rosters import export_roster, roster_of
from service.commandline import for_users, make, option
from service.commands.audited import Target, purpose_option, write_audited
from service.commands.workbooks import Source, file_argument, password_flag, replace_flag
from service.importing import import_settings
from service.inputs import Day
from service.naming import person_called
from service.terminal import Terminal

_ = catalogue("service")

_WEEKS_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Into which file."""

    file: Path
    purpose: str | None
    password: bool
    replace: bool


@dataclass(frozen=True, slots=True)
class Persons:
    """Into which file."""

    file: Path
    purpose: str | None
    password: bool
    replace: bool


@dataclass(frozen=True, slots=True)
class Roster:
    """Whose numbers and names, into which file."""

    file: Path
    person: str
    purpose: str | None
    password: bool
    replace: bool


@dataclass(frozen=True, slots=True)
class FormWish:
    """Whose form, with what is due up to which day."""

    file: Path
    person: str
    until: date | None
    purpose: str | None
    replace: bool


def _person() -> click.Option:
    return click.Option(
        ["--person"], required=True, metavar="P", help=_("whose: P-0007, phone or name")
    )


@for_users
def roster() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Roster,
        _roster,
        name="roster",
        about=_(
            "Writes which number is which child, for one person. Print it and hand it over on "
            "paper; no channel sends it. That somebody looked is logged."
        ),
        params=[file_argument(), _person(), purpose_option(), password_flag(), replace_flag()],
    )


@for_users
def quarantine() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _(
        "Writes the rows that an import set apart, with what is wrong. Mend them in the workbook "
        "and import it. It holds personal data; that somebody looked is logged."
    )
    params = [file_argument(), purpose_option(), password_flag(), replace_flag()]
    return make(Quarantine, _quarantine, name="quarantine", about=about, params=params)


@for_users
def persons() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _(
        "Writes the directory: who holds which post, with their addresses and the way they want to "
        "be told. Change it in the workbook and import it. It holds personal data; that somebody "
        "looked is logged."
    )
    params = [file_argument(), purpose_option(), password_flag(), replace_flag()]
    return make(Persons, _persons, name="persons", about=about, params=params)


@for_users
def form() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        FormWish,
        _form,
        name="form",
        about=_(
            "Writes the form 走访登记表 for one person: what is open in their places, by number and "
            "without names. Filled in, it is imported like any workbook."
        ),
        params=[
            file_argument(),
            _person(),
            option("--until", about=_("due up to this day; 14 days if left out"), kind=Day()),
            purpose_option(),
            replace_flag(),
        ],
    )


def _secret(name: str, wish: Quarantine | Persons | Roster) -> Target:
    """Answer where a list goes that names somebody."""
    right = Right.EXPORT_NAMES
    return Target(name, wish.file, wish.purpose, wish.replace, right, password=wish.password)


def _roster(wish: Roster, terminal: Terminal) -> int:
    about: dict[str, str] = {}

    def write(source: Source, stream: BinaryIO) -> int:
        site, connection = source.site, source.connection
        who = source.who
        person = person_called(connection, site.vault, wish.person, within=who.people())
        about["subject"] = person
        lines = roster_of(connection, site.vault, person, on=who.today, within=who.scope)
        return export_roster(connection, lines, stream)

    return write_audited(write, _secret("roster", wish), terminal, about=about)


def _quarantine(wish: Quarantine, terminal: Terminal) -> int:
    def write(source: Source, stream: BinaryIO) -> int:
        return export_quarantine(source.connection, source.site.vault, stream)

    # Where a row belongs is often what was not understood in it.
    return write_audited(write, replace(_secret("quarantine", wish), of_all=True), terminal)


def _persons(wish: Persons, terminal: Terminal) -> int:
    def write(source: Source, stream: BinaryIO) -> int:
        site, who = source.site, source.who
        held = load_holdings(source.connection, on=who.today, within=who.scope)
        settings = import_settings(site.configuration)
        return export_persons(source.connection, site.vault, stream, settings, held=held)

    return write_audited(write, _secret("persons", wish), terminal)


def _form(wish: FormWish, terminal: Terminal) -> int:
    about: dict[str, str] = {}

    def write(source: Source, stream: BinaryIO) -> int:
        site, connection = source.site, source.connection
        now, who = site.clock(), source.who
        person = person_called(connection, site.vault, wish.person, within=who.people())
        about["subject"] = person
        items = _items(source, person, until=wish.until or who.today + _WEEKS_AHEAD)
        drawn = Form(new_id(now), person, now, form_items(items, site.configuration))
        names = region_names(connection, {item.lives_in for item in drawn.items})
        stream.write(make_form(drawn, names, day=who.today).content)
        with site.database.writing() as unit:
            keep_form(unit, drawn)
        return len(drawn.items)

    return write_audited(
        write, Target("form", wish.file, wish.purpose, wish.replace), terminal, about=about
    )


def _items(source: Source, person: str, *, until: date) -> list[Item]:
    """Answer what is open in a person's places, each matter once."""
    connection, configuration = source.connection, source.site.configuration
    today, scope = source.who.today, source.who.scope
    places = {
        place
        for role in configuration.roles
        for place in covered_places(connection, person, role, today)
    }
    wanted = Wanted(due_by=until, places=None if scope is None else scope.regions)
    found = {
        item.alert_id: as_line_item(item, configuration)
        for place in sorted(places)
        for item in open_items(connection, today, replace(wanted, region=place))
    }
    return [item for item in found.values() if item is not None]
