"""Reads dates in all the forms that ledgers show; asks rather than guesses."""

import math
import re
from datetime import date, timedelta
from functools import lru_cache

from config.lean import dataclass
from ledgers.problems import ProblemCode
from ledgers.reading.text import as_text, compact, is_placeholder
from ledgers.reading.workbook import Cell, MonthCell
from ledgers.rows import LedgerDate

_YEARS = range(1900, 2101)
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_SERIALS = range(10_000, 73_051)  # 1927 to 2099: smaller numbers are years, greater ones 20240305
_DIGITS = str.maketrans("〇零○一壹二贰两三叁四五六七八九元", "000" + "1122233456789" + "1")
_SPELLED = re.compile(r"[〇零○一二三四五六七八九十廿卅元]+")
_TIME = re.compile(r"[T]?\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(上午|下午|[AP]M)?$", re.IGNORECASE)
_NOTE = re.compile(r"[(（]?(星期|周|礼拜)[一二三四五六日天][)）]?$")
_SEPARATED = re.compile(r"(\d+)[年./\-、,·](\d{1,2})[月./\-、,·](\d{1,2})[日号.]?$")
_MONTH = re.compile(r"(\d{4})[年./\-](\d{1,2})(月份?|[./\-])?$")
_SPAN = re.compile(r"[至到~～—–]+|--+|(?<=[\d日])-(?=\d{4}[./年-])|(?<=日)-")
_WITHOUT_END = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限", "无期限", "不限"})
_WITHOUT_YEAR = re.compile(r"\d{1,2}[月./\-]\d{1,2}[日号]?$|\d{1,2}月份?$|\d{1,2}[日号]$")
_YEAR = re.compile(r"(\d{4})年?$|\d{2}年$")
_SHORT_YEAR_MONTH = re.compile(r"\d{2}年\d{1,2}月份?$")


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a cell says: a date, nothing (both None), or a question."""

    value: LedgerDate | None = None
    problem: ProblemCode | None = None


_NOTHING = DateReading()


def read_date(cell: Cell, *, epoch_1904: bool = False) -> DateReading:
    """Read one cell; `epoch_1904` says from when its workbook counts bare numbers."""
    if isinstance(cell, str):
        return _read_text(cell, epoch_1904)
    if isinstance(cell, bool):
        return DateReading(problem=ProblemCode.DATE_UNREADABLE)
    if isinstance(cell, MonthCell):
        return _first_of_month(read_date(cell.value, epoch_1904=epoch_1904))
    if isinstance(cell, date):
        return _dated(cell.year, cell.month, cell.day)
    return _read_number(cell, epoch_1904)


def read_last_day(cell: Cell, *, epoch_1904: bool = False) -> DateReading:
    """Read until when something holds: of 2024-01-01至2029-01-01 the later; 长期 is no date."""
    if not isinstance(cell, str):
        return read_date(cell, epoch_1904=epoch_1904)
    text = compact(cell).removesuffix("止").removesuffix("前")
    end = _SPAN.split(text)[-1]
    return _NOTHING if end in _WITHOUT_END else read_date(end, epoch_1904=epoch_1904)


def _first_of_month(reading: DateReading) -> DateReading:
    if reading.value is None:
        return reading
    return DateReading(LedgerDate(reading.value.day.replace(day=1), month_only=True))


def _read_number(number: float, epoch_1904: bool) -> DateReading:
    if not math.isfinite(number):
        return _NOTHING
    if int(number) in _SERIALS:
        return _serial(int(number), epoch_1904)
    if 1900 < number < 2101 and number != int(number):
        return _year_dot_month(repr(round(number, 6)))
    return _read_text(as_text(number), epoch_1904)


def _serial(days: int, epoch_1904: bool) -> DateReading:
    day = (_EPOCH_1904 if epoch_1904 else _EPOCH_1900) + timedelta(days)
    return _dated(day.year, day.month, day.day)


def _year_dot_month(text: str) -> DateReading:
    """2024.3 typed into a sheet became a number; 2024.10 became 2024.1 and lost its zero."""
    year, month = text.split(".")
    if month == "1":
        return DateReading(problem=ProblemCode.DATE_AMBIGUOUS)
    if len(month) > 2:
        return DateReading(problem=ProblemCode.DATE_UNREADABLE)
    return _dated(int(year), int(month), None)


@lru_cache(maxsize=50_000)
def _read_text(cell: str, epoch_1904: bool) -> DateReading:
    text = compact(cell)
    if is_placeholder(text) or text in ("至今", "现在", "长期"):
        return _NOTHING
    if len(text) > 40:
        return DateReading(problem=ProblemCode.DATE_UNREADABLE)
    text = _in_digits(_TIME.sub("", _NOTE.sub("", text)))
    if text.removesuffix(".0").isdecimal():
        return _read_digits(text.removesuffix(".0"), epoch_1904)
    if match := _SEPARATED.fullmatch(text):
        year, month, day = match.groups()
        if len(year) == 4:
            return _dated(int(year), int(month), int(day))
        short = len(year) <= 2
        return DateReading(
            problem=ProblemCode.DATE_TWO_DIGIT_YEAR if short else ProblemCode.DATE_UNREADABLE
        )
    if match := _MONTH.fullmatch(text):
        return _dated(int(match[1]), int(match[2]), None)
    return DateReading(problem=_question(text))


def _question(text: str) -> ProblemCode:
    if _SHORT_YEAR_MONTH.fullmatch(text):
        return ProblemCode.DATE_TWO_DIGIT_YEAR
    if _YEAR.fullmatch(text):
        return ProblemCode.DATE_WITHOUT_MONTH
    if _WITHOUT_YEAR.fullmatch(text):
        return ProblemCode.DATE_WITHOUT_YEAR
    return ProblemCode.DATE_UNREADABLE


def _read_digits(text: str, epoch_1904: bool) -> DateReading:
    if len(text) == 8:
        return _dated(int(text[:4]), int(text[4:6]), int(text[6:]))
    if len(text) == 6:
        if int(text[:4]) in _YEARS and 1 <= int(text[4:]) <= 12:
            return _dated(int(text[:4]), int(text[4:]), None)
        return DateReading(problem=ProblemCode.DATE_TWO_DIGIT_YEAR)
    if len(text) == 5 and int(text) in _SERIALS:
        return _serial(int(text), epoch_1904)
    if len(text) == 4 and int(text) in _YEARS:
        return DateReading(problem=ProblemCode.DATE_WITHOUT_MONTH)
    return DateReading(problem=ProblemCode.DATE_UNREADABLE)


def _dated(year: int, month: int, day: int | None) -> DateReading:
    """Answer the date if there is such a day between 1900 and 2100; `day` None means month only."""
    if year not in _YEARS:
        return DateReading(problem=ProblemCode.DATE_IMPOSSIBLE)
    try:
        value = date(year, month, 1 if day is None else day)
    except ValueError:
        return DateReading(problem=ProblemCode.DATE_IMPOSSIBLE)
    return DateReading(LedgerDate(value, month_only=day is None))


def _in_digits(text: str) -> str:
    """Turn 二〇二四年十二月二十三日 into 2024年12月23日."""
    return _SPELLED.sub(_spelled, text)


def _spelled(match: re.Match[str]) -> str:
    word = match[0].replace("廿", "二十").replace("卅", "三十")
    if "十" not in word:
        return word.translate(_DIGITS)
    tens, _, ones = word.partition("十")
    return (tens.translate(_DIGITS) or "1") + (ones.translate(_DIGITS) or "0")
