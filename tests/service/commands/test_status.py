"""What `status` says is to be mended, in words the office knows."""

import sqlite3
from pathlib import Path

import pytest

from tests.service.commands.desk import Desk


def _matter(kind: str, subject: str, region: str) -> None:
    row = (f"{len(subject):032x}", kind, subject, region, "supervisor", "{}", "2026-12-07 00:00:00")
    with sqlite3.connect(Path("shouwang.sqlite")) as connection:
        connection.execute(
            "INSERT INTO matters (id, kind, subject, region, role, detail, opened_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            row,
        )
    connection.close()


@pytest.mark.parametrize(
    ("language", "post", "level"),
    [("zh_CN", "儿童主任", "没有等级"), ("en", "儿童主任", "no level")],
)
def test_what_is_to_be_mended_is_named(desk: Desk, language: str, post: str, level: str) -> None:
    """A post by its title, a level that is not configured by rule and level: no raw key."""
    _matter("no-recipient", "director:990101001001", "990101001001")
    _matter("not-configured", "quarterly-contact|990101001001|", "990101001001")
    said = desk.done("--lang", language, "status").out
    assert [line for line in said.splitlines() if post in line and "990101001001:" not in line]
    assert [line for line in said.splitlines() if level in line]
    assert "director:" not in said
    assert "|990101" not in said
