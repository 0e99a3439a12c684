"""Checks citizens' ID numbers by GB 11643-1999 (DOMAIN.md F3)."""

import re
from collections.abc import Set as AbstractSet
from datetime import date
from operator import mul

from config.lean import dataclass
from ledgers.problems import ProblemCode
from ledgers.reading.text import as_text, compact, is_placeholder
from ledgers.reading.workbook import Cell

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_FORM = re.compile(r"\d{17}[\dX]")
_OLD_FORM = re.compile(r"\d{15}")
_DAMAGED = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)
_NONE_YET = frozenset(
    {"未办理", "办理中", "未上户", "未落户", "无户口", "无身份证", "黑户", "待补"}
)
_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number


@dataclass(frozen=True, slots=True)
class IdReading:
    """`value` has 18 characters; `born` and `sex` (`male`, `female`) only if the number adds up."""

    value: str | None = None
    born: date | None = None
    sex: str | None = None
    problems: tuple[ProblemCode, ...] = ()


def read_id(cell: Cell, *, county_codes: AbstractSet[str] | None = None) -> IdReading:
    """Read one cell; `county_codes` are the six-digit codes that exist, None checks no division."""
    text = compact(as_text(cell)).upper().removesuffix(".0")
    if is_placeholder(text.lower()) or text in _NONE_YET:
        return IdReading()
    if _is_damaged(cell, text):
        return IdReading(problems=(ProblemCode.ID_DAMAGED,))
    if _OLD_FORM.fullmatch(text):
        text = _modernised(text)
    if not _FORM.fullmatch(text):
        return IdReading(problems=(ProblemCode.ID_MALFORMED,))
    return _checked(text, county_codes)


def check_character(first17: str) -> str:
    """Answer the last character that belongs to the first seventeen digits."""
    return _CHECK[sum(map(mul, _WEIGHTS, map(int, first17))) % 11]


def _is_damaged(cell: Cell, text: str) -> bool:
    if isinstance(cell, float | int) and abs(cell) >= _EXACT:
        return True
    if _DAMAGED.fullmatch(text):
        return True
    # pasted as text after it had been a number: the last three digits are zeros
    return (
        text.endswith("000")
        and _FORM.fullmatch(text) is not None
        and check_character(text[:17]) != "0"
    )


def _modernised(old: str) -> str:
    """Fifteen digits lack the century and the check character; they were given until 1999."""
    first17 = f"{old[:6]}19{old[6:]}"
    return first17 + check_character(first17)


def _checked(text: str, county_codes: AbstractSet[str] | None) -> IdReading:
    problems = []
    adds_up = check_character(text[:17]) == text[17]
    if not adds_up:
        problems.append(ProblemCode.ID_CHECKSUM)
    born = _birth(text)
    if born is None:
        problems.append(ProblemCode.ID_BIRTH_IMPOSSIBLE)
    if county_codes is not None and text[:6] not in county_codes:
        problems.append(ProblemCode.ID_DIVISION_UNKNOWN)
    if not adds_up or born is None:
        return IdReading(text, problems=tuple(problems))
    return IdReading(text, born, "male" if int(text[16]) % 2 else "female", tuple(problems))


def _birth(text: str) -> date | None:
    try:
        return date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None
