"""What kind of file is this, by its bytes and never by its name? Runs in the child process."""

import zipfile
from typing import BinaryIO

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MAX_MEMBERS = 5_000
_MAX_RATIO = 250  # honest sheets shrink 5 to 60 times
_PROLOG = 64 << 10  # a document type stands before the first element
_SMALL = 64 << 20  # a member below this size harms nobody, whatever its ratio


class Refused(Exception):
    """The file is not read; `reason` is one word of the protocol between child and parent."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def kind_of(source: BinaryIO, *, unpacked_bytes: int) -> str:
    """Answer `xlsx`, `ods`, `xls` or `text`; refuse bombs, locked files and all other kinds."""
    head = source.read(8)
    source.seek(0)
    if not head:
        raise Refused("empty")
    if head.startswith(b"PK"):
        return _kind_of_zip(source, unpacked_bytes)
    if head == _OLE:
        return _kind_of_ole(source)
    if _OLE.startswith(head):
        raise Refused("damaged")
    if head[:4] in (b"\x09\x08\x10\x00", b"\x09\x08\x08\x00"):  # a bare BIFF stream
        raise Refused("type")
    return "text"


def _kind_of_zip(source: BinaryIO, unpacked_bytes: int) -> str:
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            _refuse_bomb(members, unpacked_bytes)
            if any(member.flag_bits & 1 for member in members):
                raise Refused("password")
            _refuse_document_types(archive, members)
            kind = _kind_by_members(archive, names)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise Refused("damaged") from error
    source.seek(0)
    return kind


def _refuse_bomb(members: list[zipfile.ZipInfo], unpacked_bytes: int) -> None:
    if len(members) > _MAX_MEMBERS:
        raise Refused("bomb")
    if sum(member.file_size for member in members) > unpacked_bytes:
        raise Refused("bomb")
    for member in members:
        if member.file_size > _SMALL and member.file_size > _MAX_RATIO * member.compress_size:
            raise Refused("bomb")


def _refuse_document_types(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Refuse XML that declares entities: no office program writes any, whatever would read them."""
    for member in members:
        if member.filename.lower().endswith((".xml", ".rels")):
            with archive.open(member) as part:
                head = part.read(_PROLOG)
            if b"<!DOCTYPE" in head.replace(b"\0", b"").upper():  # without the zeros of UTF-16
                raise Refused("damaged")


def _kind_by_members(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype")[:200]:
        if "META-INF/manifest.xml" in names:
            manifest = archive.read("META-INF/manifest.xml")
            if b"encryption-data" in manifest:
                raise Refused("password")
        return "ods"
    raise Refused("type")


def _kind_of_ole(source: BinaryIO) -> str:
    content = source.read()
    source.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refused("password")
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return "xls"
    # An old workbook cut off before its directory cannot be told from another old document.
    raise Refused("damaged" if len(content) < 4096 else "type")
