"""Keeps tests on this machine: whatever reaches for another one fails, however well errors are caught."""

import ipaddress
import sys

import pytest

_WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.getaddrinfo"})


def stay_on_this_machine() -> None:
    """Watch every socket Python opens from here on; there is no way back, by design of audit hooks.

    Sockets opened by C code (libpq, uvloop) are not seen.
    """
    sys.addaudithook(_refuse_other_machines)


def is_here(host: object) -> bool:
    """Tell whether a socket address or host name means this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str):
        return host is None
    if host in {"", "localhost"} or host.startswith(("/", "\0")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_other_machines(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _WATCHED:
        return
    address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
    host = address[0] if isinstance(address, tuple) else address
    if not is_here(host):
        pytest.fail(f"{event}: a test reached for another machine: {host!r}")
