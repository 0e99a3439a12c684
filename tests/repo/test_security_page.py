"""The threat model names a test for each defence, and these tests exist."""

import ast
import re

import pytest

from tests.repo.tracked import ROOT

_PAGE = (ROOT / "docs/security.md").read_text("utf-8")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_ROWS = [line for line in _PAGE.splitlines() if line.startswith("| ") and "| reaches |" not in line]


def test_the_page_has_its_rows() -> None:
    """A page without rows would pass all that follows."""
    assert len(_ROWS) > 20


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row.split("|")[1].strip())
def test_each_defence_names_tests_that_exist(row: str) -> None:
    """In the last column, as FILE::NAME."""
    _reaches, stopped_by, shown_by = row.strip("|").split("|")
    named = _TEST.findall(shown_by)
    assert stopped_by.strip()
    assert named
    for path, name in named:
        assert name in _functions(path), f"{path} has no {name}"


def named_tests() -> set[tuple[str, str]]:
    """Answer file and name of every test that a row of the page names."""
    return {found for row in _ROWS for found in _TEST.findall(row)}


def _functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
