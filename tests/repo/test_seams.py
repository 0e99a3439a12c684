"""The seams that keep code testable: time, environment and far ends are handed in, never reached for."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repo.tracked import PACKAGES, tracked_modules

READS_CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
READS_ENVIRONMENT = {"os.environ", "os.getenv"}
MAY_READ_CLOCK = {Path("schedules/runner.py")}


@pytest.mark.parametrize(
    ("names", "allowed"),
    [(READS_CLOCK, MAY_READ_CLOCK), (READS_ENVIRONMENT, set())],
    ids=["clock", "environment"],
)
def test_only_service_reaches_outside(names: set[str], allowed: set[Path]) -> None:
    """Below service, time and environment are arguments."""
    inner = set(PACKAGES) - {"service"}
    found = {
        f"{path}:{line} {name}"
        for path, module in tracked_modules()
        if path.parts[0] in inner and path not in allowed
        for name, line in _attributes(module)
        if name in names
    }
    assert found == set()


def test_nothing_is_mocked() -> None:
    """A test passes a fake through a seam, or starts an emulator."""
    found = {
        str(path)
        for path, module in tracked_modules()
        for name in _imported(module)
        if name in {"unittest.mock", "mock", "pytest_mock"}
    }
    assert found == set()


def _attributes(module: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}", node.lineno


def _imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
