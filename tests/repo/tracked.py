"""The repository as its checks see it: what git tracks, and which packages are ours."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES: list[str] = sorted(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])


@cache
def tracked_files() -> tuple[Path, ...]:
    """Answer the tracked files that exist, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607  # git is one of the three things asked for
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file())


def tracked_texts() -> Iterator[tuple[Path, str]]:
    """Yield the tracked files that are text in UTF-8."""
    for path in tracked_files():
        try:
            yield path, (ROOT / path).read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue


def tracked_modules() -> Iterator[tuple[Path, ast.Module]]:
    """Yield the tracked Python files, parsed."""
    for path, source in tracked_texts():
        if path.suffix == ".py":
            yield path, ast.parse(source)
