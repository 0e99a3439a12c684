"""Makes what people type comparable: full-width forms, spaces, brackets, placeholders."""

import math
import re
import unicodedata
from datetime import date
from functools import lru_cache

from ledgers.reading.workbook import Cell, MonthCell

_SPACE = re.compile(r"[\s\u200b-\u200d\ufeff\u00ad]+")
_UNEVEN = re.compile(r"[\s\u200b-\u200d\ufeff\u00ad'`’—–－‐‑‒―─−﹣]")
_NOISE = re.compile(
    r"[\s\u200b-\u200d\ufeff\u00ad()\[\]{}<>《》〈〉【】〔〕「」*※★#:;,.、。·?!\"'`“”‘’_]+"
)
_LEADING_NUMBER = re.compile(r"^[一二三四五六七八九十]{1,3}、|^\d{1,2}[.、．]")
_DASHES = str.maketrans(dict.fromkeys("—–－‐‑‒―─−﹣", "-"))
_PLACEHOLDERS = frozenset({"", "/", "\\", "-", "--", "---", "无", "没有", "暂无", "不详", "未知", "空", "n/a", "na", "N/A", "NA"})  # fmt: skip


def compact(text: str) -> str:
    """Answer `text` half-width and without any space, dashes all alike."""
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    if _UNEVEN.search(text):
        text = _SPACE.sub("", text.translate(_DASHES)).lstrip("'`’")
    return text


@lru_cache(maxsize=20_000)
def word_key(text: str) -> str:
    """Answer what a header or a choice is looked up by: `compact`, lower case, no punctuation."""
    return _NOISE.sub("", _LEADING_NUMBER.sub("", compact(text))).lower()


def is_placeholder(text: str) -> bool:
    """Tell whether a compact text only says that there is nothing to say."""
    return text in _PLACEHOLDERS


def as_text(cell: Cell) -> str:
    """Answer a cell as its reader sees it, without spaces at the ends; whole numbers without `.0`."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, MonthCell):
        return as_text(cell.value)
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and not math.isfinite(cell):
        return ""
    return str(int(cell)) if cell == int(cell) and abs(cell) < 1e15 else repr(cell)


def value_class(cell: Cell) -> str:
    """Say what kind of value a cell holds, without any of it."""
    if isinstance(cell, str):
        return f"{len(cell.strip())} characters"
    if isinstance(cell, bool):
        return "yes or no"
    return "date" if isinstance(cell, date | MonthCell) else "number"
