"""Reads single cells that are neither dates, phones nor ID numbers."""

import re
from collections.abc import Mapping

from ledgers.problems import ProblemCode
from ledgers.reading.text import compact, is_placeholder, word_key
from ledgers.reading.words import TRIGGERS, YES_NO

_BETWEEN = re.compile(r"[、,;/|\\\n+]|\s+和\s+|以及")
_DOTS = re.compile("[•・‧.]")  # 阿依·测试 is typed with any of them
_NUMBER = re.compile(r"(?P<village>[^\s\-]{1,48}?)-(?P<digits>\d{1,6})")
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_EMAIL = re.compile(r"[^@\s<>,;:\"()]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_REGION_LENGTHS = (12, 9, 6, 4, 2)

Worded = tuple[str | None, ProblemCode | None]


def read_plain(text: str) -> str | None:
    """Answer free text as it was typed; a placeholder is nothing."""
    return None if is_placeholder(compact(text)) else text


def read_name(text: str) -> str | None:
    """Answer a person's or place's name without spaces (张　三 is 张三, but Ana Maria keeps hers)."""
    bare = compact(text)
    if is_placeholder(bare):
        return None
    return " ".join(text.split()) if bare.isascii() else _DOTS.sub("·", bare)


def read_word(text: str, table: Mapping[str, str]) -> Worded:
    """Answer the code for a word; an unknown word as it stands, with a problem."""
    if is_placeholder(compact(text)):
        return None, None
    code = table.get(word_key(text)) or table.get(compact(text))
    return (code, None) if code else (compact(text), ProblemCode.WORD_UNKNOWN)


def read_yes_no(text: str) -> tuple[bool | None, ProblemCode | None]:
    """Answer yes or no; a dash or a stroke means no, a blank says nothing."""
    bare = compact(text)
    if not bare:
        return None, None
    if is_placeholder(bare):
        return False, None
    answer = YES_NO.get(word_key(text), YES_NO.get(bare))
    return answer, ProblemCode.WORD_UNKNOWN if answer is None else None


def read_triggers(text: str) -> tuple[tuple[str, ...] | None, ProblemCode | None]:
    """Answer the codes of a list of triggers, in order and once each; None for a blank cell."""
    if not text.strip():
        return None, None
    codes, problem = [], None
    for word in split_list(text):
        code, unknown = read_word(word, TRIGGERS)
        problem = problem or unknown
        if code and code not in codes:
            codes.append(code)
    return tuple(codes), problem


def split_list(text: str) -> tuple[str, ...]:
    """Answer the parts of 青山、柳沟, compact and without blanks and placeholders."""
    # 心理、行为异常 is one trigger although it has a separator in it
    whole = text.replace("心理、行为异常", "心理行为异常").translate(
        {ord("，"): ",", ord("；"): ";"}
    )
    parts = (compact(part) for part in _BETWEEN.split(whole))
    if not re.search(r"[、,;/|\\\n+]", whole):
        parts = (compact(part) for part in whole.split())
    return tuple(dict.fromkeys(part for part in parts if not is_placeholder(part)))


def read_number(text: str, *, digits_alone: bool) -> Worded:
    """Answer a village number (青山-03); with `digits_alone` also its digits, two at least."""
    bare = compact(text).removesuffix(".0")
    if is_placeholder(bare):
        return None, None
    if match := _NUMBER.fullmatch(bare):
        return f"{match['village']}-{match['digits']:0>2}", None
    if digits_alone and bare.isdecimal() and len(bare) <= 6:
        return f"{bare:0>2}", None
    return None, ProblemCode.NUMBER_MALFORMED


def read_own_number(text: str) -> Worded:
    """Answer a number of our own making (青山机构-03); one of the site's own says nothing to us."""
    number, _problem = read_number(text, digits_alone=False)
    return number, None


def read_credit_code(text: str) -> Worded:
    """Answer a unified social credit code (GB 32100): 18 letters and digits."""
    bare = compact(text).upper()
    if is_placeholder(bare):
        return None, None
    good = _CREDIT_CODE.fullmatch(bare) is not None
    return (bare, None) if good else (None, ProblemCode.CREDIT_CODE_MALFORMED)


def read_region_code(text: str) -> Worded:
    """Answer a division code as it stands, if it has 2, 4, 6, 9 or 12 digits."""
    bare = compact(text).removesuffix(".0")
    if is_placeholder(bare):
        return None, None
    good = bare.isascii() and bare.isdecimal() and len(bare) in _REGION_LENGTHS
    return (bare, None) if good else (None, ProblemCode.REGION_CODE_MALFORMED)


def read_email(text: str) -> Worded:
    """Answer an e-mail address in half-width."""
    bare = compact(text)
    if is_placeholder(bare):
        return None, None
    return (bare, None) if _EMAIL.fullmatch(bare) else (None, ProblemCode.EMAIL_MALFORMED)
