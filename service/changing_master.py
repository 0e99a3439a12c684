"""Another master key takes the old one's place; a change that was broken off is gone on with.

1. The new key is written to a file of its own, beside the old one.
2. In one transaction all keys are wrapped by it. Until step 4 both files are looked at.
3. The old file is named after its key, since backups made before open with that one only.
4. The new file takes its place.
"""

from datetime import datetime
from pathlib import Path

from config.lean import dataclass
from ledgers.database import Database
from ledgers.errors import KeyFileBroken
from ledgers.key_files import read_key_file, write_key_file
from ledgers.keyrings import Keys, keep, rewrap, wrapped_by
from ledgers.sealing import Keyring
from ledgers.wrapping import MasterKey
from service.keys import KeySource

_IN_CLEAR = "clear"
"""In the name of a file of old, which holds all keys in clear and so has no id."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The new master key's id and file, and where the old one's file is now, if it was moved."""

    id: str
    file: Path
    old_file: Path | None


def change_master(
    database: Database, source: KeySource, file: Path | None, *, now: datetime
) -> Changed:
    """Wrap all keys by another master key: the one in `file`, made there if there is none.

    Without `file` it takes the place of the key file. A site whose keys lay in clear in a file of
    old has them in its database afterwards, wrapped.

    Raises:
        LedgerError, CommandWrong: with what to do; nothing was changed.
    """
    place = source.file if file is None else None
    target = file or source.begun_file
    if target is None:
        raise ValueError("a new master key needs a file")
    old = source.read()
    new = _new_master(target)
    with database.writing() as connection:
        wrapper = wrapped_by(connection)
        if isinstance(old, Keyring) and wrapper is None:
            keep(connection, old, new, now=now)
        elif wrapper != new.id:
            source.ring(connection)
            rewrap(connection, _as_master(old, target), new)
    if place is None:
        return Changed(new.id, target, None)
    return Changed(new.id, place, _move_in(target, place, old))


def _new_master(target: Path) -> MasterKey:
    if not target.exists():
        write_key_file(target, MasterKey.create())
    return _as_master(read_key_file(target), target)


def _as_master(keys: Keys, file: Path) -> MasterKey:
    if isinstance(keys, Keyring):
        raise KeyFileBroken(str(file))
    return keys


def _move_in(target: Path, place: Path, old: Keys) -> Path | None:
    """Let the new file take the old one's place; answer where the old one is now."""
    kept = None
    if place.exists():
        name = _IN_CLEAR if isinstance(old, Keyring) else old.id
        kept = place.with_name(f"{place.name}.{name}")
        place.rename(kept)
    target.rename(place)
    return kept
