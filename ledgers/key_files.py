"""The file in which a site's master key lies, readable by its owner only."""

import os
import secrets
import stat
from pathlib import Path

from ledgers.errors import KeyFileExists, KeyFileExposed, KeyFileMissing
from ledgers.keyrings import Keys
from ledgers.sealing import Keyring
from ledgers.wrapping import MasterKey

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keys_from_text(text: str, source: str) -> Keys:
    """Read a master key, or all keys in clear as files of old hold them; `source` names it in errors.

    Raises:
        KeyFileBroken: it is neither.
    """
    is_of_old = text.lstrip().startswith("{")
    return Keyring.from_text(text, source) if is_of_old else MasterKey.from_text(text, source)


def read_key_file(path: Path) -> Keys:
    """Read a key file.

    Raises:
        KeyFileMissing, KeyFileExposed, KeyFileBroken: with what to do.
    """
    try:
        if is_exposed(path):
            raise KeyFileExposed(str(path))
        return keys_from_text(path.read_text("utf-8", errors="replace"), str(path))
    except FileNotFoundError as error:
        raise KeyFileMissing(str(path)) from error


def is_exposed(path: Path) -> bool:
    """Say whether others than its owner may read or change a file."""
    return bool(path.stat().st_mode & _OTHERS)


def write_key_file(path: Path, keys: Keys) -> None:
    """Write a key file, readable by its owner only; one that is there is not written over.

    Raises:
        KeyFileExists: there is one.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(keys.to_text())
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, path)  # complete from its first moment, and never in another's place
    except FileExistsError as error:
        raise KeyFileExists(str(path)) from error
    finally:
        draft.unlink()
