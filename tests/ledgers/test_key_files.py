"""A key file is its owner's only, never written over, and read in both forms."""

from pathlib import Path

import pytest

from ledgers.errors import KeyFileBroken, KeyFileExists, KeyFileExposed, KeyFileMissing
from ledgers.key_files import read_key_file, write_key_file
from ledgers.sealing import Keyring
from ledgers.wrapping import MasterKey


@pytest.mark.parametrize("keys", [MasterKey.create(), Keyring.create()])
def test_what_was_written_is_read(tmp_path: Path, keys: MasterKey | Keyring) -> None:
    """A master key, or all keys in clear as sites of old have them; nobody else may read it."""
    file = tmp_path / "key"
    write_key_file(file, keys)
    assert read_key_file(file) == keys
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_no_key_is_written_over(tmp_path: Path) -> None:
    """The one that is there stays, and nothing is left beside it."""
    file, first = tmp_path / "key", MasterKey.create()
    write_key_file(file, first)
    with pytest.raises(KeyFileExists, match="key"):
        write_key_file(file, MasterKey.create())
    assert (read_key_file(file), list(tmp_path.iterdir())) == (first, [file])


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    """The words say what to do."""
    file = tmp_path / "key"
    write_key_file(file, MasterKey.create())
    file.chmod(mode)
    with pytest.raises(KeyFileExposed, match="chmod 600"):
        read_key_file(file)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"a2V5", b"[]"])
def test_a_broken_file_is_not_made_up_for(tmp_path: Path, content: bytes) -> None:
    """Nor one that is not there."""
    file = tmp_path / "key"
    with pytest.raises(KeyFileMissing):
        read_key_file(file)
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(KeyFileBroken):
        read_key_file(file)
