"""The demo county's workbooks, as messy as real ones: merged titles, two-row headers, mixed dates."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter

from service.demo_county import COUNTY, Child, County, Town, Worker

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_HEADER = (
    ("序号", ""),
    ("姓名", ""),
    ("性别", ""),
    ("身份证号", ""),
    ("出生日期", ""),
    ("村(居)", ""),
    ("人群类别", ""),
    ("儿童类别", ""),
    ("重点关爱情形", ""),
    ("就读学校", ""),
    ("父亲", "姓名"),
    ("父亲", "务工地点"),
    ("监护人", "姓名"),
    ("监护人", "联系电话"),
    ("儿童主任", ""),
    ("最近联系时间", ""),
    ("最近走访时间", ""),
    ("信息更新日期", ""),
    ("备注", ""),
)
_WIDTHS = (5, 9, 5, 21, 13, 10, 10, 16, 20, 16, 9, 12, 9, 20, 9, 13, 13, 13, 10)
_CHINESE_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_STYLES: tuple[Callable[[date], str], ...] = (
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.year}-{day.month:02d}-{day.day:02d}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day.year}．{day.month}．{day.day}".translate(_FULL_WIDTH),
)


def write_ledger(path: Path, county: County) -> None:
    """Write the children's ledger: one sheet a township, and one that only explains."""
    chance = random.Random(COUNTY)  # noqa: S311  # the same mess every time
    with xlsxwriter.Workbook(path) as book:
        explained = book.add_worksheet("填表说明")
        for row, line in enumerate(
            ("填表说明", "1. 一人一档,如实填写。", "2. 没有的内容填“/”或“无”。")
        ):
            explained.write_string(row, 0, line)
        for index, town in enumerate(county.towns):
            _TownSheet(book, town, chance, with_mistakes=index == 1).write(county.today)


def write_directory(path: Path, county: County) -> None:
    """Write the list of directors, supervisors and the county's officer."""
    headings = (
        *("序号", "姓名", "类型", "手机号", "邮箱", "企业微信", "乡镇(街道)", "职责范围"),
        *("任职时间", "离任时间"),
    )
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("人员名单")
        sheet.merge_range(0, 0, 0, len(headings) - 1, f"{COUNTY}儿童主任、儿童督导员名单")
        sheet.write_row(1, 0, headings)
        for row, worker in enumerate(county.workers, 2):
            sheet.write_row(row, 0, [row - 1, *_worker_cells(worker)])
        sheet.write_string(len(county.workers) + 2, 0, "单位负责人：        填表人：")
        sheet.set_column(0, len(headings) - 1, 16)


def _worker_cells(worker: Worker) -> list[str]:
    phone = " ".join((worker.phone[:3], worker.phone[3:7], worker.phone[7:])).strip()
    scope = "、".join(name.removesuffix("村") for name in worker.villages)
    left = f"{worker.held_to:%Y.%m.%d}" if worker.held_to else ""
    return [
        *(worker.name, worker.title, phone or "无", worker.email or "无", worker.wecom),
        *(worker.town, scope),
        *(f"{worker.held_from:%Y年%m月%d日}", left),
    ]


class _TownSheet:
    """One township's sheet."""

    def __init__(
        self, book: "Workbook", town: Town, chance: random.Random, *, with_mistakes: bool
    ) -> None:
        self._town = town
        self._chance = chance
        self._mistakes = _mistakes(town) if with_mistakes else {}
        self._sheet: Worksheet = book.add_worksheet(town.name)
        self._plain: Format = book.add_format({"border": 1, "font_name": "宋体", "font_size": 10})
        self._bold: Format = book.add_format(
            {"border": 1, "bold": True, "align": "center", "valign": "vcenter", "text_wrap": True}
        )
        self._title: Format = book.add_format({"bold": True, "align": "center", "font_size": 16})

    def write(self, today: date) -> None:
        """Write title, header, children by village, total and signatures."""
        last = len(_HEADER) - 1
        title = f"{COUNTY}{self._town.name}儿童关爱服务信息台账"
        self._sheet.merge_range(0, 0, 0, last, title, self._title)
        filled = (
            f"填报单位(盖章)：{self._town.name}人民政府    填报日期：{today.year}年{today.month}月"
        )
        self._sheet.merge_range(1, 0, 1, last, filled)
        self._write_header()
        row = 4
        for village in self._town.villages:
            children = [child for child in self._town.children if child.village == village]
            self._write_village(row, village, children)
            row += len(children)
        self._sheet.write_string(row, 0, "合计", self._bold)
        self._sheet.write_string(row, 1, f"{len(self._town.children)}人", self._bold)
        signed = "单位负责人：        复核人：        填表人：        联系电话："
        self._sheet.merge_range(row + 2, 0, row + 2, last, signed)
        for column, width in enumerate(_WIDTHS):
            self._sheet.set_column(column, column, width)
        self._sheet.freeze_panes(4, 2)

    def _write_header(self) -> None:
        for column, (upper, lower) in enumerate(_HEADER):
            if not lower:
                self._sheet.merge_range(2, column, 3, column, upper, self._bold)
            else:
                self._sheet.write_string(3, column, lower, self._bold)
        for upper in ("父亲", "监护人"):
            columns = [at for at, (name, _) in enumerate(_HEADER) if name == upper]
            self._sheet.merge_range(2, columns[0], 2, columns[-1], upper, self._bold)

    def _write_village(self, row: int, village: str, children: Sequence[Child]) -> None:
        number = row - 3
        for offset, child in enumerate(children):
            cells: list[str | float] = list(self._cells(number + offset, child))
            for column, value in self._mistakes.get(child.id_no, ()):
                cells[column] = value
            self._sheet.write_row(row + offset, 0, cells, self._plain)
        column = _column("村(居)")
        last = row + len(children) - 1
        self._sheet.merge_range(row, column, last, column, village.removesuffix("村"), self._bold)

    def _cells(self, number: int, child: Child) -> Iterator[str | int]:
        away = self._chance.choice(("河北石家庄", "北京", "天津", "/", "去世"))
        yield from (number, child.name, child.sex, child.id_no, self._date(child.born))
        yield from (child.village, child.population, child.category or "/")
        yield "、".join(child.triggers) or "—"
        yield from (child.school, f"{child.name[0]}某", away, child.guardian)
        yield child.phone + self._chance.choice(("", "", "", "（奶奶）", "（母亲）"))
        yield child.director
        yield from (self._date(day) for day in (child.last_contact, child.last_visit))
        yield self._date(child.last_update)
        yield ""

    def _date(self, day: date | None) -> str:
        if day is None:
            return self._chance.choice(("", "/", "无", "—"))
        if self._chance.random() < 0.04:
            return f"{day.year}年{day.month}月"
        if self._chance.random() < 0.02:
            return _in_words(day)
        return self._chance.choice(_STYLES)(day)


def _in_words(day: date) -> str:
    year = str(day.year).translate(_CHINESE_DIGITS)
    month = (
        "一二三四五六七八九十"[day.month - 1] if day.month <= 10 else f"十{'一二'[day.month - 11]}"
    )
    return f"{year}年{month}月{_day_in_words(day.day)}日"


def _day_in_words(number: int) -> str:
    tens, ones = divmod(number, 10)
    digits = ["", *"一二三四五六七八九"]
    return digits[ones] if not tens else f"{digits[tens] if tens > 1 else ''}十{digits[ones]}"


def _mistakes(town: Town) -> dict[str, list[tuple[int, str | float]]]:
    """Answer what is wrong in the second sheet, by ID number: what every county's ledger has."""
    children = town.children
    damaged = float(children[3].id_no[:15] + "000")
    return {
        children[3].id_no: [(_column("身份证号"), damaged)],
        children[11].id_no: [(_column("出生日期"), "12.3.5")],
        children[25].id_no: [(_column("最近联系时间"), "2026.2.30")],
        children[40].id_no: [(_column("最近走访时间"), "3月5日")],
        children[58].id_no: [(_column("姓名"), "")],
        children[77].id_no: [(_column("身份证号"), children[76].id_no)],
        children[90].id_no: [(_column("监护人", "联系电话"), "1.54E+10")],
        children[101].id_no: [(_column("身份证号"), _wrong_checksum(children[101].id_no))],
    }


def _wrong_checksum(id_no: str) -> str:
    return id_no[:-1] + ("0" if id_no[-1] != "0" else "1")


def _column(upper: str, lower: str = "") -> int:
    return _HEADER.index((upper, lower))
