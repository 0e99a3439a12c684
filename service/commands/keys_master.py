"""`keys master`: another master key, which wraps the site's keys from then on."""

from pathlib import Path

import click

from config.language import catalogue
from config.lean import dataclass
from service.auditing import Act, note_bare
from service.changing_master import change_master
from service.commandline import make, option
from service.commands.sites import key_site
from service.errors import CommandWrong
from service.inputs import FilePath
from service.terminal import Terminal

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Master:
    """In which file the new master key lies, or will; None: it takes the key file's place."""

    file: Path | None


def master() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _(
        "Makes a new master key and wraps all keys by it; nothing sealed is touched. The old one is "
        "kept beside it: older backups open with that one only."
    )
    new = option(
        "--file",
        about=_("where the new master key lies; it is made there if there is none"),
        kind=FilePath(),
    )
    return make(Master, _master, name="master", about=about, params=[new])


def _master(wish: Master, terminal: Terminal) -> int:
    with key_site(terminal) as (database, source):
        if wish.file is None and source.file is None:
            raise CommandWrong(
                _(
                    "the master key does not come from a file: say where the new one is to lie (--file)"
                )
            )
        note_bare(database, source, Act.MASTER, at=terminal.clock())
        changed = change_master(database, source, wish.file, now=terminal.clock())
    words = {"file": changed.file, "id": changed.id}
    if wish.file is not None:
        terminal.say(_("Put what is in %(file)s where the master key comes from.") % words)
        terminal.say(_("Then restart the daemon: it would learn no new keys."))
    if changed.old_file is not None:
        old = {"file": changed.old_file}
        terminal.say(_("The old key is in %(file)s: only backups made before need it.") % old)
        terminal.say(_("Take it away from here, to where those backups are not."))
    terminal.say(
        _(
            "Copy the new master key %(id)s in %(file)s to a safe place now: if it is lost, nobody can "
            "ever read what is sealed."
        )
        % words
    )
    old_file = None if changed.old_file is None else str(changed.old_file)
    terminal.answer({"master": changed.id, "file": str(changed.file), "old_file": old_file})
    return 0
