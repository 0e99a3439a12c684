"""A county's office as its people meet it: files come in, days pass, mail goes out and forms return."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from pydantic import SecretStr
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from alerts.attempts import Compose
from alerts.audit import Finding, audit
from channels.memory import MemoryChannel
from channels.protocol import Channel, Message
from config.settings import KEY_FILE, Settings
from config.shipped import DEMO, example_files
from ledgers.importing import apply_import, plan_import
from ledgers.imports import ImportReport
from ledgers.key_files import write_key_file
from ledgers.reading.reader import read
from ledgers.wrapping import MasterKey
from service import passes
from service.importing import import_context, vocabulary_of
from service.metrics import NoFigures
from service.outgoing import Sender, compose_of, open_lanes
from service.passes import Ticked
from service.wiring import Site, open_site, reloaded
from tests.service.sites import prepare

SETTINGS = "本县设置.yaml"
LAUNCH = date(2027, 3, 1)  # a Monday
ESCALATE_FROM = date(2027, 6, 1)

PEOPLE = ("姓名", "类型", "手机号", "邮箱", "乡镇", "职责范围")
CHILD = ("乡镇", "村", "姓名", "出生日期", "人群类别", "重点关爱情形")
LAST_SEEN = ("最近联系日期", "最近走访日期", "信息更新日期")
"""The headings of the sheets that an office brings."""

Cell = str | int | float | date | None


@dataclass
class Clock:
    """A clock that the test moves."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Office:
    """An open site on the shipped example, with a channel that takes every mail."""

    site: Site
    clock: Clock
    channel: MemoryChannel = field(default_factory=MemoryChannel)
    _words: tuple[Site, Compose] | None = None

    @property
    def folder(self) -> Path:
        """Where the configuration and everything else of the site lies."""
        return self.site.folder

    @property
    def today(self) -> date:
        """The site's day."""
        return self.site.today(self.clock.now)

    @property
    def mails(self) -> list[Message]:
        """All that was taken so far."""
        return self.channel.taken

    def mails_to(self, address: str) -> list[Message]:
        """What somebody has got so far."""
        return [mail for mail in self.mails if mail.address == address]

    def move(self, day: date, at: time = time(9, 30)) -> None:
        """Let it be `at` o'clock of a day."""
        self.clock.now = datetime.combine(day, at, tzinfo=self.site.zone).astimezone(UTC)

    def bring(self, path: Path) -> ImportReport:
        """Import a file as the command does."""
        site, now = self.site, self.clock()
        rows = read(path, vocabulary=vocabulary_of(site.configuration))
        with site.database.writing() as connection:
            plan = site.plan(connection, today=site.today(now))
        context = import_context(site, plan, now=now, recorded_by="office")
        return apply_import(site.database, plan_import(site.database, rows, context), context)

    def bring_rows(self, name: str, headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Any:
        """Write a workbook and import it."""
        path = self.folder / f"{name}.xlsx"
        write_sheets(path, {name: [headings, *rows]})
        return self.bring(path)

    def tick(
        self, *, slot_now: bool = False, channels: Mapping[str, Channel] | None = None
    ) -> Ticked:
        """Do what a daemon does at this moment."""

        async def once() -> Ticked:
            sender = Sender("office", NoFigures(), self._compose())
            ways = {"email": self.channel} if channels is None else channels
            async with open_lanes(self.site, sender, channels=ways) as lanes:
                return await passes.tick(self.site, lanes, slot_now=slot_now)

        return asyncio.run(once())

    def _compose(self) -> Compose:
        """Answer what puts notices into words, made once for each configuration."""
        if self._words is None or self._words[0] is not self.site:
            self._words = self.site, compose_of(self.site)
        return self._words[1]

    def live(self, first: date, last: date, at: time = time(9, 30)) -> None:
        """Let days pass, each with its tick after everybody's slot."""
        for day in days(first, last):
            self.move(day, at)
            self.tick()

    def look(self) -> list[Finding]:
        """Do the nightly audit, on top of the last pass."""
        site, now = self.site, self.clock()
        passes.evaluate(site, now)
        today = site.today(now)
        with site.database.writing() as connection:
            plan = site.plan(connection, today=today)
        look_ahead = site.timetable.look_ahead()
        return audit(site.database, plan, today=today, now=now, look_ahead=look_ahead)

    def rewrite(self, *changes: tuple[str, str], file: str = SETTINGS) -> None:
        """Edit the configuration and load it again."""
        edit(self.folder / file, *changes)
        self.site = reloaded(self.site)


@contextmanager
def open_office(
    folder: Path, url: str, *changes: tuple[str, str], on: date = LAUNCH
) -> Iterator[Office]:
    """Open an office on a database without tables, as `init` sets it up, with edits to its file."""
    for name, text in example_files(DEMO).items():
        (folder / name).write_text(text, encoding="utf-8")
    launch = (
        ("on: 2026-12-01", f"on: {LAUNCH}"),
        ("escalate_from: 2027-03-01", f"escalate_from: {ESCALATE_FROM}"),
    )
    edit(folder / SETTINGS, *launch, *changes)
    write_key_file(folder / KEY_FILE, MasterKey.create())
    prepare(url)
    clock = Clock(datetime.fromisoformat(f"{on}T00:00:00+00:00"))  # eight in the morning there
    settings = Settings(config=folder / SETTINGS, database_url=SecretStr(url))
    with open_site(settings, clock=clock, environment={}) as site:
        yield Office(site, clock)


def edit(path: Path, *changes: tuple[str, str]) -> None:
    """Replace texts in a file; each must be there."""
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def days(first: date, last: date) -> Iterator[date]:
    """Yield the days from `first` to `last`, both included."""
    yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def write_sheets(path: Path, sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> None:
    """Write a workbook as Excel saves it: dates as dates, numbers as numbers."""
    with xlsxwriter.Workbook(path) as book:
        dated = book.add_format({"num_format": "yyyy/m/d"})
        for name, grid in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(grid):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date):
                        sheet.write_datetime(row, column, datetime.combine(cell, time()), dated)
                    elif cell is not None:
                        sheet.write(row, column, cell)
            if name.startswith("_"):
                sheet.hide()


def form_of(mail: Message) -> bytes:
    """Answer the 走访登记表 that a mail carries."""
    (form,) = (a.content for a in mail.attachments if a.name.endswith(".xlsx"))
    return form


def lines_of(form: bytes) -> list[dict[str, Any]]:
    """Answer a form's lines by heading."""
    (grid,) = (grid for name, grid in _grids(form).items() if not name.startswith("_"))
    top = next(at for at, cells in enumerate(grid) if "办理日期" in cells)
    headings = [str(cell) for cell in grid[top]]
    return [dict(zip(headings, cells, strict=True)) for cells in grid[top + 1 :] if cells[1] != ""]


def fill_in(form: bytes, path: Path, answers: Mapping[tuple[str, str], Mapping[str, Cell]]) -> Path:
    """Fill in the lines that `answers` names by (编号, 事项), and save the form under `path`."""
    grids: dict[str, list[list[Cell]]] = _grids(form)
    (name,) = (name for name in grids if not name.startswith("_"))
    top = next(at for at, cells in enumerate(grids[name]) if "办理日期" in cells)
    headings = [str(cell) for cell in grids[name][top]]
    number, act = headings.index("编号"), headings.index("事项")
    filled = 0
    for cells in grids[name][top + 1 :]:
        answer = answers.get((str(cells[number]), str(cells[act])), {})
        filled += bool(answer)
        for heading, value in answer.items():
            cells[headings.index(heading)] = value
    assert filled == len(answers)
    write_sheets(path, grids)
    return path


def done(on: date, how: str = "入户") -> dict[str, Cell]:
    """Answer what a director writes into a line that was done."""
    return {
        "办理日期": on,
        "方式": how,
        "结果": "已完成",
        "见到儿童本人": "是",
        "情况是否正常": "是",
    }


def _grids(form: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(form))
    hidden = {s.name for s in book.sheets_metadata if s.visible is not SheetVisibleEnum.Visible}
    assert hidden == {name for name in book.sheet_names if name.startswith("_")}
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }
