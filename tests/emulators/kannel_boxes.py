"""Debian's Kannel on loopback: bearerbox, smsbox, and fakesmsc as the phones' side.

A box is waited for by what it says when it is ready; what it says later is read, and forgotten.
"""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO

USER, PASSWORD = "shouwang", "pass-of-the-tests"
_FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
_BOXES = ("/usr/sbin/bearerbox", "/usr/sbin/smsbox")
_CONFIGURATION = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {password}
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"

group = smsc
smsc = fake
smsc-id = fake
port = {phones}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
global-sender = 10690

group = sendsms-user
username = {user}
password = {password}
concatenation = true
max-messages = 3

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "{uplinks}"
"""


def why_not() -> str:
    """Say why Kannel cannot be run here; "": it can."""
    missing = [name for name in (*_BOXES, str(_FAKESMSC)) if not shutil.which(name)]
    return f"Debian's kannel and kannel-extras are not installed: {missing}" if missing else ""


@dataclass(frozen=True)
class Kannel:
    """A running gateway; `phones` is where the side of the phones connects."""

    url: str
    phones: int


@contextmanager
def kannel(folder: Path, *, uplinks: str = "") -> Iterator[Kannel]:
    """Run both boxes; no phone is reached until `phones_of` runs too.

    `uplinks` is where what people write is handed to, with Kannel's `%p`, `%b` and `%I`.
    """
    ports = dict(zip(("admin", "boxes", "phones", "sendsms"), _free_ports(4), strict=True))
    file = folder / "kannel.conf"
    text = _CONFIGURATION.format(**ports, user=USER, password=PASSWORD, uplinks=uplinks)
    file.write_text(text, "utf-8")
    with ExitStack() as stack:
        for box, ready in zip(_BOXES, ("entering mainloop", "Connected to bearerbox"), strict=True):
            stack.enter_context(_running([box, "-v", "0", str(file)], ready, folder))
        yield Kannel(f"http://127.0.0.1:{ports['sendsms']}/cgi-bin/sendsms", ports["phones"])


@contextmanager
def phones_of(
    gateway: Kannel, folder: Path, *, says: str = "15400000001 10690 text 1"
) -> Iterator[None]:
    """Connect all phones, one of which sends an SMS at once: from, to, `text`, what."""
    where = ["-H", "127.0.0.1", "-r", str(gateway.phones)]
    command = [str(_FAKESMSC), *where, "-m", "1", "-i", "1", says]
    with _running(command, "sent message 1", folder):
        yield


@contextmanager
def _running(command: list[str], ready: str, folder: Path) -> Iterator[None]:
    with subprocess.Popen(  # programs of this machine, on loopback
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            if not any(ready in line for line in process.stdout):
                raise RuntimeError(f"{command[0]} ended at once")
            reader = Thread(target=_read_on, args=[process.stdout], daemon=True)
            reader.start()
            yield
        finally:
            process.kill()
            process.wait()
    reader.join()


def _read_on(stream: IO[str]) -> None:
    for _line in stream:
        pass


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
