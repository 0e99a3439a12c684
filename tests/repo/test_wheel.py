"""What a site installs: our packages with their translations, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.repo.tracked import PACKAGES, ROOT, tracked_files


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Answer the names of the files in a wheel built here."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_only_our_packages_are_shipped(shipped: set[str]) -> None:
    """No tests, no benchmarks, no notes."""
    tops = {name.split("/")[0] for name in shipped}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_translations_are_shipped_compiled(shipped: set[str]) -> None:
    """Each catalogue is in the wheel as the program reads it."""
    sources = [path for path in tracked_files() if path.suffix == ".po"]
    assert {path.with_suffix(".mo").as_posix() for path in sources} <= shipped


def test_everything_in_the_packages_is_shipped(shipped: set[str]) -> None:
    """Templates, rule sets and migrations travel with the code."""
    ours = {path.as_posix() for path in tracked_files() if path.parts[0] in PACKAGES}
    assert ours - shipped == set()


def test_nothing_unknown_is_shipped(shipped: set[str]) -> None:
    """A stray file in a working folder does not reach a site."""
    inside = {Path(name) for name in shipped if name.split("/")[0] in PACKAGES}
    assert {path for path in inside if path.suffix in {".sqlite", ".key", ".log", ".pyc"}} == set()
