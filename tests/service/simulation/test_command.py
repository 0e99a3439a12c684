"""`shouwang simulate`, as people type it."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from service.cli import World, run
from tests.repo.tracked import ROOT
from tests.service.simulation.written import CONFIGURATION

NOW = datetime(2027, 1, 4, 1, 30, tzinfo=UTC)
MONTH = ["--from", "2027-01-04", "--to", "2027-02-07"]


def simulate(folder: Path, *words: str) -> tuple[int, str, str]:
    """Run the command on the small county's configuration; answer its exit code and what it said."""
    path = folder / "shouwang.yaml"
    path.write_text(CONFIGURATION, encoding="utf-8")
    out, err = StringIO(), StringIO()
    given = ["simulate", "--config", str(path), *words]
    code = run(given, World(out, err, {}, lambda: NOW))
    return code, out.getvalue(), err.getvalue()


def test_a_director_with_twelve_children(tmp_path: Path) -> None:
    """The table counts messages by role, month and fullest week, and says that promises were kept."""
    code, out, _ = simulate(tmp_path, "--children", "12", "--of", "P-0001", "--json", *MONTH)
    found = json.loads(out)
    assert (code, found["breaches"]) == (0, [])
    assert {one["person"] for one in found["weeks"]} == {"P-0001"}
    director = next(one for one in found["roles"] if one["role"] == "director")
    assert director["messages"] == sum(one["messages"] for one in found["months"])
    assert 0 < director["messages"] <= 2 * 5


def test_it_speaks_to_people(tmp_path: Path) -> None:
    """In words, and in their language."""
    _, out, _ = simulate(tmp_path, "--children", "4", "--lang", "zh_CN", *MONTH)
    assert "儿童主任" in out
    assert "各项保证都守住了。" in out
    assert "sent" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--children", "4", "--faults", "outage"], "outages"),
        (["--villages", "2"], "--children"),
        (["--from", "2027-02-01", "--to", "2027-01-01"], "after the last"),
        (["--children", "4", "--to", "2030-01-01"], "800"),
    ],
)
def test_what_makes_no_sense_is_said_so(tmp_path: Path, words: list[str], said: str) -> None:
    """With what would."""
    code, _, err = simulate(tmp_path, "--lang", "en", *words)
    assert code == 2
    assert said in err


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """In two processes that hash their words differently."""
    path = tmp_path / "shouwang.yaml"
    path.write_text(CONFIGURATION, encoding="utf-8")
    words = ["simulate", "--config", str(path), "--children", "6", "--villages", "2", "--json"]
    words += ["--faults", "all", "--seed", "5", "--from", "2027-01-04", "--to", "2027-02-14"]
    answers = set()
    for salt in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-m", "service.cli", *words],
            env={**os.environ, "PYTHONHASHSEED": salt},
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        answers.add(ran.stdout)
        assert ran.stdout, ran.stderr.decode()
    assert len(answers) == 1
