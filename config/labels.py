"""Words that label a child. No message may contain one (DESIGN.md 6; the law: DOMAIN.md B1, B2)."""

from collections.abc import Iterable

LABELLING_WORDS = (
    "孤儿",
    "困境",
    "留守",
    "流动",
    "特困",
    "低保",
    "贫困",
    "残疾",
    "重残",
    "重病",
    "服刑",
    "戒毒",
    "监护缺失",
    "无人抚养",
    "失依",
    "弃养",
    "弃婴",
    "流浪",
    "乞讨",
    "受虐",
    "虐待",
    "侵害",
    "精神",
    "心理",
    "行为异常",
    "自闭",
    "智障",
    "艾滋",
    "患病",
)
"""The shipped list; a site adds its own with `labelling_words`."""


def labels_in(text: str, more: Iterable[str] = ()) -> list[str]:
    """Answer the labelling words that a text contains, also with spaces typed between."""
    joined = "".join(text.split()).casefold()
    return [word for word in (*LABELLING_WORDS, *more) if word and word.casefold() in joined]
