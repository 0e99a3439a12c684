"""`keys rotate`: a new data key; everything sealed is sealed anew."""

from dataclasses import dataclass

import click

from config.language import catalogue
from ledgers.keys import rotate
from ledgers.tables import metadata
from service.commandline import Commands, Listed, make
from service.commands.sites import config_file, settings_for
from service.errors import CommandWrong
from service.locks import no_daemon
from service.migrations import require_current
from service.terminal import Terminal
from service.wiring import open_database

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Rotate:
    """Nothing can be asked of it."""


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _("change the keys that seal personal data")
    return Commands("keys", {"rotate": Listed(about, _rotate)}, about=about)


def _rotate() -> click.Command:
    about = _(
        "Makes a new data key and seals everything anew. Stop the daemon first, and copy the key "
        "file to its safe place afterwards. Broken off, it goes on when it is run again."
    )
    return make(Rotate, _do, name="rotate", about=about)


def _do(_wish: Rotate, terminal: Terminal) -> int:
    settings = settings_for(terminal)
    if settings.keys is not None:
        raise CommandWrong(
            _("the keys come from SHOUWANG_KEYS and cannot be changed here; use a key file")
        )
    path = config_file(terminal, settings)
    database = open_database(settings, path)
    try:
        require_current(database)
        with no_daemon(database), terminal.progress(_("sealing anew")) as progress:
            file = settings.key_file_for(path)
            count = rotate(database, metadata, file, progress=progress)
    finally:
        database.close()
    terminal.say(_("Values sealed anew: %(count)s") % {"count": count})
    terminal.say(_("Copy %(file)s to its safe place now.") % {"file": file})
    terminal.answer({"resealed": count, "key_file": str(file)})
    return 0
