"""`run`: the daemon."""

import click

from config.language import catalogue
from config.lean import dataclass
from service import logs

# isort: split
# Only now the rest: `logs` sees that structlog comes without rich.
from service import daemon
from service.commandline import make
from service.commands.sites import settings_for
from service.readers import read_apart
from service.terminal import Terminal

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Wish:
    """Nothing can be asked of it."""


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _(
        "Keeps watch until SIGTERM or Ctrl-C: evaluates, opens slots, delivers. Reads the "
        "configuration again when it changes and has no mistakes, or on SIGHUP."
    )
    return make(Wish, _do, name="run", about=about)


def _do(_wish: Wish, terminal: Terminal) -> int:
    settings = settings_for(terminal)
    form: logs.Format = "json" if settings.log.format == "json" else "console"
    logs.configure(settings.log.level, form=form, stream=terminal.err)
    daemon.run(settings, clock=terminal.clock, reader=read_apart)
    return 0
