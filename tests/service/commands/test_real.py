"""The real program in a process of its own, and a site on PostgreSQL."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ledgers.database import Database
from service.migrations import is_current
from tests.service.commands.desk import Desk, settle_in

SHOUWANG = Path(sys.executable).with_name("shouwang")


def shouwang(
    folder: Path, *words: str, locale: str = "C.UTF-8"
) -> subprocess.CompletedProcess[str]:
    """Run the installed program in a folder, with nothing in its environment but the locale."""
    return subprocess.run(
        [SHOUWANG, *words],
        cwd=folder,
        env={"PATH": os.defpath, "LANG": locale, "LC_ALL": locale, "SYSTEMROOT": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_installed_program_does_the_job(tmp_path: Path) -> None:
    """init → check → import → tick → status → explain, each ending with 0."""
    assert shouwang(tmp_path, "init").returncode == 0
    settle_in(tmp_path)
    for words in ("check", "import 人员.xlsx 儿童.xlsx", "tick", "status", "explain 青山-01"):
        done = shouwang(tmp_path, *words.split())
        assert done.returncode == 0, done.stderr
        assert done.stdout
        assert done.stderr == ""


def test_a_terminal_without_chinese_letters(tmp_path: Path) -> None:
    """Nothing fails because a locale cannot show a letter."""
    done = shouwang(tmp_path, "--help", locale="C")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    """`shouwang … | head -1` ends without a word about pipes."""
    line = f"{SHOUWANG} check --schema | head -1; echo done"
    done = subprocess.run(
        ["/bin/sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert (done.stdout.splitlines(), done.stderr) == (["{", "done"], "")


@pytest.mark.parametrize("read", [0, 1, 8192])
def test_a_reader_that_leaves_in_the_middle(tmp_path: Path, read: int) -> None:
    """However much it has read: nothing is said of it, and the exit code tells."""
    with subprocess.Popen(
        [SHOUWANG, "check", "--schema"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert len(process.stdout.read(read)) == read
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_answers_that_nobody_wants(tmp_path: Path) -> None:
    """Standard output may be closed from the beginning."""
    line = f"{SHOUWANG} check --schema >&-"
    done = subprocess.run(
        ["/bin/sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.postgres
def test_a_site_on_postgresql(
    begun_desk: Desk, bare_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same commands, and a backup of one kind of database goes back into the other."""
    monkeypatch.setenv("SHOUWANG_DATABASE_URL", bare_database_url)
    assert "db upgrade" in begun_desk.run("status").err
    assert begun_desk.done("--json", "db", "upgrade").json == {"upgraded": True}
    begun_desk.done("import", "人员.xlsx", "儿童.xlsx")
    assert begun_desk.done("--json", "tick", "--slot-now").json["notices"] > 0
    assert begun_desk.done("--json", "record", "青山-01", "contact").json["closed"] == 1
    begun_desk.done("keys", "rotate")
    begun_desk.done("backup", "备份.sqlite")
    monkeypatch.delenv("SHOUWANG_DATABASE_URL")
    begun_desk.done("restore", "备份.sqlite")
    assert begun_desk.done("--json", "status").json["entries"] == 6
    opened = Database.open("sqlite:///shouwang.sqlite")
    assert is_current(opened)
    opened.close()


def test_the_installation_is_sound(desk: Desk) -> None:
    """`doctor` finds nothing bad, and a key file that others may read at once."""
    assert desk.done("--json", "doctor").json["well"] is True
    Path("shouwang.key").chmod(0o644)
    answer = desk.run("--json", "doctor")
    assert (answer.code, answer.json["well"]) == (1, False)


def test_the_daemon_stops_when_it_is_told_to(begun: Path, tmp_path: Path) -> None:
    """`run` says that it watches, a second one refuses, and SIGTERM ends it with 0."""
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    daemon = subprocess.Popen(
        [SHOUWANG, "run"],
        cwd=tmp_path,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        stderr=subprocess.PIPE,
        text=True,
    )
    with daemon:
        assert daemon.stderr is not None
        assert any("daemon.watching" in line for line in daemon.stderr)
        assert shouwang(tmp_path, "--json", "status").stdout.count('"daemon": true') == 1
        assert shouwang(tmp_path, "run").returncode == 1
        assert shouwang(tmp_path, "keys", "rotate").returncode == 0
        daemon.send_signal(signal.SIGTERM)
        daemon.stderr.read()
    assert daemon.returncode == 0
