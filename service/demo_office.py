"""What surrounds the demo: a mail server on loopback, a clock, and a clerk who fills in a form."""

import email
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import xlsxwriter
from aiosmtpd.controller import Controller
from python_calamine import CalamineWorkbook, SheetVisibleEnum

_TAKEN = "250 2.0.0 taken"
_FORM_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class DemoClock:
    """A clock that the story moves: the demo lives in the week before this one."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


class Inbox:
    """Keeps every mail as a file, numbered in the order of arrival: an aiosmtpd handler."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Take one mail."""
        number = len(list(self.folder.glob("*.eml"))) + 1
        recipient = re.sub(r"\W+", "-", envelope.rcpt_tos[0].partition("@")[0])
        (self.folder / f"{number:03d}-{recipient}.eml").write_bytes(envelope.original_content)
        return _TAKEN

    def mails(self) -> list[tuple[Path, EmailMessage]]:
        """Answer every mail that has arrived, the oldest first."""
        return [
            (path, email.message_from_bytes(path.read_bytes(), policy=_MODERN))
            for path in sorted(self.folder.glob("*.eml"))
        ]


HERE = "127.0.0.1"
"""Where the demo's servers listen: this machine only."""

_MODERN = SMTP.clone(utf8=True)


@contextmanager
def mail_server(folder: Path) -> Iterator[int]:
    """Run a real SMTP server on loopback that keeps its mails in `folder`; answer its port."""
    port = free_port()
    controller = Controller(Inbox(folder), hostname=HERE, port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def free_port() -> int:
    """Answer a port of this machine that nobody listens on."""
    with socket.create_server((HERE, 0)) as listening:
        return int(listening.getsockname()[1])


def form_in(mail: EmailMessage) -> bytes | None:
    """Answer the 走访登记表 that a mail carries; None if it carries none."""
    for part in mail.iter_attachments():
        if part.get_content_type() == _FORM_TYPE:
            return cast("bytes", part.get_payload(decode=True))
    return None


def text_of(mail: EmailMessage) -> str:
    """Answer the plain text a mail says."""
    body = mail.get_body(("plain",))
    return "" if body is None else str(body.get_content())


def html_of(mail: EmailMessage) -> str:
    """Answer the HTML a mail says."""
    body = mail.get_body(("html",))
    return "" if body is None else str(body.get_content())


def fill_in(form: bytes, path: Path, *, happened: date, every: int) -> int:
    """Fill in every `every`-th line as a supervisor would, save the form, and answer how many lines.

    The last of them was not reached: that closes nothing, and the next mail says so again.
    """
    sheets = _read(form)
    _, grid = sheets[0]
    top = next(at for at, cells in enumerate(grid) if "办理日期" in cells)
    columns = {str(cell): at for at, cell in enumerate(grid[top])}
    lines = [cells for cells in grid[top + 1 :] if any(cells)][::every]
    for cells in lines:
        act = str(cells[columns["事项"]])
        cells[columns["办理日期"]] = f"{happened.year}.{happened.month}.{happened.day}"
        cells[columns["方式"]] = "入户" if act == "走访" else "电话"
        cells[columns["结果"]] = "未联系上" if cells is lines[-1] else "已完成"
        cells[columns["见到儿童本人"]] = "√" if act == "走访" else "×"
        cells[columns["情况是否正常"]] = "是"
    _write(path, sheets)
    return len(lines)


def _read(form: bytes) -> list[tuple[bool, list[list[object]]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(form))
    hidden = {
        about.name: about.visible is not SheetVisibleEnum.Visible for about in book.sheets_metadata
    }
    return [
        (
            hidden[name],
            [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)],
        )
        for name in book.sheet_names
    ]


def _write(path: Path, sheets: Sequence[tuple[bool, list[list[object]]]]) -> None:
    names = ("走访登记表", "_shouwang")
    with xlsxwriter.Workbook(path) as book:
        for name, (hidden, grid) in zip(names, sheets, strict=True):
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(grid):
                sheet.write_row(row, 0, [str(cell) for cell in cells])
            if hidden:
                sheet.hide()


def last_week(today: date) -> tuple[date, date, date]:
    """Answer last week's Monday, Tuesday and Thursday: the days of the story."""
    monday = today - timedelta(days=today.weekday() + 7)
    return monday, monday + timedelta(days=1), monday + timedelta(days=3)
