"""What runs in the child, run here on harmless files: kinds, encodings, sheets, formats."""

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledgers.reading.containers import Refused, kind_of
from ledgers.reading.delimited import decode, write_rows
from ledgers.reading.formats import month_cells, uses_1904, xls_traits
from ledgers.reading.spreadsheet import write_sheets
from tests.ledgers.reading import makers

_ROWS: makers.Rows = [["姓名", "性别"], ["张测试", "男"]]
_Write = Callable[[io.BytesIO, io.BytesIO], None]


def _lines(content: bytes, write: _Write) -> list[dict[str, Any]]:
    output = io.BytesIO()
    write(io.BytesIO(content), output)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def _kind(content: bytes) -> str:
    return kind_of(io.BytesIO(content), unpacked_bytes=1_000_000)


def test_a_kind_is_known_by_its_bytes(tmp_path: Path) -> None:
    """No name is looked at."""
    path = tmp_path / "a"
    assert _kind(makers.save_xlsx(path, {"台账": _ROWS}).read_bytes()) == "xlsx"
    assert _kind(makers.save_ods(path, _ROWS).read_bytes()) == "ods"
    assert _kind(makers.save_xls(path, {(0, 0): "姓名"}).read_bytes()) == "xls"
    assert _kind("姓名,性别".encode()) == "text"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "damaged"),
        (bytes.fromhex("d0cf11e0"), "damaged"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(10), "damaged"),
        (bytes.fromhex("0908100000060500"), "type"),
    ],
)
def test_what_has_no_kind_is_refused(content: bytes, reason: str) -> None:
    """With the word that the parent turns into a sentence."""
    with pytest.raises(Refused, match=reason):
        _kind(content)


def test_archives_are_weighed_before_they_are_opened(tmp_path: Path) -> None:
    """Too many members, too much inside, or squeezed beyond belief."""
    path = tmp_path / "a.zip"
    many = {f"{number}.xml": b"" for number in range(5_001)}
    for members in (many, {"xl/workbook.xml": bytes(1_000_001)}):
        with pytest.raises(Refused, match="bomb"):
            _kind(makers.save_zip(path, members).read_bytes())
    for members, reason in (
        ({"mimetype": b"application/vnd.oasis.opendocument.text"}, "type"),
        ({"xl/workbook.bin": b""}, "type"),
    ):
        with pytest.raises(Refused, match=reason):
            _kind(makers.save_zip(path, members).read_bytes())


def test_text_is_written_as_one_sheet() -> None:
    """Its cells are all text, and the trick ="0123" is undone."""
    content = '姓名,编号\r\n"张,测试","=""0123"""'.encode()
    sheet, rows = _lines(content, lambda a, b: write_rows(a, b, cells=100))
    assert (sheet["sheet"], sheet["merged"]) == ("", None)
    assert rows["rows"] == [["姓名", "编号"], ["张,测试", "0123"]]


def test_text_beyond_its_bounds_is_refused() -> None:
    """Cells are counted; blank and marked-up text is no table."""
    for content, reason in (
        (b"a,b\n" * 300, "size"),
        (b" \n", "empty"),
        (b"<?xml version='1.0'?>", "markup"),
        (b'"' + b"a" * (1 << 20) + b'a"', "damaged"),
    ):
        with pytest.raises(Refused, match=reason):
            _lines(content, lambda a, b: write_rows(a, b, cells=500))


@pytest.mark.parametrize(
    "content", [b"\x01\x02\x03", b"\xff\xfe\x00", b"\x80\x00\x81", b"\xff\xff\xff"]
)
def test_bytes_of_no_encoding_are_no_text(content: bytes) -> None:
    """Strictly: a guess that decodes to noise is not taken."""
    with pytest.raises(Refused, match="type"):
        decode(content)


def test_sheets_are_written_with_their_traits(tmp_path: Path) -> None:
    """Name, visibility, epoch, merged cells, and rows in batches."""
    rows: makers.Rows = [["村", "日期"], ["青山", date(2024, 3, 5)], *[[None, 1.5]] * 300]
    path = makers.save_xlsx(
        tmp_path / "a.xlsx",
        {"台账": rows, "字典": []},
        merged=[("台账", "A2:A3")],
        hidden=["字典"],
        epoch_1904=True,
    )
    content = path.read_bytes()
    first, one, two, last = _lines(
        content, lambda a, b: write_sheets(a, b, kind="xlsx", cells=10_000)
    )
    assert first == {
        "sheet": "台账",
        "hidden": False,
        "epoch_1904": True,
        "merged": [[[1, 0], [2, 0]]],
    }
    assert (len(one["rows"]), len(two["rows"])) == (200, 102)
    assert one["rows"][:3] == [["村", "日期"], ["青山", {"d": "2024-03-05"}], ["", 1.5]]
    assert (last["sheet"], last["hidden"]) == ("字典", True)
    with pytest.raises(Refused, match="size"):
        _lines(content, lambda a, b: write_sheets(a, b, kind="xlsx", cells=10))


def test_month_cells_are_marked(tmp_path: Path) -> None:
    """Only where the number format hides the day."""
    content = makers.save_month_cells(tmp_path / "a.xlsx", date(2024, 3, 1)).read_bytes()
    _, rows = _lines(content, lambda a, b: write_sheets(a, b, kind="xlsx", cells=10))
    assert rows["rows"] == [[{"m": "2024-03-01"}, {"d": "2024-03-01"}]]
    assert list(month_cells(io.BytesIO(content)).values()) == [frozenset({(0, 0)})]


def test_old_and_open_workbooks_are_written_too(tmp_path: Path) -> None:
    """xls tells its merges and epoch, ods neither."""
    flag = makers.record(0x0022, b"\x01\x00")
    old = makers.save_xls(
        tmp_path / "a.xls", {(0, 1): "姓名", (1, 1): 2.5}, extra=flag
    ).read_bytes()
    sheet, rows = _lines(old, lambda a, b: write_sheets(a, b, kind="xls", cells=10))
    assert (sheet["epoch_1904"], rows["rows"]) == (True, [["", "姓名"], ["", 2.5]])
    assert xls_traits(io.BytesIO(old)) == (True, False)
    open_ = makers.save_ods(tmp_path / "a.ods", _ROWS).read_bytes()
    sheet, rows = _lines(open_, lambda a, b: write_sheets(a, b, kind="ods", cells=10))
    assert (sheet["merged"], rows["rows"]) == (None, [list(row) for row in _ROWS])


def test_locked_and_broken_workbooks_are_refused(tmp_path: Path) -> None:
    """The traits of a broken file are simply unknown; the parser says that it is broken."""
    locked = makers.save_xls(
        tmp_path / "a.xls", {(0, 0): "姓名"}, extra=makers.record(0x002F, bytes(6))
    )
    with pytest.raises(Refused, match="password"):
        _lines(locked.read_bytes(), lambda a, b: write_sheets(a, b, kind="xls", cells=10))
    with pytest.raises(Refused, match="damaged"):
        _lines(b"PK", lambda a, b: write_sheets(a, b, kind="xlsx", cells=10))
    assert not uses_1904(io.BytesIO(b"PK"))
    assert month_cells(io.BytesIO(b"PK")) == {}
