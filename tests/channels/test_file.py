"""The channel that writes .eml files."""

import asyncio
import dataclasses
from pathlib import Path

import pytest

from channels.file import FileChannel, FileSettings
from channels.mime import Sender, build
from channels.protocol import FailureReason, Receipt, Refused
from tests.channels.test_mime import MESSAGE


def test_a_mail_becomes_one_whole_file(tmp_path: Path) -> None:
    """Named by its out-id, with the bytes that SMTP would carry, in a folder for the owner alone."""
    folder = tmp_path / "new" / "mails"
    channel = FileChannel(FileSettings(folder=folder, from_="noreply@example.invalid"))
    assert asyncio.run(channel.send(MESSAGE)) == Receipt("0197-1.eml")
    (file,) = folder.iterdir()
    assert file.read_bytes() == build(MESSAGE, Sender("noreply@example.invalid"))
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_same_out_id_replaces_its_file(tmp_path: Path) -> None:
    """Also when both are written at once; no unfinished file stays."""

    async def both() -> None:
        channel = FileChannel(FileSettings(folder=tmp_path))
        await asyncio.gather(channel.send(MESSAGE), channel.send(MESSAGE))

    asyncio.run(both())
    assert [path.name for path in tmp_path.iterdir()] == ["0197-1.eml"]


@pytest.mark.parametrize("out_id", ["../up", "a/b", "", ".", "a\0b"])
def test_an_out_id_cannot_leave_the_folder(out_id: str, tmp_path: Path) -> None:
    """It is checked like any header before it names a file."""
    channel = FileChannel(FileSettings(folder=tmp_path / "mails"))
    with pytest.raises(Refused) as refusal:
        asyncio.run(channel.send(dataclasses.replace(MESSAGE, out_id=out_id)))
    assert refusal.value.reason is FailureReason.CONTENT_REFUSED
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_no_loss(tmp_path: Path) -> None:
    """It may be mended, so the message is refused for now; the folder's name is not repeated."""
    (tmp_path / "markerzebra").write_bytes(b"")
    channel = FileChannel(FileSettings(folder=tmp_path / "markerzebra"))
    with pytest.raises(Refused) as refusal:
        asyncio.run(channel.send(MESSAGE))
    assert not refusal.value.permanent
    assert "markerzebra" not in str(refusal.value)
