"""A typed row as cells again, under headings that reading knows: to be mended and imported."""

from dataclasses import fields

from ledgers.rows import ChildRow, LedgerDate, PersonRow, RecordRow, RegionRow

AnyRow = ChildRow | PersonRow | RegionRow | RecordRow

_HEADINGS = {
    "number": "编号",
    "name": "姓名",
    "id_no": "身份证号",
    "sex": "性别",
    "born": "出生日期",
    "town": "乡镇",
    "village": "村",
    "region_code": "行政区划代码",
    "registered_place": "户籍所在地",
    "population": "人群类别",
    "category": "儿童类别",
    "triggers": "重点关爱情形",
    "level": "风险等级",
    "status": "状态",
    "grade": "年级",
    "school": "就读学校",
    "guardian": "监护人",
    "phone": "联系电话",
    "address": "现住址",
    "illness": "健康状况",
    "notes": "备注",
    "director": "儿童主任",
    "last_contact": "最近联系日期",
    "last_visit": "最近走访日期",
    "last_update": "信息更新日期",
    "role": "岗位",
    "email": "邮箱",
    "wecom": "企业微信",
    "villages": "职责范围",
    "held_from": "任职日期",
    "held_to": "离任日期",
    "code": "行政区划代码",
    "parent": "上级区划",
    "kind": "事项",
    "happened": "办理日期",
    "method": "方式",
    "result": "结果",
    "seen_in_person": "见到儿童本人",
    "all_well": "情况是否正常",
    "recorded_by": "填报人",
}
_CODE_WORDS = {
    ("sex", "male"): "男",
    ("sex", "female"): "女",
    ("status", "active"): "在册",
    ("status", "moved"): "迁出",
    ("status", "closed"): "退出",
    ("status", "died"): "死亡",
    ("method", "home"): "入户",
    ("method", "phone"): "电话",
    ("method", "video"): "视频",
    ("method", "school"): "到校",
    ("result", "done"): "已完成",
    ("result", "not-reached"): "未联系上",
    ("result", "moved"): "已搬离",
    ("result", "refused"): "拒绝",
}


def texts_of(row: AnyRow) -> dict[str, str]:
    """Answer what a row says, by headings that reading knows."""
    texts = {}
    for one in fields(row):
        value = getattr(row, one.name)
        if one.name in _HEADINGS and value is not None and value != ():
            texts[_HEADINGS[one.name]] = _text(one.name, value)
    return texts


def _text(name: str, value: object) -> str:
    if isinstance(value, LedgerDate):
        return f"{value.day:%Y-%m}" if value.month_only else value.day.isoformat()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(value)
    return _CODE_WORDS.get((name, str(value)), str(value))
