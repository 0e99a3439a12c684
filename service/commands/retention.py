"""`retention run`: reduce what has been kept long enough, as the daemon does at night."""

import click

from config.language import catalogue
from config.lean import dataclass
from ledgers.access.roles import Right
from service.authority import authority
from service.commandline import Commands, Listed, flag, for_users, make
from service.commands.sites import opened
from service.retaining import due, retain
from service.terminal import Terminal
from service.wakeup import announce
from service.words import swept_word

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Wish:
    """Whether anything is written."""

    dry_run: bool


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    listed = {"run": Listed(_("reduce what has been kept long enough"), _run_command)}
    about = _("What is kept how long, as `retention:` in the configuration says.")
    return Commands("retention", listed, about=about)


@for_users
def _run_command() -> click.Command:
    return make(
        Wish,
        _run,
        name="run",
        about=_(
            "Reduces entries and people whose term is over, and deletes what else has been kept "
            "long enough. Legal holds are left alone. The daemon does it every night."
        ),
        params=[flag("--dry-run", about=_("only say what would be done; nothing is written"))],
    )


def _run(wish: Wish, terminal: Terminal) -> int:
    with opened(terminal) as site:
        now = site.clock()
        who = authority(site, terminal, Right.ERASE, of_all=True)
        if wish.dry_run:
            counts = due(site, now)
        else:
            counts = retain(site, now, actor=who.actor)
            announce(site.database)
    if not counts:
        terminal.say(_("Nothing has been kept longer than it may be."))
    terminal.table(
        [_("what"), _("how many")],
        [(swept_word(name, site.configuration), count) for name, count in counts.items()],
    )
    terminal.answer({"dry_run": wish.dry_run, "counts": counts})
    return 0
