"""Makes the workbooks that the tests read: good, messy and hostile ones."""

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

Value = str | float | int | bool | date | None
Rows = Sequence[Sequence[Value]]

FORM = ("村", "编号", "事项", "期限", "办理日期", "方式", "结果", "见到儿童本人", "情况是否正常")
"""The headings of a 走访登记表."""

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def save_xlsx(
    path: Path,
    sheets: Mapping[str, Rows],
    *,
    merged: Iterable[tuple[str, str]] = (),
    hidden: Iterable[str] = (),
    epoch_1904: bool = False,
) -> Path:
    """Write sheets of plain cells; `merged` are pairs of sheet and range (`A1:B1`)."""
    book = xlsxwriter.Workbook(str(path), {"date_1904": epoch_1904})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                elif value is not None:
                    sheet.write(number, column, value)
        for where, cells in merged:
            if where == name:
                sheet.merge_range(cells, _first_value(rows, cells))
    book.close()
    return path


def _first_value(rows: Rows, cells: str) -> Value:
    row, column = xl_cell_to_rowcol(cells.split(":")[0])
    return rows[int(row)][int(column)]


def save_csv(path: Path, rows: Rows, *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write rows as text; no value may contain the delimiter."""
    lines = (delimiter.join("" if value is None else str(value) for value in row) for row in rows)
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def save_month_cells(path: Path, day: date) -> Path:
    """Write one day twice: in a cell that shows year and month, and in one that shows all of it."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for column, form in enumerate(('yyyy"年"m"月"', "yyyy/m/d")):
        sheet.write_datetime(0, column, day, book.add_format({"num_format": form}))
    book.close()
    return path


def save_ods(
    path: Path, rows: Rows, *, locked: bool = False, repeated: tuple[int, int] = (1, 1)
) -> Path:
    """Write one sheet as OpenDocument; `locked` marks it as encrypted.

    A last cell is repeated over so many rows and columns.
    """
    body = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
    )
    if repeated != (1, 1):
        body += (
            f'<table:table-row table:number-rows-repeated="{repeated[0]}">'
            f'<table:table-cell table:number-columns-repeated="{repeated[1]}"'
            ' office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row>'
        )
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="台账">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = "<manifest:encryption-data/>" if locked else "<manifest/>"
    return save_zip(
        path,
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest.encode(),
            "content.xml": content.encode(),
        },
    )


def _ods_cell(value: Value) -> str:
    if value is None:
        return "<table:table-cell/>"
    text = escape(str(value))
    kind = 'office:value-type="string"'
    if isinstance(value, float | int):
        kind = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell {kind}><text:p>{text}</text:p></table:table-cell>"


def save_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def save_xls(path: Path, cells: Mapping[tuple[int, int], Value], *, extra: bytes = b"") -> Path:
    """Write one BIFF8 sheet in an OLE container; `extra` records follow the first one."""
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for (row, column), value in cells.items():
        place = struct.pack("<HHH", row, column, 0)
        if isinstance(value, float | int):
            sheet += record(0x0203, place + struct.pack("<d", float(value)))
        else:
            text = str(value)
            packed = struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
            sheet += record(0x0204, place + packed)
    sheet += record(0x000A, b"")
    name = "台账"
    head = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + extra
    bound = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    start = len(head) + 4 + 6 + len(bound) + 4
    head += record(0x0085, struct.pack("<IBB", start, 0, 0) + bound) + record(0x000A, b"")
    return save_ole(path, {"Workbook": head + sheet})


def record(kind: int, content: bytes) -> bytes:
    """Answer one BIFF record."""
    return struct.pack("<HH", kind, len(content)) + content


def save_ole(path: Path, streams: Mapping[str, bytes]) -> Path:
    """Write an OLE compound file; streams are padded, so that none needs the small-block table."""
    padded = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    chains: list[int] = [_FAT, _END]
    entries = [_entry("Root Entry", kind=5, first=_END, size=0, child=1)]
    body = io.BytesIO()
    for number, (name, content) in enumerate(padded.items(), 1):
        first, count = len(chains), -(-len(content) // _SECTOR)
        chains += [*range(first + 1, first + count), _END]
        body.write(content.ljust(count * _SECTOR, b"\0"))
        sibling = number + 1 if number < len(padded) else _FREE
        entries.append(_entry(name, kind=2, first=first, size=len(content), right=sibling))
    header = struct.pack(
        "<8s16sHHHHHHIIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"), bytes(16), 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0,
        1, 1, 0, 4096, _END, 0, _END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    fat = struct.pack(f"<{len(chains)}I", *chains).ljust(_SECTOR, b"\xff")
    directory = b"".join(entries).ljust(_SECTOR, b"\0")
    path.write_bytes(header + fat + directory + body.getvalue())
    return path


def _entry(
    name: str, *, kind: int, first: int, size: int, child: int = _FREE, right: int = _FREE
) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sIQQIQ",
        text, len(text), kind, 1, _FREE, right, child, bytes(16), 0, 0, 0, first, size,
    )  # fmt: skip


_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def save_raw_xlsx(path: Path, *, sheet_data: str, shared: str = "", prolog: str = "") -> Path:
    """Write an xlsx by hand, with whatever stands between the tags of its one sheet, and before."""
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(
            (("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")), 1
        )
    )
    top = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{top}</Relationships>',
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="台账" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/worksheets/sheet1.xml": (
            f"{prolog}<worksheet {_MAIN}><sheetData>{sheet_data}</sheetData></worksheet>"
        ),
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{shared}</sst>",
    }
    return save_zip(path, {name: text.encode() for name, text in members.items()})


def save_swollen_xlsx(path: Path) -> Path:
    """Save one long text that 200,000 cells refer to: 6 GB from one megabyte."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 200_001))
    return save_raw_xlsx(path, sheet_data=rows, shared=f"<si><t>{'一' * 10_000}</t></si>")
