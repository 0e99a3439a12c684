"""What must never be committed: addresses of registries, paths of a machine, secrets, real people."""

import re

import pytest

from tests.repo.tracked import ROOT, tracked_files, tracked_texts

# Written with character classes, so that this file does not match itself.
FORBIDDEN = {
    "registry address": r"py[p]i\.org|python[h]osted|npm[j]s|//mirror[s]?\.|(?:extra-)?index-ur[l]\b",
    "path of a machine": r"(?<![\w.*~-])/(?:wor[k]|roo[t]|tm[p]|home/\w+|User[s]/\w+|private/va[r])/",
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KE[Y]",
    "access key": r"\b(?:AKI[A][0-9A-Z]{16}|gh[pousr]_\w{36}|xox[abprs]-\w{10,}|LTA[I]\w{12,})",
    "credentials in an address": r"\w+://[^\s/:@{}<>%]+:[^\s/:@{}<>%*]{6,}@(?!127\.|localhost)",
}
EXEMPT = {"Makefile", ".gitignore"}
"""The Makefile tells the locking tool to leave index addresses out; it holds none."""

_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z.])[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[0-9X](?!\w)")
_MOBILE = re.compile(r"(?<![\w.+-])1[3-9]\d{9}(?![\w.])")
GENERATED = {"requirements.txt", "requirements-dev.txt"}
PUBLISHED = {"11010519491231002X", "440524188001010014"}
"""The examples of GB 11643-1999 itself."""

FICTIONAL_MOBILE = "154"
LARGEST_FILE = 1_000_000


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_forbidden_is_committed(what: str) -> None:
    """No tracked text holds it."""
    pattern = re.compile(FORBIDDEN[what])
    found = {
        f"{path}:{text[: match.start()].count(chr(10)) + 1}"
        for path, text in tracked_texts()
        if path.name not in EXEMPT
        for match in pattern.finditer(text)
    }
    assert found == set()


def test_people_are_fictional() -> None:
    """No ID number can be held by anybody, and mobiles start with 154."""
    found = {
        str(path)
        for path, text in tracked_texts()
        if path.name not in GENERATED
        if any(_could_be_held(match) for match in _ID_NUMBER.findall(text))
        or any(not match.startswith(FICTIONAL_MOBILE) for match in _MOBILE.findall(text))
    }
    assert found == set()


def test_no_lock_file_with_addresses_is_committed() -> None:
    """These formats record where a package was downloaded from."""
    names = {path.name for path in tracked_files()}
    assert names & {"uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock", "pip.conf"} == set()


def test_files_are_small() -> None:
    """Fetched code, databases and pictures of screens do not slip in."""
    assert {
        path for path in tracked_files() if (ROOT / path).stat().st_size > LARGEST_FILE
    } == set()


def _could_be_held(number: str) -> bool:
    """Tell whether a number has a real division and the right checksum (GB 11643-1999)."""
    if number in PUBLISHED or number.startswith("99") or number[2:4] == "99":
        return False
    weighted = sum(int(digit) * 2 ** (17 - at) for at, digit in enumerate(number[:17]))
    return "10X98765432"[weighted % 11] == number[17]
