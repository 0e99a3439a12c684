"""Who has failed too often here lately: kept in memory, for what is cheap to look at.

Signing in is counted in the database (`ledgers.access.throttles`); receipts and links prove
themselves by a signature, and this only spares us the work of looking at what is made up.
"""

import ipaddress
from collections import OrderedDict
from dataclasses import field
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from config.lean import dataclass
from ledgers.access.backoff import FORGOTTEN, Backoff

MOST_SOURCES = 10_000
"""Sources that are remembered; of more, those that failed longest ago are forgotten."""

PATIENT = Backoff(free=20, first=timedelta(seconds=1), longest=timedelta(minutes=1))
"""A minute at most: a gateway may stand behind the same address as whoever fails."""

_NEIGHBOURS = 64
"""Bits of an IPv6 address that one subscriber is given whole."""


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Limiter:
    """Counts failures by source. For one event loop; holds `most` sources at most."""

    backoff: Backoff = PATIENT
    most: int = MOST_SOURCES
    _failures: OrderedDict[str, _Failures] = field(default_factory=OrderedDict, repr=False)

    def wait(self, source: str, *, now: datetime) -> timedelta:
        """Answer how long nothing of a source is looked at; zero: it is."""
        found = self._failures.get(source)
        if found is None:
            return timedelta(0)
        return max(found.last_at + self.backoff.wait(found.count) - now, timedelta(0))

    def failed(self, source: str, *, now: datetime) -> None:
        """Count a failure."""
        found = self._failures.pop(source, None)
        is_fresh = found is not None and now - found.last_at < FORGOTTEN
        count = found.count + 1 if found is not None and is_fresh else 1
        self._failures[source] = _Failures(count, now)
        if len(self._failures) > self.most:
            self._failures.popitem(last=False)

    def succeeded(self, source: str) -> None:
        """Forget what a source failed at."""
        self._failures.pop(source, None)

    def __len__(self) -> int:
        """Answer how many sources are remembered."""
        return len(self._failures)


def source_of(request: Request) -> str:
    """Answer from where a request comes: an IPv4 address, or an IPv6 subscriber's network.

    Behind a proxy that is configured (`SHOUWANG_WEB__PROXIES`) it is the proxy's client.
    """
    host = request.client.host if request.client is not None else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    if isinstance(address, ipaddress.IPv4Address) or mapped is not None:
        return str(mapped or address)
    return str(ipaddress.ip_network((address, _NEIGHBOURS), strict=False))


def come_again(wait: timedelta) -> Response:
    """Answer that nothing is looked at for a while."""
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    headers = {"Retry-After": str(seconds), "Cache-Control": "no-store"}
    return Response(b"", 429, headers, "text/plain")
