"""Writes the rows of a text file (csv and its kin) as JSON lines. Runs in the child process."""

import csv
import io
import json
import re
from typing import BinaryIO

from ledgers.reading.containers import Refused

_BATCH = 200
_DELIMITERS = ",;\t，；"
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ue000-\uf8ff\ufffe\uffff]")
# two random bytes are nearly always some character, so a guess at UTF-16 has to look like a ledger
_NOT_CHINESE = re.compile(
    r"[^\t\r\n -~\u00a0-\u00ff\u2000-\u22ff\u25a0-\u27bf\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
)
_LOOKS_LIKE_MARKUP = re.compile(r"\s*<(\?xml|!doctype|html|table|meta|head|style)", re.IGNORECASE)


def write_rows(source: BinaryIO, output: BinaryIO, *, cells: int) -> None:
    """Write the one nameless sheet of a text file; refuse what is no text in a known encoding."""
    text = decode(source.read())
    if not text.strip():
        raise Refused("empty")
    if _LOOKS_LIKE_MARKUP.match(text):
        raise Refused("markup")
    output.write(b'{"sheet":"","hidden":false,"epoch_1904":false,"merged":null}\n')
    csv.field_size_limit(1 << 20)
    batch: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            cells -= len(row)
            if cells < 0:
                raise Refused("size")
            batch.append([_bare(cell) for cell in row])
            if len(batch) == _BATCH:
                _write(output, batch)
                batch = []
    except csv.Error as error:
        raise Refused("damaged") from error
    _write(output, batch)


def decode(content: bytes) -> str:
    """Answer the text: UTF-8 or UTF-16 (with or without mark), else GB 18030; all strictly."""
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        guessed = encoding in ("utf-16-le", "utf-16-be")
        if not (_NOT_CHINESE if guessed else _NOT_TEXT).search(text):
            return text.removeprefix("\ufeff")
    raise Refused("type")


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\x00" in content:  # no other encoding of text has a zero byte
        return ("utf-16-le", "utf-16-be")
    return ("utf-8-sig", "gb18030")


def _delimiter(text: str) -> str:
    """Answer the delimiter that stands most often in the first lines, outside of quotes."""
    head = re.sub(r'"[^"]*"', "", "\n".join(text[:20_000].splitlines()[:20]))
    return max(_DELIMITERS, key=head.count)


def _bare(cell: str) -> str:
    """Undo `="0123"`, the trick with which exports keep Excel from reading a number."""
    if cell.startswith('="') and cell.endswith('"'):
        return cell[2:-1]
    return cell


def _write(output: BinaryIO, batch: list[list[str]]) -> None:
    output.write(json.dumps({"rows": batch}, ensure_ascii=False).encode("utf-8") + b"\n")
