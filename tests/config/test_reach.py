"""Which addresses a channel may connect to: none inside, unless it is named."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from config.channels.endpoints import AllowedPrivate
from config.reach import Reach

INSIDE = (
    *("10.0.0.1", "172.16.9.9", "192.168.1.1", "127.0.0.1", "127.8.8.8", "100.64.0.1"),
    *("::1", "fc00::1", "fd12:3456::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1"),
    *("64:ff9b::a00:1", "2002:a00:1::", "::10.0.0.1"),
)
"""What a name may stand for when it is allowed; the last three carry 10.0.0.1 inside."""

NOWHERE = (
    *(
        "169.254.169.254",
        "169.254.1.1",
        "100.100.100.200",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
    ),
    *("0.0.0.0", "::", "224.0.0.1", "ff02::1", "ff0e::1", "255.255.255.255"),  # noqa: S104  # none is listened on
    *("240.0.0.1", "192.0.2.1", "198.18.0.1", "64:ff9b:1::1", "fec0::1", "2001:db8::1"),
    *("2001:0:a00:1::", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "nonsense", ""),
)
"""What no name and no network opens: metadata, link-local, many at once, nobody at all."""

PUBLIC = ("8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808")


def test_public_addresses_are_permitted() -> None:
    """Also those of IPv4 that IPv6 carries."""
    assert [one for one in PUBLIC if not Reach.of("far.example.invalid").permits(one)] == []


def test_nothing_inside_is_permitted() -> None:
    """However it is written."""
    reach = Reach.of("far.example.invalid", ["other.example.invalid"])
    assert [one for one in (*INSIDE, *NOWHERE) if reach.permits(one)] == []


def test_a_name_opens_the_inside_and_nothing_worse() -> None:
    """A gateway's own name may stand for any inner address, but not for a cloud's passwords."""
    reach = Reach.of("SMS.example.invalid.", ["sms.example.invalid"])
    assert [one for one in INSIDE if not reach.permits(one)] == []
    assert [one for one in NOWHERE if reach.permits(one)] == []


def test_a_network_opens_itself_only() -> None:
    """Metadata that lies in it stays shut, unless it is written as it is."""
    reach = Reach.of("h", ["100.64.0.0/10", "10.1.2.0/24"])
    assert [
        one for one in ("100.64.0.1", "10.1.2.3", "::ffff:10.1.2.3") if not reach.permits(one)
    ] == []
    assert [
        one for one in ("100.100.100.200", "10.1.3.1", "192.168.1.1") if reach.permits(one)
    ] == []
    assert Reach.of("h", ["169.254.169.254"]).permits("169.254.169.254")


@given(st.ip_addresses(v=4))
@settings(deadline=None, max_examples=200)
def test_wrapping_an_address_changes_nothing(inner: IPv4Address) -> None:
    """Mapped, translated and tunnelled, an address of IPv4 is judged as itself."""
    plain = Reach.of("h").permits(str(inner))
    number = int(inner)
    wrapped = (
        IPv6Address((0xFFFF << 32) | number),
        IPv6Address(int(ip_address("64:ff9b::")) | number),
        IPv6Address((0x2002 << 112) | (number << 80)),
    )
    assert {Reach.of("h").permits(str(one)) for one in wrapped} == {plain}


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=6, network="fc00::/7"))
@settings(deadline=None, max_examples=100)
def test_private_networks_are_private_throughout(inside: IPv4Address | IPv6Address) -> None:
    """Not only their first addresses."""
    assert not Reach.of("h").permits(str(inside))
    assert not ip_network(str(inside)).is_global


@pytest.mark.parametrize(
    ("host", "allowed", "refused"),
    [
        ("127.0.0.1", [], True),
        ("127.0.0.1", ["127.0.0.1"], False),
        ("localhost", [], True),
        ("localhost", ["localhost"], False),
        ("[::1]", [], True),
        ("gateway.example.invalid", [], False),
        ("8.8.8.8", [], False),
    ],
)
def test_a_host_that_is_plainly_inside_is_seen_at_once(
    host: str, allowed: list[str], refused: bool
) -> None:
    """What a name leads to is seen only when it is connected to."""
    assert Reach.of(host, allowed).refuses_host() is refused


@pytest.mark.parametrize(
    "written", ["0.0.0.0/0", "::/0", "10.0.0.0/4", "a b", "http://x", "-x", ""]
)
def test_what_is_allowed_is_a_host_or_a_network_of_some_size(written: str) -> None:
    """Whoever would open everything has misunderstood the question."""
    with pytest.raises(ValidationError):
        TypeAdapter(AllowedPrivate).validate_python(written)
