"""The seven packages: named everywhere alike, ours, and cheap to import."""

import ast
import importlib
from pathlib import Path

import pytest

from tests.repo.tracked import PACKAGES, PROJECT, ROOT, tracked_files, tracked_modules

NOT_SHIPPED = {"tests", "benchmarks"}


def test_every_folder_of_code_is_under_the_contracts() -> None:
    """A new top-level package is not noticed by import-linter unless it is listed."""
    folders = {path.parts[0] for path in tracked_files() if path.suffix == ".py" and path.parts[1:]}
    assert folders - NOT_SHIPPED == set(PROJECT["tool"]["importlinter"]["root_packages"])


def test_what_is_checked_is_what_is_shipped() -> None:
    """The wheel, the types and the contracts name the same packages."""
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == set(PACKAGES)
    assert set(PROJECT["tool"]["mypy"]["packages"]) == set(PACKAGES) | NOT_SHIPPED


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_ours(name: str) -> None:
    """Distributions on the package index bear the same names and would hide ours."""
    module = importlib.import_module(name)
    assert Path(str(module.__file__)) == ROOT / name / "__init__.py"


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_says_it_is_typed(name: str) -> None:
    """Type checkers trust a package only with this marker."""
    assert (ROOT / name / "py.typed").is_file()


@pytest.mark.parametrize("name", PACKAGES)
def test_importing_a_package_imports_nothing_else(name: str) -> None:
    """A re-export in `__init__` would pull its module into every importer."""
    body = ast.parse((ROOT / name / "__init__.py").read_text(encoding="utf-8")).body
    assert all(isinstance(statement, ast.Expr) for statement in body)


def test_frozen_dataclasses_are_lean() -> None:
    """The library's compile their methods for each class: decision 0034."""
    found = {
        str(path)
        for path, module in tracked_modules()
        if path.parts[0] in PACKAGES and path != Path("config/lean.py")
        for name in _from_the_library(module)
        if any(_is_frozen(one, name) for one in ast.walk(module))
    }
    assert found == set()


def _from_the_library(module: ast.Module) -> set[str]:
    """Answer by which names a module calls the library's decorator."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
        for alias in node.names
        if alias.name == "dataclass"
    }
    return names | {"dataclasses.dataclass"}


def _is_frozen(node: ast.AST, decorator: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == decorator
        and any(one.arg == "frozen" for one in node.keywords)
    )
