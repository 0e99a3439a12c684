"""A line of the log holds declared fields and counts, and no number of a person."""

import ast
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import structlog

from service import logs
from service.log_fields import FIELDS

PACKAGES = ("alerts", "channels", "ledgers", "schedules", "service", "web")
ROOT = Path(__file__).resolve().parents[2]
OF_THE_LOG_ITSELF = {"event", "level", "timestamp", "at"}
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


@pytest.fixture
def written() -> Iterator[StringIO]:
    """Answer what the log writes, everything and for machines."""
    stream = StringIO()
    logs.configure("debug", form="json", stream=stream)
    yield stream
    structlog.reset_defaults()


def test_a_field_that_nobody_declared_stays_out(written: StringIO) -> None:
    """Its name is told, so that whoever wrote it notices; counts of any name go through."""
    structlog.get_logger().info("notice.sent", notice="ab12", name="龘靐", deadlines=3, more="12")
    line = json.loads(written.getvalue())
    assert "龘靐" not in written.getvalue()
    assert (line["undeclared"], line["notice"], line["deadlines"], line["more"]) == (
        ["name"],
        "ab12",
        3,
        "12",
    )


@pytest.mark.parametrize("number", ["15400000001", "990101201605011238", "99010120160501123X"])
def test_a_number_of_a_person_is_struck_out(written: StringIO, number: str) -> None:
    """Also in a sentence under a declared field, and as a number under any other."""
    structlog.get_logger().error("x.refused", reason=f"电话{number}不对", size=int(number[:11]))
    assert number[:11] not in written.getvalue()
    assert "不对" in written.getvalue()


def test_an_id_is_no_number_of_a_person(written: StringIO) -> None:
    """Digits among hex digits stay as they are."""
    structlog.get_logger().info("notice.sent", notice="01a15400000001b7")
    assert "01a15400000001b7" in written.getvalue()


def test_every_field_that_the_code_logs_is_declared() -> None:
    """And nothing is declared that no line holds: a new one goes into `service/log_fields.py`."""
    used = {name for package in PACKAGES for name in _logged(ROOT / package)}
    assert used - FIELDS == set()
    assert FIELDS - used - OF_THE_LOG_ITSELF <= {"count", "error"}


def _logged(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                is_log = ast.unparse(node.func.value) in ("log", "_log")
                if is_log and node.func.attr in LEVELS:
                    yield from (word.arg for word in node.keywords if word.arg)
