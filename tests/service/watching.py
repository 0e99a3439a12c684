"""A daemon as a process of its own, and what it logs, read event by event.

python -m tests.service.watching        is the process
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service import logs
from service.daemon import Parts, run
from service.errors import ServiceError
from service.wiring import read_settings

_LONGEST = 60
HEARTBEAT = 1.0


class Watch:
    """One daemon process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.seen: list[dict[str, object]] = []

    def until(self, event: str) -> dict[str, object]:
        """Read the log until an event appears; fails when the log ends without it."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.seen.append(json.loads(line) if line.startswith("{") else {"text": line})
            if self.seen[-1].get("event") == event:
                return self.seen[-1]
        raise AssertionError(f"{event} never came: {self.seen[-5:]}")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def rest(self) -> tuple[int, str]:
        """Wait for the end; answer the exit code and what was left of the log."""
        _, text = self.process.communicate(timeout=_LONGEST)
        return self.process.returncode, text


@contextmanager
def daemon(config: Path, url: str) -> Iterator[Watch]:
    """Start a daemon; whatever happens it is gone after the block."""
    environment = {
        **os.environ,
        "SHOUWANG_CONFIG": str(config),
        "SHOUWANG_DATABASE_URL": url,
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.service.watching"],
        env=environment,
        cwd=Path(__file__).resolve().parents[2],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Watch(process)
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def main() -> int:
    """Watch until told to stop."""
    logs.configure("info", form="json")
    try:
        run(read_settings(), parts=Parts(heartbeat=HEARTBEAT))
    except ServiceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
