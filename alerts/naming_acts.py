"""How an act is named in a message: the rule's word, and of which month or quarter it is. Pure."""

from datetime import date

from alerts.items import Item

_QUARTER = 3
_HALF = 7


def act_said(item: Item, language: str, today: date) -> str:
    """Answer `12月发放核对` for what is owed of a month; the year too if it is not this one.

    What it is about stands behind it: 跨区域协查（平山县）.
    """
    said = _of_period(item, language, today)
    if not item.about:
        return said
    return (
        f"{said}（{'，'.join(item.about)}）"
        if language == "zh_CN"
        else f"{said} ({', '.join(item.about)})"
    )


def _of_period(item: Item, language: str, today: date) -> str:
    if item.starts_on is None or item.period not in _ZH:
        return item.act
    opening = item.starts_on
    parts = {
        "year": opening.year,
        "month": opening.month,
        "quarter": (opening.month - 1) // _QUARTER + 1,
        "half": 1 if opening.month < _HALF else 2,
    }
    if language != "zh_CN":
        return f"{item.act} ({_EN[item.period].format(**parts)})"
    year = "" if opening.year == today.year or item.period == "year" else f"{opening.year}年"
    name = _HALVES[parts["half"]] if item.period == "half-year" else _ZH[item.period]
    return f"{year}{name.format(**parts)}{item.act}"


_ZH = {"month": "{month}月", "quarter": "第{quarter}季度", "half-year": "", "year": "{year}年"}
_HALVES = {1: "上半年", 2: "下半年"}
_EN = {
    "month": "{year}-{month:02}",
    "quarter": "{year} Q{quarter}",
    "half-year": "{year} H{half}",
    "year": "{year}",
}
