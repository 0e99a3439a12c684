"""Reads phone numbers: a mobile number, a landline, or why it is neither."""

import re

from config.lean import dataclass
from ledgers.problems import ProblemCode
from ledgers.reading.text import as_text, compact, is_placeholder
from ledgers.reading.workbook import Cell

_ALONE = re.compile(r"1[3-9]\d{9}")  # as nearly all are
_MOBILE = re.compile(r"(?<!\d)(?:\+?0{0,2}86)?(1[3-9]\d{9})(?!\d)")
_RUN = re.compile(r"(?:1[3-9]\d{9}){2,5}")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})-?(\d{7,8})(?!\d)")
_LOCAL = re.compile(r"[2-8]\d{6,7}")
_DAMAGED = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """`value` is digits only (a landline with its area code), None if there is none to use."""

    value: str | None = None
    problem: ProblemCode | None = None


def read_phone(cell: Cell) -> PhoneReading:
    """Read one cell; words around a number (母亲) are dropped, of several numbers the first is taken."""
    text = compact(as_text(cell)).removesuffix(".0")
    if is_placeholder(text):
        return PhoneReading()
    if _ALONE.fullmatch(text):
        return PhoneReading(text)
    if _DAMAGED.fullmatch(text):
        return PhoneReading(problem=ProblemCode.PHONE_DAMAGED)
    # 154-0000-0000 loses its dashes; 0851-85550000 keeps its meaning without them too
    bare = re.sub(r"(?<=\d)-(?=\d)", "", text)
    # two numbers with only a space or a new line between them have become one run of digits
    found = re.findall(r"\d{11}", bare) if _RUN.fullmatch(bare) else _MOBILE.findall(bare)
    mobiles = list(dict.fromkeys(found))
    if mobiles:
        problem = ProblemCode.PHONE_TWO_NUMBERS if len(mobiles) > 1 else None
        return PhoneReading(mobiles[0], problem)
    if landline := _LANDLINE.search(bare):
        return PhoneReading(landline[1] + landline[2], ProblemCode.PHONE_LANDLINE)
    if _LOCAL.fullmatch(bare):
        return PhoneReading(bare, ProblemCode.PHONE_LANDLINE)
    return PhoneReading(problem=ProblemCode.PHONE_MALFORMED)
