"""`backup FILE` and `restore FILE`."""

from pathlib import Path

import click

from config.language import catalogue
from config.lean import dataclass
from ledgers.audit_chain import head, key_of
from ledgers.audit_verify import KnownHead
from ledgers.database import Database
from ledgers.erasures import list_erased, note_erased, read_list
from service.audit_heads import NAME, HeadFile, is_there
from service.auditing import Act, note_bare
from service.commandline import argument, flag, make, option
from service.commands.sites import config_file, key_site, opened, settings_for
from service.errors import HeadFileBroken
from service.inputs import FilePath
from service.keys import KeySource
from service.retaining import erase_after_restore
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
    erased: Path | None


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
            option("--erased", about=_("a list that `subject erased` wrote"), kind=FilePath()),
        ],
    )


def _backup(wish: Backup, terminal: Terminal) -> int:
    with key_site(terminal) as (database, source):
        note_bare(database, source, Act.SAVED, at=terminal.clock())
        saved = save(database, wish.file)
    terminal.say(
        _("%(file)s holds %(rows)s rows. Without the key file it opens nothing: keep both, apart.")
        % {"file": wish.file, "rows": saved.total}
    )
    words = {"number": saved.head.number, "head": saved.head.hash}
    terminal.say(_("Its newest audit event is %(number)s: %(head)s") % words)
    terminal.answer(_as_json(wish.file, saved))
    return 0


def _restore(wish: Restore, terminal: Terminal) -> int:
    settings = settings_for(terminal)
    path = config_file(terminal, settings)
    listed = read_list(wish.erased) if wish.erased else []
    keys = KeySource(settings, path).read()
    database = open_database(settings, path)
    try:
        now = terminal.clock()
        saved = bring_back(database, wish.file, keys, now=now, replace=wish.replace)
        _tell_lost(database, KeySource(settings, path), terminal)
        with database.writing() as connection:
            note_erased(connection, listed)
            is_listed = bool(list_erased(connection))
    finally:
        database.close()
    terminal.say(
        _(
            "%(rows)s rows are back. Delivery is held; look with `outbox list`, then `outbox release`."
        )
        % {"rows": saved.total}
    )
    if is_listed:
        _erase_again(terminal)
    terminal.answer(_as_json(wish.file, saved))
    return 0


def _erase_again(terminal: Terminal) -> None:
    """Erase whoever a backup brought back; without the configuration the daemon does it at night."""
    with opened(terminal) as site:
        count = erase_after_restore(site, site.clock())
    if count:
        terminal.say(
            _("%(count)s of the erased were in the backup and are erased again.") % {"count": count}
        )


def _tell_lost(database: Database, source: KeySource, terminal: Terminal) -> None:
    """Say which audit events went with the database that was lost, and begin anew from here."""
    with database.reading() as connection:
        file = HeadFile(source.config_path.resolve().parent / NAME, key_of(connection))
        known, (newest, _signed) = _read(file, terminal), head(connection)
        lost = known is not None and not is_there(connection, known)
    if known is not None and lost:
        words = {"last": known.number, "newest": newest}
        terminal.warn(
            _(
                "The audit chain went up to event %(last)s; what was noted after the backup is lost. "
                "That stands in the chain now."
            )
            % words
        )
        note_bare(database, source, Act.CHAIN_LOST, at=terminal.clock(), known=known.number or 0)
    with database.reading() as connection:
        number, signed = head(connection)
    file.write(KnownHead(signed, number))


def _read(file: HeadFile, terminal: Terminal) -> KnownHead | None:
    try:
        return file.read()
    except HeadFileBroken as error:
        terminal.warn(str(error))
        return None


def _as_json(file: Path, saved: Saved) -> dict[str, object]:
    newest = {"number": saved.head.number, "head": saved.head.hash}
    return {"file": str(file), "rows": saved.rows, "newest_event": newest}
