"""Which configured kind of record a word or a column means."""

from collections.abc import Mapping

from config.model import RecordKind

_WORDS = {"contact": "联系", "visit": "走访", "update": "更新", "inspection": "检查"}
"""What the title of a kind says for the columns 最近联系, 最近走访, 更新时间 and 最近检查."""

_STAYS = {"arrival": "begins", "departure": "ends"}


def kind_of_act(records: Mapping[str, RecordKind], act: str) -> str | None:
    """Answer the kind that a column of past acts (`contact`, `visit`, `update`, `inspection`) records.

    An `arrival` is the first kind with which a stay begins, a `departure` one with which it ends.
    """
    if act in _STAYS:
        return next((kind for kind, about in records.items() if about.stay == _STAYS[act]), None)
    return act if act in records else kind_of_word(records, _WORDS[act])


def kind_of_word(records: Mapping[str, RecordKind], text: str) -> str | None:
    """Answer the kind that a word means: its id, title or `says`, or the only title it is part of."""
    word = "".join(text.split())
    for kind, about in records.items():
        if word in {kind, about.title, about.says}:
            return kind
    alike = [k for k, about in records.items() if word in about.title or about.title in word]
    return alike[0] if word and len(alike) == 1 else None
