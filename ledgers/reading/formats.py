"""What calamine does not tell of a workbook: its epoch, and cells formatted as month and year.

Somebody who types 2024年3月 sees 2024年3月, but the file holds 1 March. The number format is the only
witness that the day is not known. Read with regular expressions on purpose: no XML entities, no
tree in memory. Runs in the child process.
"""

import html
import re
import zipfile
import zlib
from typing import BinaryIO

Positions = frozenset[tuple[int, int]]  # (row, column), both from 0

_BUILTIN_MONTH_FORMATS = frozenset({17, 27, 36, 50, 52, 57})  # mmm-yy, and 年月 in Chinese Excel
_BOF_BIFF8 = bytes.fromhex("0908100000060500")
_DATEMODE, _FILEPASS, _EOF = 0x0022, 0x002F, 0x000A
_BROKEN = (zipfile.BadZipFile, EOFError, OSError, ValueError, zlib.error, NotImplementedError)
_MAX_PART = 8 << 20
_CHUNK = 1 << 20


def uses_1904(source: BinaryIO) -> bool:
    """Answer whether the serial numbers of an xlsx count from 1904."""
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as archive:
            text = _part(archive, "xl/workbook.xml")
    except _BROKEN:
        return False  # calamine has the last word on a damaged file
    return re.search(r'date1904="(1|true)"', text) is not None


def xls_traits(source: BinaryIO) -> tuple[bool, bool]:
    """Answer whether an xls counts from 1904, and whether it is encrypted in any way."""
    source.seek(0)
    content = source.read()
    epoch_1904 = encrypted = False
    at = content.find(_BOF_BIFF8)
    while 0 <= at < len(content) - 6:
        record = int.from_bytes(content[at : at + 2], "little")
        epoch_1904 = epoch_1904 or (record == _DATEMODE and content[at + 4] == 1)
        encrypted = encrypted or record == _FILEPASS
        if record == _EOF:
            break
        at += 4 + int.from_bytes(content[at + 2 : at + 4], "little")
    return epoch_1904, encrypted


def month_cells(source: BinaryIO) -> dict[str, Positions]:
    """Answer, per sheet name, which cells of an xlsx show only month and year."""
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as archive:
            styles = _month_styles(_part(archive, "xl/styles.xml"))
            if not styles:
                return {}
            pattern = re.compile(
                rb'<c r="([A-Z]{1,3})(\d{1,7})" s="(?:%s)"' % b"|".join(styles),
            )
            return {
                name: _positions(archive, path, pattern) for name, path in _sheet_paths(archive)
            }
    except (KeyError, *_BROKEN):
        return {}


def _part(archive: zipfile.ZipFile, name: str) -> str:
    try:
        with archive.open(name) as stream:
            return stream.read(_MAX_PART).decode("utf-8", "replace")
    except KeyError:
        return ""


def _month_styles(styles: str) -> list[bytes]:
    """Answer the cell styles (as digits) whose number format has a year and a month but no day."""
    chosen = set(_BUILTIN_MONTH_FORMATS)
    for tag in re.findall(r"<numFmt [^>]*>", styles):
        number = re.search(r'numFmtId="(\d+)"', tag)
        code = re.search(r'formatCode="([^"]*)"', tag)
        if number and code and _is_month_format(html.unescape(code[1])):
            chosen.add(int(number[1]))
    cell_formats = re.search(r"<cellXfs.*?</cellXfs>", styles, re.DOTALL)
    if cell_formats is None:
        return []
    return [
        str(index).encode()
        for index, number in enumerate(re.findall(r'<xf [^>]*?numFmtId="(\d+)"', cell_formats[0]))
        if int(number) in chosen
    ]


def _is_month_format(code: str) -> bool:
    bare = re.sub(r'\[[^\]]*\]|"[^"]*"|\\.', "", code.split(";")[0]).lower()
    return "y" in bare and "m" in bare and not set("dhs") & set(bare)


def _sheet_paths(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    targets = {}
    for tag in re.findall(r"<Relationship [^>]*>", _part(archive, "xl/_rels/workbook.xml.rels")):
        key, target = re.search(r'\bId="([^"]*)"', tag), re.search(r'Target="([^"]*)"', tag)
        if key and target:
            path = target[1]
            targets[key[1]] = path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    found = []
    for tag in re.findall(r"<sheet [^>]*>", _part(archive, "xl/workbook.xml")):
        name, key = re.search(r'name="([^"]*)"', tag), re.search(r'r:id="([^"]*)"', tag)
        if name and key and key[1] in targets:
            found.append((html.unescape(name[1]), targets[key[1]]))
    return found


def _positions(archive: zipfile.ZipFile, path: str, pattern: re.Pattern[bytes]) -> Positions:
    found = set()
    rest = b""
    with archive.open(path) as stream:
        while chunk := stream.read(_CHUNK):
            window = rest + chunk
            found.update(pattern.findall(window))
            rest = window[-64:]  # a cell's tag may be cut in two
    return frozenset((int(row) - 1, _column(letters)) for letters, row in found)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
