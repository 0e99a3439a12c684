"""Where the master key comes from, and the vault that it opens."""

import shlex
import subprocess
from collections.abc import Callable
from dataclasses import field
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Connection

import alerts.tables  # noqa: F401  # registers its tables in the one MetaData
from config.language import catalogue
from config.lean import dataclass
from config.settings import Settings
from ledgers.database import Database
from ledgers.errors import (
    KeyCommandFailed,
    KeyFileMissing,
    KeysInClear,
    LedgerError,
    OtherMasterKey,
)
from ledgers.key_files import keys_from_text, read_key_file
from ledgers.keyrings import Keys, has_replaced, key_ids, ring_kept, ring_of
from ledgers.resealing import finish
from ledgers.sealing import Keyring, Vault
from ledgers.tables import metadata
from service.errors import CommandWrong

_ = catalogue("service")

_COMMAND_WITHIN = 10.0
"""Seconds for the command that prints the master key: a key store that hangs must not hang us."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KeySource:
    """The one place that the settings name: a variable, a command, or else a file."""

    settings: Settings
    config_path: Path

    @property
    def file(self) -> Path | None:
        """The key file; None: the key comes from elsewhere."""
        settings = self.settings
        if settings.keys is not None or settings.key_command is not None:
            return None
        return settings.key_file_for(self.config_path)

    @property
    def begun_file(self) -> Path | None:
        """Where a new master key lies until it has taken the old one's place."""
        return None if self.file is None else self.file.with_name(f"{self.file.name}.new")

    def read(self) -> Keys:
        """Read the master key, or the keys of a site of old.

        Raises:
            CommandWrong: more than one place is named.
            LedgerError: with what to do.
        """
        self._refuse_several()
        if self.settings.keys is not None:
            return keys_from_text(self.settings.keys.get_secret_value(), "SHOUWANG_KEYS")
        if self.settings.key_command is not None:
            return keys_from_text(_printed_by(self.settings.key_command), "SHOUWANG_KEY_COMMAND")
        path = self.settings.key_file_for(self.config_path)
        try:
            return read_key_file(path)
        except KeyFileMissing:
            begun = self.begun()
            if begun is None:
                raise
            return begun

    def begun(self) -> Keys | None:
        """Answer the new master key of a change that was broken off, if there is one."""
        path = self.begun_file
        return read_key_file(path) if path is not None and path.exists() else None

    def ring(self, connection: Connection) -> Keyring:
        """Answer the keys that open a database, also while its master key is being changed.

        Raises as `read` and `ledgers.keyrings.ring_of`.
        """
        keys = self.read()
        try:
            return ring_of(connection, keys)
        except (OtherMasterKey, KeysInClear):
            begun = self.begun()
            if begun is None:
                raise
            return ring_of(connection, begun)

    def _refuse_several(self) -> None:
        named = ("keys", "key_command", "key_file")
        given = [name for name in named if getattr(self.settings, name) is not None]
        if len(given) > 1:
            names = ", ".join(f"SHOUWANG_{name.upper()}" for name in given)
            sentence = _("the master key comes from one place; leave out all but one: %(names)s")
            raise CommandWrong(sentence % {"names": names})


def _printed_by(command: str) -> str:
    """Answer what a command prints. It is run as written, by no shell; what it complains is not shown."""
    try:
        done = subprocess.run(  # noqa: S603  # the operator's own command
            shlex.split(command),
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_COMMAND_WITHIN,
        )
        return done.stdout.decode("ascii", errors="replace")
    except subprocess.TimeoutExpired as error:
        raise KeyCommandFailed(_("it took too long")) from error
    except subprocess.CalledProcessError as error:
        why = _("it ended with %(code)s") % {"code": error.returncode}
        raise KeyCommandFailed(why) from None
    except (OSError, ValueError) as error:
        raise KeyCommandFailed(_("it cannot be run")) from error


@dataclass(slots=True)
class _Latest:
    """The keys as the database has them now. Unwrapped again only when there are others."""

    database: Database
    source: KeySource
    ring: Keyring = field(repr=False)
    ids: frozenset[tuple[str, bool]]

    def __call__(self) -> Keyring:
        with self.database.reading() as connection:
            ids = key_ids(connection)
            if ids != self.ids:
                self.ring, self.ids = self.source.ring(connection), ids
        return self.ring


def open_vault(database: Database, source: KeySource, *, now: datetime) -> Vault:
    """Answer a vault that opens what is in the database, and learns of new keys.

    A database that holds nothing yet gets keys.

    Raises as `KeySource.ring`.
    """
    with database.reading() as connection:
        ids = key_ids(connection)
    if ids:
        with database.reading() as connection:
            ring = source.ring(connection)
    else:
        with database.writing() as connection:
            ring, ids = ring_kept(connection, source.read(), now=now), key_ids(connection)
    return Vault(ring, _Latest(database, source, ring, ids))


def learn_keys(vault: Vault) -> None:
    """Learn of keys that another process made; what is wrong with them is logged, and told again."""
    try:
        if vault.renew():
            _log.info("keys.learned", current=vault.current)
    except (LedgerError, OSError) as error:
        _log.error("keys.not_learned", exc_info=error)


def finish_rotation(database: Database, vault: Vault, *, clock: Callable[[], datetime]) -> None:
    """Go on with a rotation that was broken off, and drop old keys when their time is over."""
    with database.reading() as connection:
        if not has_replaced(connection):
            return
    learn_keys(vault)
    done = finish(database, metadata, vault, clock=clock)
    _log.info(
        "keys.tidied",
        resealed=done.resealed,
        left=done.left,
        unreadable=len(done.unreadable),
        dropped=len(done.dropped),
    )
