"""A desk to test commands at: a fresh folder, a small made-up county, and what a command answered."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from ledgers.access.effort import Effort
from ledgers.exporting import SheetPlan, write_workbook
from service.cli import World, run

MONDAY = datetime(2026, 12, 7, 2, 0, tzinfo=UTC)
"""Ten o'clock at the site, after everybody's time of sending."""

HEAVY_RAIN = """
  演练叫应:
    kind: signal
    say: 演练叫应
    source: 演示
    for: {ledger: children, where: {status: active}}
    on: {signal: 暴雨}
    urgent: true
    first_line: 请先确认人员安全
    ladder:
      - {tell: director, wait: 30 minutes}
      - {tell: supervisor, repeat: 30 minutes}
"""
"""A rule on a signal, to stand under `rules:`."""

CHEAP = Effort(memory=8, passes=1, lanes=1)
"""Passwords that cost next to nothing to try."""

_STAFF = (
    ("姓名", "岗位", "乡镇", "职责范围", "联系电话", "邮箱"),
    ("甲县", "县级工作人员", "", "", "15400000001", "county@example.invalid"),
    ("乙督", "儿童督导员", "柳河镇", "", "15400000002", "supervisor@example.invalid"),
    ("丙主", "儿童主任", "柳河镇", "青山村", "15400000003", "director@example.invalid"),
    ("丁主", "儿童主任", "柳河镇", "柳沟村", "15400000004", ""),
    ("丁主", "儿童主任", "柳河镇", "石门村", "15400000005", ""),
)
_HEADINGS = ("乡镇", "村", "姓名", "出生日期", "人群类别", "重点关爱情形", "最近联系日期")
_CHILDREN = (
    ("柳河镇", "青山村", "某甲", "2016-05-01", "流动儿童", "家庭生活困难", "2026-08-20"),
    ("柳河镇", "青山村", "某乙", "2015-03-02", "流动儿童", "家庭生活困难", "2026-09-10"),
    ("柳河镇", "青山村", "某丙", "2014-03-02", "流动儿童", "家庭生活困难", "2026-11-30"),
    ("柳河镇", "柳沟村", "某丁", "2017-07-01", "流动儿童", "监护缺失", "2026-08-21"),
    ("柳河镇", "柳沟村", "某戊", "2018-07-01", "流动儿童", "监护缺失", ""),
    ("柳河镇", "石门村", "某己", "2013-07-01", "流动儿童", "流浪", "2026-09-05"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it answered a machine."""
        return json.loads(self.out)


@dataclass(slots=True)
class Desk:
    """Runs commands in one folder, at a moment that can be moved."""

    folder: Path
    now: datetime = MONDAY
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, *words: str, typed: Sequence[str] = ()) -> Answer:
        """Run one command, in the default language unless it says otherwise; `typed` is piped in."""
        out, err = StringIO(), StringIO()
        given = StringIO("".join(f"{line}\n" for line in typed))
        world = World(out, err, self.environment, lambda: self.now, given, CHEAP)
        return Answer(run(words, world), out.getvalue(), err.getvalue())

    def done(self, *words: str, typed: Sequence[str] = ()) -> Answer:
        """Run one command that must succeed."""
        answer = self.run(*words, typed=typed)
        assert answer.code == 0, answer.out + answer.err
        return answer


def write_table(path: Path, title: str, rows: Sequence[Sequence[str]]) -> None:
    """Write a workbook of one sheet."""
    with path.open("wb") as stream:
        write_workbook(stream, [SheetPlan(title, rows[0], rows[1:])])


def settle_in(folder: Path) -> None:
    """Write a county's workbooks, and let its mails go into a folder."""
    write_table(folder / "人员.xlsx", "人员名单", _STAFF)
    write_table(folder / "儿童.xlsx", "儿童台账", [_HEADINGS, *_CHILDREN])
    settings = folder / "本县设置.yaml"
    lines = [
        line
        for line in settings.read_text("utf-8").splitlines()
        if not line.strip().startswith(("host:", "port:", "security:"))
    ]
    text = "\n".join(lines).replace("type: smtp", "type: file\n    folder: 邮件")
    settings.write_text(text + "\n", "utf-8")


def children(*more: Sequence[str]) -> list[Sequence[str]]:
    """Answer the county's children as a table, with further rows."""
    return [_HEADINGS, *_CHILDREN, *more]


def copy_of(prepared: Path, folder: Path) -> Desk:
    """Set up a desk on a copy of a prepared folder."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    return Desk(folder)
