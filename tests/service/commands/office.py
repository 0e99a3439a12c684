"""A county of three townships with users in all roles, for commands that are run on their behalf."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.service.commands.desk import HEAVY_RAIN, Answer, Desk, children, copy_of, write_table
from tests.service.commands.test_users import Somebody, add

WHY = ("--purpose", "下乡核对")

_STAFF = (
    ("姓名", "岗位", "乡镇", "职责范围", "联系电话", "邮箱"),
    ("戊主", "儿童主任", "东庄镇", "东庄村", "15400000011", "wu@example.invalid"),
    ("己主", "儿童主任", "西岭镇", "西岭村", "15400000012", "ji@example.invalid"),
    ("庚督", "儿童督导员", "西岭镇", "", "15400000013", "geng@example.invalid"),
    ("辛双", "儿童主任", "东庄镇", "北庄村", "15400000014", "xin@example.invalid"),
    ("辛双", "儿童主任", "西岭镇", "北岭村", "15400000014", "xin@example.invalid"),
)
_KNOWN = ("流动儿童", "家庭生活困难", "2026-08-20")
_CHILDREN = tuple(
    (town, village, f"{village[0]}某{number}", f"2015-0{number}-01", *_KNOWN)
    for town, village in (
        ("东庄镇", "东庄村"),
        ("东庄镇", "北庄村"),
        ("西岭镇", "西岭村"),
        ("西岭镇", "北岭村"),
    )
    for number in range(1, 7)
)
_RULES = """
records:
  contact: {title: 联系}
  visit: {title: 走访}
rules:
  季度联系:
    kind: duty
    title: 三个月联系一次
    say: 联系
    source: 演示
    for: {ledger: children, where: {status: active}}
    every: 3 months
    done_by: contact
    steps: [{at: 0 days, tell: director}, {at: 15 days, tell: supervisor}]
  半年走访:
    kind: duty
    title: 半年走访一次
    say: 走访
    source: 演示
    for: {ledger: children, where: {status: active}}
    every: 6 months
    done_by: visit
    steps: [{at: 0 days, tell: director}]
"""
_USERS: Mapping[str, tuple[str, ...]] = {
    "两镇": ("township", "--region", "柳河镇", "--region", "东庄镇"),
    "半县": ("county", "--region", "柳河镇", "--region", "东庄镇"),
    "全县": ("county",),
    "一村": ("director", "--region", "东庄村"),
    "两村": ("township", "--region", "东庄村", "--region", "北庄村"),
    "审计": ("auditor",),
    "值守": ("operator",),
    "半值": ("operator", "--region", "柳河镇"),
}


@dataclass(slots=True)
class Office:
    """A desk in that county, and who sits at it; `handles` are people by their names."""

    desk: Desk
    url: str
    users: Mapping[str, Somebody]
    handles: Mapping[str, str]

    def own(self, *words: str) -> Answer:
        """Run a command that must succeed for the computer's own account."""
        return self.desk.done(*words)

    def run(self, user: str, *words: str) -> Answer:
        """Run a command on behalf of a user."""
        return self.users[user].run(*words)

    def done(self, user: str, *words: str) -> Answer:
        """Run a command on behalf of a user that must succeed."""
        answer = self.run(user, *words)
        assert answer.code == 0, answer.out + answer.err
        return answer

    def sheet(self, user: str | None, *words: str) -> str:
        """Answer all that stands in an export; None: for the computer's own account."""
        words = (*words, *WHY, "--replace")
        _answer = self.own(*words) if user is None else self.done(user, *words)
        file = next(word for word in words if word.endswith(".xlsx"))
        book = CalamineWorkbook.from_path(self.desk.folder / file)
        return str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])

    def is_unknown(self, user: str, *words: str, outside: str, nowhere: str) -> bool:
        """Say whether what lies outside is answered as what is not there at all, to the letter.

        `%` in the words stands for the reference.
        """
        first, second = (
            self.run(user, *(one if word == "%" else word for word in words))
            for one in (outside, nowhere)
        )
        as_one = second.err.replace(nowhere, outside)
        return first.code == second.code != 0 and first.err == as_one and first.out == second.out

    def told(self, user: str | None, *words: str) -> Any:
        """Answer what a command answers a machine; None: for the computer's own account."""
        words = ("--json", *words)
        return (self.own(*words) if user is None else self.done(user, *words)).json

    def last_events(self, kind: str) -> list[tuple[str, str | None]]:
        """Answer who did what of a kind, and to whom, the newest last."""
        found = self.told(None, "audit", "list", "--all", "--kind", kind)
        return [(one["actor"], one["subject"]) for one in found]


@contextmanager
def at_office(begun: Path, folder: Path, url: str | None) -> Iterator[Office]:
    """Set up the county in a folder; its ledger in the database at `url`, None: in the folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        desk = copy_of(begun, folder)
        if url is not None:
            patch.setenv("SHOUWANG_DATABASE_URL", url)
            desk.done("db", "upgrade")
        _few_rules(folder / "本县设置.yaml")
        write_table(folder / "又员.xlsx", "人员名单", _STAFF)
        write_table(folder / "又童.xlsx", "儿童台账", children(*_CHILDREN))
        desk.done("import", "人员.xlsx", "又员.xlsx", "又童.xlsx")
        others = [(*row[:4], "留守儿童", *row[5:]) for row in children(*_CHILDREN)[1:]]
        write_table(folder / "省里.xlsx", "导出", [children()[0], *others])
        desk.done("import", "省里.xlsx", "--compare")
        desk.done("tick")
        desk.done("outbox", "hold")
        desk.now += timedelta(days=7)
        desk.done("tick")
        users = {name: add(desk, name, *more) for name, more in _USERS.items()}
        people = desk.done("--json", "person", "list", "--names").json
        where = url or f"sqlite:///{folder / 'shouwang.sqlite'}"
        yield Office(desk, where, users, {one["name"]: one["handle"] for one in people})


def _few_rules(settings: Path) -> None:
    """Put two rules in the place of a province's forty: commands are run by the hundred here."""
    lines = settings.read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("include:")]
    settings.write_text("\n".join(kept) + _RULES + HEAVY_RAIN, "utf-8")
