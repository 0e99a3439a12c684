"""Sheets as they might be handed in: mostly sensible, and anything may stand in some of the cells."""

import csv
import hashlib
import io
import json
from dataclasses import dataclass

from hypothesis import strategies as st

from ledgers.reading.workbook import RawFile, RawSheet

HEADINGS = {
    "children": "乡镇 村 姓名 身份证号 出生日期 人群类别 重点关爱情形 风险等级 状态 年级 学校 联系电话 儿童主任 "
    "最近联系日期 最近走访日期 村内编号 居住地址 备注 知情同意 同意日期 户籍地 性别",
    "persons": "姓名 岗位 乡镇 职责范围 联系电话 邮箱 企业微信 接收方式 任职日期 离任日期",
    "institutions": "机构名称 机构类型 统一社会信用代码 所属区划 乡镇 地址 负责人 电话 许可证到期 状态 最近检查日期",
    "records": "村 编号 事项 办理日期 方式 结果 见到儿童本人 情况是否正常 对方地区 填报人",
    "regions": "区划代码 名称 上级 变更后区划代码",
}
"""For each kind of sheet, headings by which it is recognised."""

_SENSIBLE = {
    "乡镇": ["柳河镇", "东山乡", "柳河"],
    "村": ["青山村", "柳沟村", "新村", "青山"],
    "职责范围": ["青山村", "柳沟村、石门村", "全县"],
    "岗位": ["儿童主任", "儿童督导员", "县级工作人员"],
    "区划代码": ["990101001001", "990101009", "990101", "990101001777"],
    "变更后区划代码": ["990101001001", "990101001778"],
    "所属区划": ["990101", "柳河镇"],
    "对方地区": ["990102", "990101001"],
    "编号": ["青山-01", "01", "青山-99", "柳沟-01"],
    "村内编号": ["青山-01", "柳沟-07", "甲"],
    "事项": ["走访", "联系", "信息更新"],
    "方式": ["入户", "电话"],
    "结果": ["已完成", "未联系上", "已搬离"],
    "状态": ["在册", "迁出", "停用", "死亡"],
    "人群类别": ["流动儿童", "留守儿童", "困境儿童"],
    "重点关爱情形": ["家庭生活困难", "监护缺失;流浪"],
    "风险等级": ["绿", "红", "高风险"],
    "知情同意": ["监护人", "是", "否"],
    "接收方式": ["邮件", "短信"],
    "身份证号": ["99010120160501001X", "990101201502030024"],
    "联系电话": ["15400000003", "0990-1234567"],
    "电话": ["15400000009"],
    "统一社会信用代码": ["91990101MA0000000X"],
}
_DAYS = ["2016-05-01", "2026/11/3", "2026年9月", "2026-08-20"]
_NAMES = ["某甲", "某乙", "某新", "丙主", "演示福利院"]

NASTY = (
    *(
        "",
        " ",
        "\u3000",
        "0",
        "-1",
        "1e309",
        "9" * 40,
        "NaN",
        "２０１６年５月",
        "٣",
        "²",
        "无",
        "不详",
    ),
    *("2016-02-30", "9999-12-31", "0001-01-01", "1900-01-01", "2026-13-01", "45000", "2999-01-01"),
    *(
        "长" * 70,
        "长" * 300,
        "a" * 1000,
        "𠮷" * 64,
        "e\u0301" * 40,
        "\u202e反",
        "é|à",
        "|",
        "%s%(a)s",
    ),
    *(
        "=1+1",
        "'; DROP TABLE entries; --",
        '"',
        "a\nb",
        "a\tb",
        "{{7*7}}",
        "示例",
        "合计",
        "姓名",
        "../..",
        "\ufeff",
    ),
    *(
        "青山-",
        "-01",
        "青山-000000000000000000001",
        "青山-99999999999999999999",
        "990101" * 2,
        "99" * 6,
    ),
)
"""Texts that have broken readers before, here or elsewhere."""


Cell = str | float | bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of cells, its headings first."""

    kind: str
    rows: tuple[tuple[Cell, ...], ...]

    def as_csv(self) -> bytes:
        """Answer it as a csv file."""
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows(self.rows)
        return text.getvalue().encode("utf-8", "replace")

    def as_read(self) -> RawFile:
        """Answer it as the child process would: also with cells that no csv file can hold."""
        line = json.dumps({"rows": self.rows}, ensure_ascii=False).encode()
        sheet = RawSheet("", hidden=False, epoch_1904=False, merged=None, batches=(line,))
        return RawFile("f.xlsx", hashlib.sha256(line).hexdigest(), (sheet,))


def _sensible(heading: str) -> st.SearchStrategy[str]:
    if heading.endswith("日期") or heading == "许可证到期":
        return st.sampled_from(_DAYS)
    return st.sampled_from(_SENSIBLE.get(heading, _NAMES if "名" in heading else ["", "某"]))


_TEXT = st.text(st.characters(exclude_categories=["Cc", "Co", "Cs", "Cn"]), max_size=12)
_ODD_TEXTS = st.sampled_from(NASTY) | _TEXT
_ODD_CELLS = (
    _ODD_TEXTS
    | st.sampled_from(["\0", "a\0b", "\ufffd", "\x1b[2J", "\x7f", "\ue000"])
    | st.floats()
    | st.booleans()
    | st.sampled_from([45000.0, 45000.5, 1e15, 2.0**63, -1.0, 15400000003.0])
)


def _cell(heading: str, odd: st.SearchStrategy[Cell]) -> st.SearchStrategy[Cell]:
    # One of five is odd: where every cell is, every row is refused for its first one.
    return st.one_of(*[_sensible(heading)] * 4, odd)


@st.composite
def sheets(draw: st.DrawFn, *, texts_only: bool = False) -> Sheet:
    """Draw a sheet of some of its kind's columns, now and then with a heading nobody knows."""
    odd = _ODD_TEXTS if texts_only else _ODD_CELLS
    kind = draw(st.sampled_from(sorted(HEADINGS)))
    known = HEADINGS[kind].split()
    chosen = [it for it in known if it in known[:4] or draw(st.booleans())]
    if draw(st.integers(0, 7)) == 0:
        chosen[draw(st.integers(0, len(chosen) - 1))] = draw(st.sampled_from(NASTY))
    lines = draw(st.lists(st.tuples(*[_cell(it, odd) for it in chosen]), min_size=1, max_size=6))
    return Sheet(kind, (tuple(chosen), *lines))
