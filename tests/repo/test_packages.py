"""The seven packages: named everywhere alike, ours, and cheap to import."""

import ast
import importlib
from pathlib import Path

import pytest

from tests.repo.tracked import PACKAGES, PROJECT, ROOT, tracked_files

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
