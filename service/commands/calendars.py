"""`calendar import FILE`: a year's official days off and make-up days."""

import json
from dataclasses import dataclass
from pathlib import Path

import click

from config.language import catalogue
from ledgers.work_notices import keep_notice
from schedules.notices import read_notice
from service.commandline import Commands, Listed, argument, make
from service.commands.sites import opened
from service.errors import CommandWrong
from service.inputs import FilePath
from service.terminal import Terminal
from service.wakeup import announce

_ = catalogue("service")

_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Import:
    """Which file."""

    file: Path


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _("import a year's days off")
    return Commands("calendar", {"import": Listed(about, _import)}, about=about)


def _import() -> click.Command:
    return make(
        Import,
        _do,
        name="import",
        about=_(
            "Imports the State Council's yearly notice of days off and make-up days, as a JSON file "
            "of the holiday-cn project, such as 2027.json. It replaces what was known of that year."
        ),
        params=[argument("file", about=_("the JSON file"), kind=FilePath())],
    )


def _do(wish: Import, terminal: Terminal) -> int:
    raw = _read(wish.file)
    notice = read_notice(raw)
    if not notice.rest:
        raise CommandWrong(
            _("%(file)s holds no days off: those of %(year)s are not announced yet")
            % {"file": wish.file.name, "year": notice.year}
        )
    with opened(terminal) as site:
        with site.database.writing() as connection:
            keep_notice(connection, notice.year, raw, now=site.clock())
        announce(site.database)
    terminal.say(
        _("%(year)s: days off: %(rest)s, make-up days: %(work)s")
        % {"year": notice.year, "rest": len(notice.rest), "work": len(notice.work)}
    )
    terminal.answer({"year": notice.year, "rest": len(notice.rest), "work": len(notice.work)})
    return 0


def _read(file: Path) -> dict[str, object]:
    with file.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    try:
        raw = json.loads(data) if len(data) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict):
        raise CommandWrong(
            _("%(file)s is no holiday-cn JSON file, such as 2027.json") % {"file": file.name}
        )
    return raw
