"""A channel that writes each mail as an .eml file: dry runs that can be looked at."""

import asyncio
from itertools import count
from pathlib import Path

from channels.errors import UnsafeHeader
from channels.mime import Sender, build
from channels.protocol import FailureReason, Message, ReaderClass, Receipt, Refused
from config.lean import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSettings:
    """Where the files go, and whom the mails say they are from. The folder is made when missing."""

    folder: Path
    from_: str = "shouwang <noreply@localhost>"
    language: str = "zh-CN"


class FileChannel:
    """One file per out-id, whole or not there; the same out-id again replaces its file."""

    kind = "file"
    reader_class = ReaderClass.PERSON

    def __init__(self, settings: FileSettings) -> None:
        """Touch no file yet.

        Raises:
            UnsafeHeader: `from_` is no address.
        """
        self._settings = settings
        self._sender = Sender.parse(settings.from_)
        self._numbers = count()  # so that two writes of one out-id do not share a file

    async def send(self, message: Message) -> Receipt:
        """Write the mail; the receipt names the file.

        Raises:
            Refused: the message makes no mail, or the folder cannot be written.
        """
        refused: Refused | None = None
        try:
            content = build(message, self._sender, language=self._settings.language)
            return Receipt(await asyncio.to_thread(self._write, message.out_id, content))
        except UnsafeHeader as error:
            refused = Refused(
                FailureReason.CONTENT_REFUSED, f"header {error.header}", permanent=True
            )
        except OSError as error:
            refused = Refused(FailureReason.TEMPORARY, f"file: errno {error.errno}")
        raise refused

    async def close(self) -> None:
        """Hold nothing open: there is nothing to let go of."""

    def _write(self, out_id: str, content: bytes) -> str:
        # `build` has refused out-ids with anything but letters, digits and a few signs.
        folder = self._settings.folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / f"{out_id}.eml"
        unfinished = folder / f".{out_id}.{next(self._numbers)}.part"
        unfinished.write_bytes(content)
        unfinished.replace(target)
        return target.name
