"""`python -m tests.fuzz.run DOOR [SECONDS]`: what is handed in at a door, for as long as one likes.

With atheris, whose bytes find new ways through the code; where it has no wheel, with chance alone. It
is no dependency of ours: `make fuzz` installs it beside.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from hypothesis import given, settings

_SECONDS = 60
_MOST_BYTES = 4096
_INSTRUMENTED = ["alerts", "channels", "config", "ledgers", "web", "jinja2", "yaml"]


def main() -> None:
    """Throw bytes at one door until it breaks or time is up."""
    atheris = _atheris()
    if atheris is None:
        targets, paths = _doors()
    else:
        with atheris.instrument_imports(include=_INSTRUMENTED):
            targets, paths = _doors()
    names = [*targets, *paths]
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        raise SystemExit(f"choose a door: {', '.join(names)}")
    name, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else _SECONDS
    with TemporaryDirectory() as folder, _target(name, Path(folder)) as target:
        if atheris is None:
            sys.stdout.write(f"atheris is not installed: {name} by chance alone\n")
            _by_chance(target, seconds)
            return
        options = [sys.argv[0], f"-max_total_time={seconds}", f"-max_len={_MOST_BYTES}"]
        atheris.Setup(options, target)
        atheris.Fuzz()


def _atheris() -> Any | None:
    try:
        return import_module("atheris")
    except ModuleNotFoundError:
        return None


def _doors() -> tuple[Any, Any]:
    targets, paths = (import_module(f"tests.fuzz.{one}") for one in ("targets", "paths"))
    return targets.TARGETS, paths.PATHS


@contextmanager
def _target(name: str, folder: Path) -> Iterator[Callable[[bytes], object]]:
    """Answer what takes bytes: a door itself, or what makes of them what is handed in at one."""
    targets, paths = _doors()
    if name in targets:
        yield targets[name]
        return
    county = import_module("tests.fuzz.county")
    path = paths[name]
    with county.county_of(county.settle(folder / "prepared"), folder / "county") as there:

        @settings(deadline=None, database=None)
        @given(path.given)
        def holds(handed_in: object) -> None:
            path.holds(there, handed_in)

        yield holds.hypothesis.fuzz_one_input


def _by_chance(target: Callable[[bytes], object], seconds: int) -> None:
    until = monotonic() + seconds
    while monotonic() < until:
        target(os.urandom(_MOST_BYTES))


if __name__ == "__main__":
    main()
