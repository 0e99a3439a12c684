"""One row of a calendar file: a window of dates of one year, and all that is wrong with it."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from config.language import catalogue
from config.lean import dataclass
from ledgers.problems import ProblemCode, code_sentence
from ledgers.reading.dates import read_date
from ledgers.reading.text import as_text, compact
from ledgers.reading.values import read_region_code
from ledgers.reading.workbook import Cell

_ = catalogue("ledgers")

TITLES: Mapping[str, tuple[str, ...]] = {
    "calendar": ("日历", "日历名称", "名称", "calendar"),
    "year": ("年度", "年份", "年", "year", "year key"),
    "region": ("行政区划代码", "区划代码", "地区代码", "地区", "region"),
    "start": ("开始日期", "开始", "起始日期", "日期", "start"),
    "end": ("结束日期", "结束", "截止日期", "end"),
    "source": ("依据", "文件依据", "来源", "source"),
}
"""The columns of a calendar file, each as it may be headed."""

_KEY = re.compile(r"([12]\d{3})年?(-\w[\w-]*)?")
_NAME = re.compile(r"\w[\w-]{0,63}")
_LONGEST = timedelta(days=366)
_ANY_PLACE = ("全国", "全部", "*")
_MOST_SOURCE = 200


@dataclass(frozen=True, slots=True, order=True)
class WindowRow:
    """One window of one year; `region` is a division code without trailing zeros, "" everywhere."""

    calendar: str
    year_key: str
    region: str
    start_on: date
    end_on: date
    source: str | None


@dataclass(frozen=True, slots=True)
class WindowMistake:
    """What is wrong, with the field (a key of `TITLES`) it is about."""

    field: str
    sentence: str


Row = Mapping[str, Cell]


def read_row(row: Row, *, epoch_1904: bool = False) -> WindowRow | list[WindowMistake]:
    """Read one row's cells by field; all its mistakes at once."""
    wrong: list[WindowMistake] = []

    def take(
        field: str, read: Callable[[Cell], str | date | ProblemCode | None]
    ) -> str | date | None:
        found = read(row.get(field, ""))
        if isinstance(found, ProblemCode):
            wrong.append(WindowMistake(field, code_sentence(found)))
            return None
        return found

    calendar = _calendar(as_text(row.get("calendar", "")), wrong)
    region = take("region", _region)
    start = take("start", lambda cell: _day(cell, epoch_1904=epoch_1904))
    end = take("end", lambda cell: _day(cell, epoch_1904=epoch_1904)) or start
    key = _key(as_text(row.get("year", "")), start, wrong)
    if not isinstance(start, date) or not isinstance(end, date):
        if not any(one.field == "start" for one in wrong):
            wrong.append(WindowMistake("start", _("there is no date")))
        return wrong
    wrong += _span_mistakes(key, start, end)
    source = as_text(row.get("source", ""))[:_MOST_SOURCE] or None
    return wrong or WindowRow(calendar, key, str(region or ""), start, end, source)


def _calendar(text: str, wrong: list[WindowMistake]) -> str:
    if not _NAME.fullmatch(text):
        said = _("“%(text)s” is no name of a calendar; write for example flood or terms")
        wrong.append(WindowMistake("calendar", said % {"text": text[:40]}))
    return text


def _region(cell: Cell) -> str | ProblemCode:
    text = as_text(cell)
    if text in _ANY_PLACE:
        return ""
    code, problem = read_region_code(text)
    if problem is not None:
        return problem
    return _without_zeros(code or "")


def _without_zeros(code: str) -> str:
    """Answer a code as regions have it: 130000000000 is 13."""
    for length in (2, 4, 6, 9):
        if len(code) > length and set(code[length:]) == {"0"}:
            return code[:length]
    return code


def _day(cell: Cell, *, epoch_1904: bool) -> date | ProblemCode | None:
    reading = read_date(cell, epoch_1904=epoch_1904)
    if reading.problem is not None:
        return reading.problem
    if reading.value is not None and reading.value.month_only:
        return ProblemCode.DATE_UNREADABLE
    return reading.value.day if reading.value else None


def _key(text: str, start: str | date | None, wrong: list[WindowMistake]) -> str:
    """Answer the year's key; left blank it is the year of the start."""
    if not text and isinstance(start, date):
        return str(start.year)
    match = _KEY.fullmatch(compact(text))
    if match is None:
        said = _("“%(text)s” is no year; write for example 2027 or 2027-spring")
        wrong.append(WindowMistake("year", said % {"text": text[:40]}))
        return ""
    return match[1] + (match[2] or "")


def _span_mistakes(key: str, start: date, end: date) -> list[WindowMistake]:
    if end < start:
        return [WindowMistake("end", _("it lies before the start"))]
    if end - start > _LONGEST:
        return [WindowMistake("end", _("the window is longer than a year"))]
    if key and abs(start.year - int(key[:4])) > 1:
        return [WindowMistake("year", _("the start lies in another year"))]
    return []
