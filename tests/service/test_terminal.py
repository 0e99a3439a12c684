"""What a command may read, and on whose behalf it is run."""

import os
import pty
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO

from service.terminal import Terminal

ASKING = """
import sys
from datetime import UTC, datetime
from service.terminal import Terminal
terminal = Terminal(sys.stdout, sys.stderr, lambda: datetime.now(UTC), {}, given=sys.stdin)
print(len(terminal.ask("geheim") or ""))
"""


def terminal(given: StringIO | None) -> Terminal:
    """Answer a terminal that may read this."""
    return Terminal(StringIO(), StringIO(), lambda: datetime.now(UTC), {}, given=given)


def test_what_is_piped_in_is_read_line_by_line() -> None:
    """Blanks belong to a password, the end of the line does not."""
    piped = terminal(StringIO(" one \r\ntwo\n"))
    assert [piped.ask("?") for _ in range(3)] == [" one ", "two", None]
    assert not piped.is_typed


def test_where_nobody_is_nothing_is_asked() -> None:
    """A command that was started without an input goes on by itself."""
    assert terminal(None).ask("?") is None


def test_what_is_typed_at_a_terminal_is_not_shown() -> None:
    """Nobody reads a password from the screen."""
    ours, theirs = pty.openpty()
    asking = subprocess.Popen(
        [sys.executable, "-c", ASKING],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        close_fds=True,
    )
    os.close(theirs)
    seen = b""
    while b"geheim: " not in seen:
        seen += os.read(ours, 1000)
    os.write(ours, b"markerzebra\n")
    while b"11" not in seen:
        seen += os.read(ours, 1000)
    assert asking.wait(timeout=60) == 0
    os.close(ours)
    assert b"zebra" not in seen
