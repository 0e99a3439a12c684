"""A typed row as cells again, under headings that reading knows: to be mended and imported."""

from dataclasses import fields

from ledgers.reading.headings import heading_of
from ledgers.reading.vocabulary import Kind
from ledgers.rows import ChildRow, InstitutionRow, LedgerDate, PersonRow, RecordRow, RegionRow

AnyRow = ChildRow | InstitutionRow | PersonRow | RegionRow | RecordRow

_CODE_WORDS = {
    ("sex", "male"): "男",
    ("sex", "female"): "女",
    ("status", "active"): "在册",
    ("status", "moved"): "迁出",
    ("status", "closed"): "退出",
    ("status", "died"): "死亡",
    ("consent", "guardian"): "监护人同意",
    ("consent", "self"): "本人同意",
    ("consent", "given"): "同意",
    ("consent", "none"): "未同意",
    ("method", "home"): "入户",
    ("method", "phone"): "电话",
    ("method", "video"): "视频",
    ("method", "school"): "到校",
    ("result", "done"): "已完成",
    ("result", "not-reached"): "未联系上",
    ("result", "moved"): "已搬离",
    ("result", "refused"): "拒绝",
}


def texts_of(row: AnyRow, *, kind: Kind) -> dict[str, str]:
    """Answer what a row says, by headings that reading knows; not which earlier row it mends."""
    texts = {}
    for one in fields(row):
        heading, value = heading_of(one.name, kind=kind), getattr(row, one.name)
        if heading is not None and one.name != "mends" and value is not None and value != ():
            texts[heading] = _text(one.name, value)
    return texts


def _text(name: str, value: object) -> str:
    if isinstance(value, LedgerDate):
        return f"{value.day:%Y-%m}" if value.month_only else value.day.isoformat()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(value)
    return _CODE_WORDS.get((name, str(value)), str(value))
