"""Where a channel may connect to: public addresses, and what its `allow_private` names. Pure.

An address counts by where it leads: one of IPv6 that carries one of IPv4 is judged by that.
"""

import re
from collections.abc import Iterable, Iterator
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from config.language import catalogue
from config.lean import dataclass

_ = catalogue("config")

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
_IPV4_COMPATIBLE = IPv6Network("::/96")  # long out of use; systems may still route it
_INSIDE = tuple(
    ip_network(written)
    for written in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",  # of carriers
        "127.0.0.0/8",
        "::1/128",
        "fc00::/7",
    )
)
"""What a name or a network in `allow_private` opens; anything else takes its very address."""

_METADATA = tuple(ip_network(written) for written in ("100.100.100.200/32", "fd00:ec2::254/128"))
"""Where clouds keep their machines' passwords, beside addresses that are link-local."""

_WIDEST = {4: 8, 6: 16}
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*\.?")


@dataclass(frozen=True, slots=True)
class Reach:
    """One far side and what is allowed for it. `host` is a name or an address, without brackets."""

    host: str
    networks: tuple[Network, ...] = ()
    by_name: bool = False

    @classmethod
    def of(cls, host: str, allowed: Iterable[str] = ()) -> "Reach":
        """Read what `allow_private` says of a host."""
        written = [_network(one) or plain_host(one) for one in allowed]
        networks = tuple(one for one in written if not isinstance(one, str))
        name = plain_host(host)
        return cls(name, networks, name in written)

    def is_for(self, host: str) -> bool:
        """Tell whether a host is the one that is configured."""
        return plain_host(host) == self.host

    def permits(self, address: str) -> bool:
        """Tell whether a connection may go to an address, as the system writes it."""
        try:
            meant = list(_meant(ip_address(address)))
        except ValueError:
            return False
        return all(self._permits(one) for one in meant)

    def refuses_host(self) -> bool:
        """Tell whether the host is itself an address that is not allowed, or names this machine."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return not (self.by_name or self.permits("127.0.0.1"))
        try:
            ip_address(self.host)
        except ValueError:
            return False
        return not self.permits(self.host)

    def _permits(self, address: Address) -> bool:
        if _is_public(address) or ip_network(address) in self.networks:
            return True
        if not _lies_in(address, _INSIDE) or _lies_in(address, _METADATA):
            return False
        return self.by_name or _lies_in(address, self.networks)


def allowed_private(written: tuple[str, ...]) -> tuple[str, ...]:
    """Read what is written as `allow_private`: names, addresses and networks.

    Raises:
        ValueError: one is none of these, or opens more than any office has.
    """
    for one in written:
        network = _network(one)
        if network is None and not _NAME.fullmatch(plain_host(one)):
            raise ValueError(
                _("“%(what)s” is no host and no network; write sms.example.cn or 10.1.2.0/24")
                % {"what": one[:60]}
            )
        if network is not None and network.prefixlen < _WIDEST[network.version]:
            raise ValueError(
                _("“%(what)s” is far too wide; name the far side's own address or network")
                % {"what": one[:60]}
            )
    return written


def plain_host(host: str) -> str:
    """Answer a host as hosts are compared: small letters, no brackets, no dot at the end."""
    return host.strip().lower().removeprefix("[").removesuffix("]").removesuffix(".")


def _network(written: str) -> Network | None:
    try:
        return ip_network(plain_host(written), strict=False)
    except ValueError:
        return None


def _meant(address: Address) -> Iterator[Address]:
    """Answer where an address leads: of a tunnel both ends."""
    if isinstance(address, IPv4Address):
        yield address
        return
    carried = address.ipv4_mapped or address.sixtofour
    if address in _NAT64 or (address in _IPV4_COMPATIBLE and int(address) > 1):
        carried = IPv4Address(int(address) & 0xFFFFFFFF)
    if carried is not None:
        yield carried
    elif address.teredo is not None:
        yield from address.teredo
    else:
        yield address


def _is_public(address: Address) -> bool:
    is_odd = address.is_multicast or address.is_reserved or address.is_unspecified
    is_local = address.is_private or address.is_link_local or address.is_loopback
    site_local = isinstance(address, IPv6Address) and address.is_site_local
    return address.is_global and not (is_odd or is_local or site_local)


def _lies_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == one.version and address in one for one in networks)
