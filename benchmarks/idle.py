"""Idle: what the daemon takes while nothing is due.

`python -m benchmarks.idle` runs `shouwang run` on the shipped configuration, on SQLite and on a
PostgreSQL of its own, lets it settle and watches it: at most 100 MB and 0.2% of a core are asked for.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.postgres import databases
from config.settings import KEY_FILE
from config.shipped import SETTINGS_FILE, example_files
from ledgers.database import Database
from ledgers.key_files import write_key_file
from ledgers.wrapping import MasterKey
from service.migrations import upgrade

_MOST_MEGABYTES = 100.0
_MOST_PERCENT = 0.2
_SETTLES_IN = 10.0


@contextmanager
def daemon(folder: Path, url: str) -> Iterator[int]:
    """Run the daemon as a process of its own; answer its process id."""
    for name, text in example_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    write_key_file(folder / KEY_FILE, MasterKey.create())
    database = Database.open(url)
    upgrade(database)
    database.close()
    process = subprocess.Popen(  # noqa: S603  # our own module
        [sys.executable, "-m", "service.cli", "--config", str(folder / SETTINGS_FILE), "run"],
        env={**os.environ, "SHOUWANG_DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(_SETTLES_IN)
        assert process.poll() is None, "the daemon did not stay up"
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def megabytes(pid: int) -> float:
    """Answer a process's resident memory, in millions of bytes: Linux says kB and counts 1,024."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii", errors="replace").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(kilobytes) * 1024 / 1_000_000


def seconds_worked(pid: int) -> float:
    """Answer the processor time a process has used."""
    fields = (
        Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace").rsplit(")", 1)[1].split()
    )
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(url: str, seconds: float) -> tuple[float, float]:
    """Answer megabytes, and percent of a core."""
    with tempfile.TemporaryDirectory() as folder, daemon(Path(folder), url) as pid:
        before = seconds_worked(pid)
        time.sleep(seconds)
        return megabytes(pid), (seconds_worked(pid) - before) / seconds * 100


def main() -> None:
    """Measure, print, and fail above what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=90)
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder, databases(1) as (postgres,):
        sites = {"sqlite": f"sqlite:///{Path(folder) / 'idle.sqlite'}", "postgres": postgres}
        for kind, url in sites.items():
            memory, share = measure(url, options.seconds)
            print(f"{kind:10} {memory:6.1f} MB  (asked: {_MOST_MEGABYTES:.0f})")
            print(f"{kind:10} {share:6.2f} % of a core  (asked: {_MOST_PERCENT})")
            good = good and memory < _MOST_MEGABYTES and share < _MOST_PERCENT
    if not good:
        sys.exit(1)


if __name__ == "__main__":
    main()
