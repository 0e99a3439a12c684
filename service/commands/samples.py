"""Empty workbooks with the columns that are read, and a made-up line to show what goes in.

The line says that it is a sample: an import passes over it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ledgers.exporting import SheetPlan, write_workbook

_CHILDREN = {
    "乡镇": "柳河镇",
    "村": "青山村",
    "姓名": "（示例，请删除此行）",
    "身份证号": "",
    "性别": "女",
    "出生日期": "2016-05-01",
    "人群类别": "流动儿童",
    "重点关爱情形": "家庭生活困难",
    "监护人": "",
    "联系电话": "",
    "现住址": "",
    "就读学校": "",
    "年级": "",
    "状态": "在册",
    "最近联系日期": "2026-09-01",
    "最近走访日期": "2026-07-15",
    "备注": "",
}
_INSTITUTIONS = {
    "机构名称": "（示例，请删除此行）",
    "机构类型": "儿童福利机构",
    "所属区划": "柳河镇",
    "地址": "",
    "负责人": "",
    "联系电话": "",
    "统一社会信用代码": "",
    "许可证到期": "2028-12-31",
    "状态": "正常",
    "最近检查日期": "2026-10-15",
    "备注": "",
}
_PERSONS = {
    "姓名": "（示例，请删除此行）",
    "岗位": "儿童主任",
    "乡镇": "柳河镇",
    "职责范围": "青山村、柳沟村",
    "联系电话": "15400000001",
    "邮箱": "director@example.invalid",
    "任职日期": "2026-01-01",
    "接收方式": "短信",
}
_REGIONS = {
    "行政区划代码": "990101100000",
    "名称": "柳河镇",
    "备注": "（示例，请删除此行）",
}
_RECORDS = {
    "村": "青山村",
    "编号": "青山-03",
    "事项": "入户走访",
    "办理日期": "2026-11-20",
    "方式": "入户",
    "结果": "已完成",
    "见到儿童本人": "是",
    "情况是否正常": "是",
    "备注": "（示例，请删除此行）",
}

SAMPLES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "儿童台账.xlsx": ("儿童台账", _CHILDREN),
    "机构台账.xlsx": ("机构台账", _INSTITUTIONS),
    "人员名单.xlsx": ("人员名单", _PERSONS),
    "行政区划.xlsx": ("行政区划", _REGIONS),
    "走访登记表.xlsx": ("走访登记表", _RECORDS),
}
"""The sample workbooks by file name: their title, and a line by heading."""


def write_sample(path: Path) -> None:
    """Write the sample workbook of that name."""
    title, line = SAMPLES[path.name]
    headings: Sequence[str] = list(line)
    plan = SheetPlan(title, headings, [list(line.values())], heading=title, landscape=True)
    with path.open("xb") as stream:
        write_workbook(stream, [plan])
