"""`backup FILE` and `restore FILE`."""

from dataclasses import dataclass
from pathlib import Path

import click

from config.language import catalogue
from service.commandline import argument, flag, make
from service.commands.sites import config_file, settings_for
from service.inputs import FilePath
from service.keys import KeySource
from service.saving import Saved
from service.saving import backup as save
from service.saving import restore as bring_back
from service.terminal import Terminal
from service.wiring import open_database

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Backup:
    """Into which file."""

    file: Path


@dataclass(frozen=True, slots=True)
class Restore:
    """From which file; `replace`: what is there now is meant to go."""

    file: Path
    replace: bool


def backup() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Backup,
        _backup,
        name="backup",
        about=_(
            "Copies the whole database into one SQLite file, whichever database it is; a daemon may "
            "go on meanwhile. It opens with the master key only: keep the key file elsewhere."
        ),
        params=[argument("file", about=_("a new file"), kind=FilePath())],
    )


def restore() -> click.Command:
    """Answer the command, in the language of the moment."""
    return make(
        Restore,
        _restore,
        name="restore",
        about=_(
            "Puts a backup in the place of the database. Delivery is held afterwards, until "
            "`outbox release`: what was sent since the backup would be sent again."
        ),
        params=[
            argument("file", about=_("a file that `backup` wrote"), kind=FilePath()),
            flag("--replace", about=_("what is there now is meant to go")),
        ],
    )


def _backup(wish: Backup, terminal: Terminal) -> int:
    settings = settings_for(terminal)
    database = open_database(settings, config_file(terminal, settings))
    try:
        saved = save(database, wish.file)
    finally:
        database.close()
    terminal.say(
        _("%(file)s holds %(rows)s rows. Without the key file it opens nothing: keep both, apart.")
        % {"file": wish.file, "rows": saved.total}
    )
    terminal.answer(_as_json(wish.file, saved))
    return 0


def _restore(wish: Restore, terminal: Terminal) -> int:
    settings = settings_for(terminal)
    path = config_file(terminal, settings)
    keys = KeySource(settings, path).read()
    database = open_database(settings, path)
    try:
        now = terminal.clock()
        saved = bring_back(database, wish.file, keys, now=now, replace=wish.replace)
    finally:
        database.close()
    terminal.say(
        _(
            "%(rows)s rows are back. Delivery is held; look with `outbox list`, then `outbox release`."
        )
        % {"rows": saved.total}
    )
    terminal.answer(_as_json(wish.file, saved))
    return 0


def _as_json(file: Path, saved: Saved) -> dict[str, object]:
    return {"file": str(file), "rows": saved.rows}
