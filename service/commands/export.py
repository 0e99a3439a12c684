"""`export …`: lists as workbooks, whole or not there at all."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import click
import structlog
from sqlalchemy import Connection

from alerts.in_force import InForce
from config.language import catalogue
from ledgers.persons import load_persons
from ledgers.quarantined import export_quarantine
from ledgers.rosters import export_roster
from service.commandline import Commands, Listed, argument, flag, make
from service.commands.sites import looking, opened
from service.errors import CommandWrong
from service.inputs import FilePath
from service.naming import person_called
from service.terminal import Terminal
from service.wiring import Site

_ = catalogue("service")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """What an export is made from."""

    connection: Connection
    site: Site
    in_force: InForce


Write = Callable[[Source, BinaryIO], int]
"""Writes a workbook and answers how many rows."""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Into which file."""

    file: Path
    replace: bool


@dataclass(frozen=True, slots=True)
class Roster:
    """Whose numbers and names, into which file."""

    file: Path
    person: str
    replace: bool


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    listed = {
        "roster": Listed(_("numbers and names (对照表), for paper only"), _roster_command),
        "quarantine": Listed(_("rows set apart, to be mended"), _quarantine_command),
    }
    return Commands("export", listed, about=_("Writes lists as workbooks."))


def _file() -> click.Argument:
    return argument(
        "file", about=_("a new workbook, such as FILE.xlsx"), kind=FilePath("FILE.xlsx")
    )


def _over() -> click.Option:
    return flag("--replace", about=_("overwrite the file if it is there"))


def _roster_command() -> click.Command:
    return make(
        Roster,
        _roster,
        name="roster",
        about=_(
            "Writes which number is which child, for one person. Print it and hand it over on "
            "paper; no channel sends it. That somebody looked is logged."
        ),
        params=[
            _file(),
            click.Option(
                ["--person"], required=True, metavar="P", help=_("whose: P-0007, phone or name")
            ),
            _over(),
        ],
    )


def _quarantine_command() -> click.Command:
    about = _(
        "Writes the rows that an import set apart, with what is wrong. Mend them in the workbook "
        "and import it. It holds personal data; that somebody looked is logged."
    )
    return make(Quarantine, _quarantine, name="quarantine", about=about, params=[_file(), _over()])


def _roster(wish: Roster, terminal: Terminal) -> int:
    def write(source: Source, stream: BinaryIO) -> int:
        site, connection = source.site, source.connection
        person = person_called(connection, site.vault, wish.person)
        handle = load_persons(connection, site.vault, [person])[person].handle
        log.warning("roster.exported", person=handle)
        today = site.today(site.clock())
        return export_roster(connection, site.vault, stream, person, on=today)

    return written(write, wish.file, replace=wish.replace, terminal=terminal)


def _quarantine(wish: Quarantine, terminal: Terminal) -> int:
    def write(source: Source, stream: BinaryIO) -> int:
        log.warning("quarantine.exported")
        return export_quarantine(source.connection, source.site.vault, stream)

    return written(write, wish.file, replace=wish.replace, terminal=terminal)


def written(write: Write, file: Path, *, replace: bool, terminal: Terminal) -> int:
    """Write a workbook beside its place and move it there when it is whole; only its owner reads it.

    Raises:
        CommandWrong: there is a file of that name, or it is named as something else.
    """
    if file.suffix.lower() != ".xlsx":
        raise CommandWrong(_("%(file)s: name a workbook, ending in .xlsx") % {"file": file})
    if file.exists() and not replace:
        raise CommandWrong(
            _("%(file)s is there already; choose another name, or say --replace") % {"file": file}
        )
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        draft.touch(mode=0o600)
        with (
            opened(terminal) as site,
            looking(site, site.clock()) as (connection, in_force, _today),
            draft.open("wb") as stream,
        ):
            count = write(Source(connection, site, in_force), stream)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    terminal.say(_("%(file)s: rows: %(count)s") % {"file": file, "count": count})
    terminal.answer({"file": str(file), "rows": count})
    return 0
