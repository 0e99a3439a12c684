"""`db upgrade`: bring the database to this version."""

import click

from config.language import catalogue
from config.lean import dataclass
from service.commandline import Commands, Listed, make
from service.commands.sites import config_file, settings_for
from service.migrations import upgrade
from service.terminal import Terminal
from service.wiring import open_database

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Nothing can be asked of it."""


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _("bring the database to this version")
    return Commands("db", {"upgrade": Listed(about, _upgrade)}, about=about)


def _upgrade() -> click.Command:
    about = _("Brings the tables to this version, all or nothing. Refuses while a daemon runs.")
    return make(Upgrade, _do, name="upgrade", about=about)


def _do(_wish: Upgrade, terminal: Terminal) -> int:
    settings = settings_for(terminal)
    database = open_database(settings, config_file(terminal, settings))
    try:
        changed = upgrade(database)
    finally:
        database.close()
    terminal.say(
        _("The database is brought to this version.")
        if changed
        else _("The database is of this version already; nothing was changed.")
    )
    terminal.answer({"upgraded": changed})
    return 0
