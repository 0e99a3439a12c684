"""Takes each defence of `docs/security.md` out of a copy of the tree and runs the test it names.

`python -m tests.security.trial` tries all, `... trial link` those whose name or test holds a word. A
defence is shown when its test fails without it; if one still passes, the trial fails.
"""

import resource
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copy2

ROOT = Path(__file__).resolve().parents[2]
_LISTS = Path(__file__).with_name("defences")
_CATALOGUES = "*/locale/*/LC_MESSAGES/*.mo"
_PYTEST = ["-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider", "--no-header", "-k"]
_ONE_DATABASE = "not postgres"
"""A defence that SQLite's test shows needs no second database."""

_FAILED = 1
"""How pytest ends when tests ran and failed; anything else shows nothing about a defence."""

_WITHIN, _ENDLESS = 600.0, 60.0
"""Seconds that one test may take; an endless one is ended sooner, and that is how it fails."""

_MEMORY = 8 << 30
"""Bytes that a test may take whose bound was taken out."""


@dataclass(frozen=True, slots=True)
class Defence:
    """One defence: what (`out`) in which file goes, what stands there instead, the test that fails.

    `endless`: without the defence its test may never end.
    """

    name: str
    file: str
    out: str
    put: str
    test: str
    endless: bool = False


def defences() -> list[Defence]:
    """Answer all that can be taken out, in the order of the page."""
    return [
        Defence(**one)
        for path in sorted(_LISTS.glob("*.toml"))
        for one in tomllib.loads(path.read_text("utf-8"))["defence"]
    ]


def copied(folder: Path) -> None:
    """Copy the tree as it stands: what git knows or would know, and the compiled catalogues."""
    known = _git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    paths = [ROOT / name for name in known.split("\0") if name]
    for path in (*paths, *ROOT.glob(_CATALOGUES)):
        if path.is_file():
            target = folder / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            copy2(path, target)
    _git(folder, "init", "-q")
    _git(folder, "add", "-A")  # some tests look at what is tracked


def is_shown(folder: Path, defence: Defence) -> bool:
    """Say whether a defence's test fails in a copy of the tree without it."""
    path = folder / defence.file
    whole = path.read_text("utf-8")
    path.write_text(whole.replace(defence.out, defence.put, 1), "utf-8")
    command = [sys.executable, *_PYTEST, _ONE_DATABASE, defence.test]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=_WITHIN, check=False
        )
    except subprocess.TimeoutExpired:
        return True  # without its bound it does not end
    finally:
        path.write_text(whole, "utf-8")
    return done.returncode == _FAILED


def tried(words: list[str]) -> Iterator[tuple[Defence, bool]]:
    """Try each defence whose name or test holds one of the words; all, without any."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copied(folder)
        for one in defences():
            if not words or any(word in f"{one.name} {one.test}" for word in words):
                yield one, is_shown(folder, one)


def main() -> int:
    """Say a line for each defence; answer 1 if one of them is not shown."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    count, not_shown = 0, 0
    for one, shown in tried(sys.argv[1:]):
        count, not_shown = count + 1, not_shown + (not shown)
        verdict = "fails as it should" if shown else "SHOWS NOTHING"
        sys.stdout.write(f"{verdict}: {one.name} ({one.test})\n")
        sys.stdout.flush()
    sys.stdout.write(f"defences taken out: {count}, not shown by their test: {not_shown}\n")
    return min(not_shown, 1)


def _git(folder: Path, *what: str) -> str:
    command = ["git", *what]  # found on the path, as `make` finds it
    return subprocess.run(command, cwd=folder, capture_output=True, check=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
