"""School grades as ledgers write them, counted from the first year of primary school."""

import re
from datetime import date

_DIGITS = {letter: value for value, letter in enumerate("一二三四五六七八九", start=1)}
_STAGES = {"小": 0, "初": 6, "高": 9}
_STAGE = re.compile(r"^(小|初|高)(?:学|中)?([一二三四五六1-6])(?:年级)?(?:[((].*)?$")
_GRADE = re.compile(r"^([一二三四五六七八九]|1[0-2]|[1-9])年?级")
_BEFORE_SCHOOL = re.compile(r"幼儿园|学前|托班|小班|中班|大班")
_SCHOOL_YEAR_STARTS = 9  # September


def read_grade(text: str) -> int | None:
    """Answer 1–9 for compulsory school, 10–12 for senior school, 0 before school; None if unclear."""
    plain = "".join(text.split())
    if _BEFORE_SCHOOL.search(plain):
        return 0
    stage = _STAGE.match(plain)
    if stage:
        return _STAGES[stage[1]] + _number(stage[2])
    grade = _GRADE.match(plain)
    return _number(grade[1]) if grade else None


def school_year(day: date) -> int:
    """Answer the year in which the school year of a day began, on 1 September."""
    return day.year if day.month >= _SCHOOL_YEAR_STARTS else day.year - 1


def _number(text: str) -> int:
    return _DIGITS[text] if text in _DIGITS else int(text)
