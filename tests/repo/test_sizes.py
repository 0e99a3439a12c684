"""Files and functions stay small enough to be read at once."""

import ast
from collections.abc import Iterator

from tests.repo.tracked import PACKAGES, tracked_modules, tracked_texts

MOST_LINES_OF_A_FILE = 500
MOST_LINES_OF_A_FUNCTION = 50
MOST_PARAMETERS = 5
WRITTEN_BY_HAND = {".py", ".toml", ".md", ".css", ".js", ".html", ".jinja", ".sh"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_files_are_short() -> None:
    """No file that is written by hand has more lines than a person wants to read."""
    long = {
        str(path): text.count("\n")
        for path, text in tracked_texts()
        if path.suffix in WRITTEN_BY_HAND and text.count("\n") > MOST_LINES_OF_A_FILE
    }
    assert long == {}


def test_functions_are_short() -> None:
    """No function is longer than a screen."""
    long = {
        name: lines
        for name, function in _functions()
        if (lines := _lines(function)) > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


def test_functions_take_few_parameters() -> None:
    """More than five parameters mean that a dataclass is missing."""
    many = {
        name: count
        for name, function in _functions()
        if (count := _parameters(function)) > MOST_PARAMETERS
    }
    assert {name for name in many if name.split("/")[0] in PACKAGES} == set()


def _functions() -> Iterator[tuple[str, Function]]:
    for path, module in tracked_modules():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path}:{node.name}", node


def _lines(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.body[0].lineno + 1


def _parameters(function: Function) -> int:
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])
