"""`keys …`: the keys that seal personal data: changed, wrapped by another master key, counted."""

import click

from config.language import catalogue
from config.lean import dataclass
from ledgers.keyrings import KeptKey, kept_keys, wrapped_by
from ledgers.resealing import Rotated, rotate, values_by_key
from ledgers.tables import metadata
from ledgers.wrapping import MasterKey
from service.auditing import Act, note_bare
from service.commandline import Commands, Listed, make
from service.commands import keys_master
from service.commands.sites import key_site
from service.errors import CommandWrong
from service.keys import KeySource
from service.terminal import Terminal
from service.wakeup import announce

_ = catalogue("service")


@dataclass(frozen=True, slots=True)
class Rotate:
    """Nothing can be asked of it."""


@dataclass(frozen=True, slots=True)
class Status:
    """Nothing can be asked of it."""


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    listed = {
        "rotate": Listed(_("change the key that seals personal data"), _rotate_command),
        "master": Listed(_("change the master key, which wraps the others"), keys_master.master),
        "status": Listed(_("which keys there are, and what is sealed with each"), _status_command),
    }
    return Commands("keys", listed, about=_("Looks after the keys that seal personal data."))


def _rotate_command() -> click.Command:
    about = _(
        "Makes a new data key and seals everything anew, while the daemon goes on. Broken off, it "
        "goes on when it is run again. The old key goes a day after nothing is sealed with it."
    )
    return make(Rotate, _rotate, name="rotate", about=about)


def _status_command() -> click.Command:
    about = _("Shows the keys by their ids, and how many values are sealed with each.")
    return make(Status, _status, name="status", about=about)


def _rotate(_wish: Rotate, terminal: Terminal) -> int:
    with key_site(terminal) as (database, source):
        master = _master_of(source)
        with terminal.progress(_("sealing anew")) as progress:
            done = rotate(database, metadata, master, clock=terminal.clock, progress=progress)
        said = {"key": done.current, "resealed": str(done.resealed)}
        note_bare(database, source, Act.ROTATED, at=terminal.clock(), **said)
        announce(database)
    terminal.say(_("Values sealed anew: %(count)s") % {"count": done.resealed})
    _tell_left(done, terminal)
    terminal.answer(
        {
            "current": done.current,
            "resealed": done.resealed,
            "left": done.left,
            "unreadable": done.unreadable,
            "dropped": done.dropped,
        }
    )
    return 1 if done.unreadable else 0


def _master_of(source: KeySource) -> MasterKey:
    keys = source.read()
    if isinstance(keys, MasterKey):
        return keys
    raise CommandWrong(
        _("the keys lie in clear in a file of an older version; run `shouwang keys master` first")
    )


def _tell_left(done: Rotated, terminal: Terminal) -> None:
    if done.unreadable:
        terminal.warn(_("These values do not open, and stay as they are, with their key:"))
        for place in done.unreadable:
            terminal.warn(f"  {place}")
    elif done.left:
        sentence = _("Values that were sealed with an older key meanwhile: %(count)s.")
        terminal.say(sentence % {"count": done.left})
        terminal.say(_("Run this again, or leave it to the daemon, which does it by night."))


def _status(_wish: Status, terminal: Terminal) -> int:
    with key_site(terminal) as (database, _source), database.reading() as connection:
        master = wrapped_by(connection)
        counts = values_by_key(connection, metadata)
        keys = kept_keys(connection)
    rows = [(key.id, f"{key.made_at:%Y-%m-%d}", _state(key), counts[key.id]) for key in keys]
    known = {key.id for key in keys}
    rows += [(id_, "", _("not here"), counts[id_]) for id_ in sorted(counts.keys() - known)]
    shown = _("Wrapped by the master key %(id)s.") % {"id": master}
    terminal.say(shown if master else _("The keys lie in a file of an older version, in clear."))
    terminal.table([_("key"), _("made"), _("state"), _("values")], rows)
    terminal.answer(
        {
            "master": master,
            "current": next((key.id for key in keys if key.in_use), None),
            "values": {id_: count for id_, _made, _said, count in rows},
        }
    )
    return 0


def _state(key: KeptKey) -> str:
    return _("in use") if key.in_use else _("replaced")
