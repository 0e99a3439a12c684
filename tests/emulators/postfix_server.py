"""Debian's Postfix on loopback: an instance of its own, with its own configuration, queue and mailbox.

It takes mail for `example.invalid` into one maildir and has no client: nothing leaves the machine. It
is waited for by what it writes into its log, which is read as it comes.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread
from typing import IO

_POSTFIX, _DAEMONS = "/usr/sbin/postfix", "/usr/lib/postfix/sbin"
_WITHIN = 60.0
_NOBODY = 65534
_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {daemons}
maillog_file = /dev/stdout
myhostname = mail.example.invalid
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
alias_maps =
default_transport = error:no mail leaves this machine
relay_transport = error:no mail leaves this machine
virtual_mailbox_domains = example.invalid
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = regexp:{folder}/etc/mailboxes
virtual_uid_maps = static:{nobody}
virtual_gid_maps = static:{nobody}
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/etc/access
smtpd_peername_lookup = no
smtpd_discard_ehlo_keywords = {without}
smtpd_tls_security_level = {tls}
smtpd_tls_chain_files = {chain}
smtpd_tls_received_header = yes
message_size_limit = 1000000
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
_MAILBOXES = "/^director[0-9]*@example\\.invalid$/ inbox/\n"
_ACCESS = "/^later@/ 450 4.2.0 greylisted\n/^never@/ 550 5.7.1 not wanted\n"


def why_not() -> str:
    """Say why Postfix cannot be run here; "": it can."""
    if not Path(_POSTFIX).exists():
        return "Debian's postfix is not installed"
    return "" if os.geteuid() == 0 else "only root can run a Postfix"


class _Log:
    """What Postfix writes, read by a thread: it would wait if nobody did."""

    def __init__(self, stream: IO[str]) -> None:
        self._text, self._ended = "", False
        self._more = Condition()
        Thread(target=self._read, args=[stream], daemon=True).start()

    def until(self, words: str, count: int = 1) -> None:
        """Wait until words stand there so often."""
        with self._more:
            self._more.wait_for(lambda: self._has(words, count) or self._ended, _WITHIN)
            if not self._has(words, count):
                raise RuntimeError(f"Postfix did not say {words!r}: {self._text[-2000:]}")

    def _has(self, words: str, count: int) -> bool:
        return self._text.count(words) >= count

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            with self._more:
                self._text += line
                self._more.notify_all()
        with self._more:
            self._ended = True
            self._more.notify_all()


@dataclass(frozen=True)
class Postfix:
    """A running server: `director…@` has a mailbox, `later@` is refused for now, all others for good."""

    host: str
    port: int
    folder: Path
    log: _Log

    def delivered(self, count: int) -> list[bytes]:
        """Wait until so many mails are in the mailbox; answer them, with Postfix's own headers on top."""
        self.log.until("status=sent (delivered to maildir)", count)
        return self.kept()

    def kept(self) -> list[bytes]:
        """Answer what is in the mailbox now."""
        return [path.read_bytes() for path in (self.folder / "mail" / "inbox" / "new").glob("*")]


@contextmanager
def postfix(*, chain: Path | None = None, without: str = "") -> Iterator[Postfix]:
    """Run a Postfix, and end all of it.

    `chain` is its key and certificate; without them it has no TLS. `without` are EHLO keywords that it
    does not offer. Its folder is not the test's, which users as whom Postfix runs may not enter.
    """
    with tempfile.TemporaryDirectory(prefix="shouwang-postfix-") as made:
        folder, port = Path(made), _free_port()
        folder.chmod(0o755)
        tls = {"tls": "may" if chain else "none", "chain": chain or ""}
        _configure(folder, port, without=without, **tls)
        with subprocess.Popen(  # a program of this machine, on loopback
            [_POSTFIX, "-c", str(folder / "etc"), "start-fg"], cwd=folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            log = _Log(process.stdout)
            try:
                log.until("daemon started")
                yield Postfix("127.0.0.1", port, folder, log)
            finally:
                _end(folder / "queue" / "pid" / "master.pid", process)


def _configure(folder: Path, port: int, **given: object) -> None:
    for name in ("etc", "queue", "data", "mail"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    shutil.chown(folder / "mail", _NOBODY, _NOBODY)
    etc = folder / "etc"
    main = _MAIN.format(folder=folder, daemons=_DAEMONS, nobody=_NOBODY, **given)
    (etc / "main.cf").write_text(main, "utf-8")
    (etc / "master.cf").write_text(_MASTER.format(port=port), "utf-8")
    (etc / "mailboxes").write_text(_MAILBOXES, "utf-8")
    (etc / "access").write_text(_ACCESS, "utf-8")


def _end(pid_file: Path, process: "subprocess.Popen[str]") -> None:
    """End the master, which ends all that it started; the script around it then ends by itself."""
    if pid_file.exists() and process.poll() is None:
        os.kill(int(pid_file.read_text("utf-8").split()[0]), signal.SIGTERM)
    else:
        process.kill()
    process.wait(timeout=_WITHIN)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
