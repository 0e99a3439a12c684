"""Opening files: every kind of good one, and every kind of bad one refused in words and in time."""

import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.language import speaking
from ledgers.errors import (
    DamagedFile,
    EmptyFile,
    FileMissing,
    FileRefused,
    FolderGiven,
    MarkupFile,
    OversizedFile,
    ParserDied,
    PasswordProtected,
    TooMuchMemory,
    TooSlow,
    UnknownFileType,
    ZipBomb,
)
from ledgers.reading.limits import MEGABYTE, Limits
from ledgers.reading.workbook import MonthCell, RawFile, read_file
from tests.ledgers.reading import makers

_LIMITS = Limits()
_ROWS: makers.Rows = [["姓名", "出生日期"], ["张测试", "2015年3月"]]


def _read(path: Path) -> RawFile:
    return read_file(path, _LIMITS)


def _cells(path: Path) -> list[list[object]]:
    return [list(row) for row in _read(path).sheets[0].rows()]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "gbk"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_is_read_in_any_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """Exports of WPS, Excel and old systems all come out alike."""
    path = makers.save_csv(tmp_path / "a.csv", _ROWS, encoding=encoding, delimiter=delimiter)
    assert _cells(path) == [list(row) for row in _ROWS]


def test_control_characters_are_left_out(tmp_path: Path) -> None:
    """Workbooks may hold them; PostgreSQL takes no text with a zero, and terminals obey escapes."""
    old = makers.save_xls(tmp_path / "a.xls", {(0, 0): "姓名", (1, 0): "张\0测试"})
    plain = makers.save_xlsx(tmp_path / "a.xlsx", {"台账": [["姓名"], ["NAME"]]})
    with zipfile.ZipFile(plain) as archive:
        members = {one: archive.read(one) for one in archive.namelist()}
    coded = "张_x0000_测_x001B_试".encode()
    odd = {name: content.replace(b"NAME", coded) for name, content in members.items()}
    new = makers.save_zip(tmp_path / "b.xlsx", odd)
    assert _cells(old) == _cells(new) == [["姓名"], ["张测试"]]


@pytest.mark.skipif(sys.platform == "win32", reason="names are no bytes there")
def test_a_name_in_another_encoding_is_made_sayable(tmp_path: Path) -> None:
    """An archive packed by old Windows leaves names in GBK behind, which no database takes."""
    path = tmp_path / os.fsdecode("儿\x1b童".encode("gbk") + b".csv")
    makers.save_csv(path, _ROWS)
    name = _read(path).name
    assert name.encode().endswith(b".csv")
    assert name.isprintable()


def test_the_three_kinds_of_workbook_are_read(tmp_path: Path) -> None:
    """By their bytes: the name of the file does not matter."""
    cells = {
        (row, column): value for row, line in enumerate(_ROWS) for column, value in enumerate(line)
    }
    for path in (
        makers.save_xlsx(tmp_path / "a.csv", {"台账": _ROWS}),
        makers.save_ods(tmp_path / "b.xlsx", _ROWS),
        makers.save_xls(tmp_path / "c.ods", cells),
    ):
        assert _cells(path) == [list(row) for row in _ROWS]
        assert _read(path).sheets[0].name == "台账"


def test_a_sheet_keeps_its_places(tmp_path: Path) -> None:
    """Rows and columns count from the sheet's corner, not from its first cell."""
    rows: makers.Rows = [[], [], [None, None, "村", "姓名"], [None, None, None, 1.5]]
    path = makers.save_xlsx(tmp_path / "a.xlsx", {"台账": rows}, merged=[("台账", "C3:C4")])
    assert _cells(path) == [[], [], ["", "", "村", "姓名"], ["", "", "", 1.5]]
    assert _read(path).sheets[0].merged == (((2, 2), (3, 2)),)


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_the_epoch_of_a_workbook_is_known(tmp_path: Path, *, epoch_1904: bool) -> None:
    """Old workbooks from a Mac count from 1904; date cells mean the same day all the same."""
    path = makers.save_xlsx(
        tmp_path / "a.xlsx", {"台账": [[date(2024, 3, 5)]]}, epoch_1904=epoch_1904
    )
    assert _read(path).sheets[0].epoch_1904 is epoch_1904
    assert _cells(path) == [[date(2024, 3, 5)]]
    flag = makers.record(0x0022, bytes([epoch_1904, 0]))
    old = makers.save_xls(tmp_path / "a.xls", {(0, 0): 1.0}, extra=flag)
    assert _read(old).sheets[0].epoch_1904 is epoch_1904


def test_a_cell_that_shows_a_month_says_so(tmp_path: Path) -> None:
    """Excel stores 2024年3月 as the first of March; only its format knows better."""
    path = makers.save_month_cells(tmp_path / "a.xlsx", date(2024, 3, 1))
    assert _cells(path) == [[MonthCell(date(2024, 3, 1)), date(2024, 3, 1)]]


def test_the_digest_is_the_files(tmp_path: Path) -> None:
    """The same bytes under another name are the same file."""
    paths = [makers.save_csv(tmp_path / name, _ROWS) for name in ("a.csv", "b.csv")]
    assert _read(paths[0]).digest == _read(paths[1]).digest


def _cut(path: Path) -> Path:
    whole = makers.save_xlsx(path, {"台账": _ROWS}).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def _bytes(content: bytes) -> Callable[[Path], Path]:
    def save(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return save


def _locked_xls(path: Path) -> Path:
    return makers.save_xls(path, {(0, 0): "姓名"}, extra=makers.record(0x002F, bytes(6)))


def _locked_xlsx(path: Path) -> Path:
    return makers.save_ole(path, {"EncryptionInfo": b"x", "EncryptedPackage": b"x"})


def _far_cell_xlsx(path: Path) -> Path:
    """Two cells whose rectangle has 17 thousand million others: 550 GB for the parser."""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return makers.save_raw_xlsx(path, sheet_data=cells)


def _far_cell_xls(path: Path) -> Path:
    """The same in the old format, whose places have sixteen bits: 137 GB."""
    return makers.save_xls(path, {(0, 0): "姓名", (65535, 65535): 1})


def _far_cell_ods(path: Path) -> Path:
    return makers.save_ods(path, [["姓名"]], repeated=(1048576, 16384))


def _endless_text(path: Path) -> Path:
    cell = f'<c r="A1" t="inlineStr"><is><t>{"a" * 40_000_000}</t></is></c>'
    return makers.save_raw_xlsx(path, sheet_data=f'<row r="1">{cell}</row>')


def _zip_bomb(path: Path) -> Path:
    return makers.save_zip(
        path, {"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": bytes(200 * MEGABYTE)}
    )


_ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>&bomb;</t></is></c></row>'


def _entity_bomb(path: Path) -> Path:
    """Ten entities, each ten times the one before: ten thousand million letters."""
    names = ["lol", *(f"a{number}" for number in range(9)), "bomb"]
    entities = '<!ENTITY lol "lollollol">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names)
    )
    prolog = f"<!DOCTYPE worksheet [{entities}]>"
    return makers.save_raw_xlsx(path, sheet_data=_ROW, prolog=prolog)


def _external_entity(path: Path) -> Path:
    """A cell that would hold what stands in a file of this machine."""
    prolog = '<!doctype worksheet [<!ENTITY bomb SYSTEM "file:///etc/hostname">]>'
    return makers.save_raw_xlsx(path, sheet_data=_ROW, prolog=prolog)


def _hidden_document_type(path: Path) -> Path:
    """In letters of two bytes, which hide the words from whoever looks for single ones."""
    text = '<!DOCTYPE w [<!ENTITY bomb SYSTEM "http://127.0.0.1/">]><w>&bomb;</w>'
    parts = {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": text.encode("utf-16")}
    return makers.save_zip(path, parts)


def _bad_ods(path: Path) -> Path:
    whole = makers.save_ods(path, _ROWS)
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["content.xml"] = b"<!DOCTYPE x>" + parts["content.xml"]
    return makers.save_zip(path, parts)


_BAD: list[tuple[Callable[[Path], Path], tuple[type[FileRefused], ...]]] = [
    (_bytes(b""), (EmptyFile,)),
    (_bytes(b"\r\n \r\n"), (EmptyFile,)),
    (_bytes(bytes(range(256)) * 20), (UnknownFileType,)),
    (_bytes(b"%PDF-1.7\n\x00\x01\x02"), (UnknownFileType,)),
    (_bytes(b"<html><table><tr><td>1</td></tr></table></html>"), (MarkupFile,)),
    (_bytes(b"PK\x03\x04"), (DamagedFile,)),
    (lambda path: makers.save_zip(path, {"word/document.xml": b"x"}), (UnknownFileType,)),
    (lambda path: makers.save_zip(path, {"xl/workbook.xml": b"<x"}), (DamagedFile,)),
    (lambda path: makers.save_ole(path, {"WordDocument": b"x"}), (UnknownFileType,)),
    (_cut, (DamagedFile,)),
    (_locked_xls, (PasswordProtected,)),
    (_locked_xlsx, (PasswordProtected,)),
    (lambda path: makers.save_ods(path, _ROWS, locked=True), (PasswordProtected,)),
    (_far_cell_xlsx, (ParserDied, TooMuchMemory)),
    (_far_cell_xls, (ParserDied, TooMuchMemory)),
    (_far_cell_ods, (DamagedFile, OversizedFile, ParserDied)),
    (makers.save_swollen_xlsx, (ParserDied, TooMuchMemory)),
    (_endless_text, (OversizedFile, TooMuchMemory, ParserDied)),
    (_zip_bomb, (ZipBomb,)),
    (_entity_bomb, (DamagedFile,)),
    (_external_entity, (DamagedFile,)),
    (_hidden_document_type, (DamagedFile,)),
    (_bad_ods, (DamagedFile,)),
]


@pytest.mark.parametrize(
    ("make", "refusals"), _BAD, ids=lambda value: getattr(value, "__name__", None)
)
def test_a_bad_file_is_refused_in_words_and_in_time(
    tmp_path: Path, make: Callable[[Path], Path], refusals: tuple[type[FileRefused], ...]
) -> None:
    """One file, one refusal that names it, in ten seconds."""
    path = make(tmp_path / "坏文件.xlsx")
    begun = time.monotonic()
    with pytest.raises(FileRefused, match=r"坏文件\.xlsx") as refused:
        _read(path)
    assert time.monotonic() - begun < 10
    assert isinstance(refused.value, refusals)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """It may have been moved, or be another's."""
    with pytest.raises(FileMissing):
        _read(tmp_path / "none.xlsx")


@pytest.mark.parametrize("written", ["..", "."])
def test_a_folder_is_refused_by_name(written: str) -> None:
    """Also the one that somebody is in, whose name is empty: `shouwang import .`."""
    with pytest.raises(FolderGiven) as refused:
        _read(Path(written))
    assert str(refused.value).startswith(written + " ")


def test_limits_can_be_set(tmp_path: Path) -> None:
    """Bytes, cells, time and what comes back each have their own."""
    path = makers.save_csv(tmp_path / "a.csv", [["姓名", "性别"]] * 2000)
    for limits, refusal in (
        (replace(_LIMITS, file_bytes=10), OversizedFile),
        (replace(_LIMITS, cells=100), OversizedFile),
        (replace(_LIMITS, answer_bytes=100), OversizedFile),
        (replace(_LIMITS, seconds=0.001), TooSlow),
    ):
        with pytest.raises(refusal):
            read_file(path, limits)


def test_a_parser_that_never_ends_is_stopped(tmp_path: Path) -> None:
    """Time is up after the wall clock's seconds, whatever the child is doing."""
    path = makers.save_csv(tmp_path / "a.csv", [["姓名", "性别"]] * 400_000)
    begun = time.monotonic()
    with pytest.raises(TooSlow, match=r"a\.csv"):
        read_file(path, replace(_LIMITS, seconds=0.15, seconds_per_megabyte=0))
    assert time.monotonic() - begun < 3


def test_memory_has_an_end_too(tmp_path: Path) -> None:
    """The same file in too little memory is refused for that."""
    path = makers.save_csv(tmp_path / "a.csv", [["姓名", "性别"]] * 400_000)
    with pytest.raises((TooMuchMemory, ParserDied)):
        read_file(path, replace(_LIMITS, memory=28 * MEGABYTE))


def test_the_child_loads_nothing_of_the_application() -> None:
    """Its start counts in every import, and what is not there cannot be attacked."""
    code = "import sys, ledgers.reading.child as _; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"sqlalchemy", "pydantic", "ledgers.errors", "config", "gettext"}


def test_the_child_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of our environment, where passwords are, it has nothing; not even where modules lie."""
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit(7)", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    path = makers.save_csv(tmp_path / "a.csv", _ROWS)
    assert _cells(path) == [list(row) for row in _ROWS]


def test_a_bigger_file_may_take_longer() -> None:
    """A bomb is small; what is large is probably a province's ledger."""
    assert _LIMITS.time_for(1000) == _LIMITS.seconds < 10
    assert _LIMITS.time_for(12 * MEGABYTE) == _LIMITS.seconds + 30


def test_a_refusal_speaks_the_language_of_the_moment() -> None:
    """Chinese by default, English on request."""
    assert "密码" in str(PasswordProtected("a.xlsx"))
    with speaking("en"):
        assert "password" in str(PasswordProtected("a.xlsx"))


def expect_refusal(path: Path) -> None:
    """Expect a file to be refused in a sentence that names it, unless it can be read after all."""
    try:
        said = read_file(path, _LIMITS).name
    except FileRefused as refused:
        said = str(refused)
    assert path.name in said


@settings(max_examples=25)
@given(
    st.binary(max_size=600),
    st.sampled_from([b"", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")]),
)
def test_random_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, magic: bytes
) -> None:
    """Nothing but a refusal in words ever comes out of a broken file."""
    path = tmp_path_factory.getbasetemp() / "random.bin"
    path.write_bytes(magic + content)
    expect_refusal(path)


@settings(max_examples=25)
@given(at=st.integers(0, 5_500), byte=st.integers(0, 255))
def test_a_workbook_with_a_wrong_byte_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
) -> None:
    """Damage in the middle of a good file is no different."""
    folder = tmp_path_factory.getbasetemp()
    good = folder / "good.xlsx"
    content = bytearray(
        (good if good.exists() else makers.save_xlsx(good, {"台账": _ROWS})).read_bytes()
    )
    content[at % len(content)] = byte
    (folder / "bent.xlsx").write_bytes(content)
    expect_refusal(folder / "bent.xlsx")
