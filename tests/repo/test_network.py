"""The guard that keeps tests on this machine."""

import socket

import pytest

from tests.network import is_here


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "", None, "/run/x"])
def test_this_machine_is_allowed(host: str | None) -> None:
    """Loopback addresses and Unix sockets are this machine."""
    assert is_here(host)


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "2001:db8::1", "mail.example.invalid", b"example.invalid"]
)
def test_other_machines_are_not(host: str | bytes) -> None:
    """Anything else is another machine."""
    assert not is_here(host)


def test_connecting_elsewhere_fails_the_test() -> None:
    """A connection to another machine ends the test before a packet leaves."""
    with socket.socket() as opened, pytest.raises(pytest.fail.Exception, match="another machine"):
        opened.connect(("192.0.2.1", 25))


def test_looking_up_a_name_fails_the_test() -> None:
    """Even asking for another machine's address ends the test."""
    with pytest.raises(pytest.fail.Exception, match="another machine"):
        socket.getaddrinfo("mail.example.invalid", 25)
