"""The one heading under which each field is written out again, known to reading itself."""

from collections.abc import Mapping

from ledgers.reading.vocabulary import Kind

_HEADINGS: Mapping[str, str] = {
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
    "consent": "知情同意",
    "guardian_agrees": "监护人同意",
    "consent_on": "同意日期",
    "last_contact": "最近联系日期",
    "last_visit": "最近走访日期",
    "last_update": "信息更新日期",
    "last_arrival": "来本地日期",
    "last_departure": "离开日期",
    "role": "岗位",
    "email": "邮箱",
    "wecom": "企业微信",
    "villages": "职责范围",
    "held_from": "任职日期",
    "held_to": "离任日期",
    "prefers": "接收方式",
    "code": "行政区划代码",
    "parent": "上级区划",
    "credit_code": "统一社会信用代码",
    "region": "所属区划",
    "principal": "负责人",
    "permit_until": "许可证到期",
    "last_inspection": "最近检查日期",
    "successor": "变更后代码",
    "mends": "隔离编号",
    "kind": "事项",
    "happened": "办理日期",
    "method": "方式",
    "result": "结果",
    "seen_in_person": "见到儿童本人",
    "all_well": "情况是否正常",
    "recorded_by": "填报人",
    "counterpart": "对方地区",
}

_OF_KIND: Mapping[tuple[Kind, str], str] = {  # where a child's or a person's word would not do
    (Kind.REGIONS, "name"): "名称",
    (Kind.INSTITUTIONS, "number"): "机构编号",
    (Kind.INSTITUTIONS, "name"): "机构名称",
    (Kind.INSTITUTIONS, "category"): "机构类型",
    (Kind.INSTITUTIONS, "address"): "地址",
}


def heading_of(field: str, *, kind: Kind) -> str | None:
    """Answer the heading of a field in sheets of a kind, None for an extra one."""
    return _OF_KIND.get((kind, field)) or _HEADINGS.get(field)
