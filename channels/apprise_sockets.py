"""Keeps Apprise's sockets out of inner networks: it connects by itself, in threads.

Python asks an audit hook before each connection. In a context that is held it is refused unless the
channel's `allow_private` names the address; so it is on redirects and with a proxy. Threads that a
plug-in starts without that context are not held: `docs/channels.md` says so.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache

from channels.reaching import ForbiddenAddress
from config.reach import Reach

_WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


@dataclass(slots=True)
class _Held:
    """What one message is held to, and whether anything tried to go elsewhere."""

    reach: Reach
    has_strayed: bool = False


_held: ContextVar[_Held | None] = ContextVar("held", default=None)


@contextmanager
def held_to(reach: Reach) -> Iterator[None]:
    """Let this context connect only where `reach` permits.

    Raises:
        ForbiddenAddress: it tried to go elsewhere, whatever became of that error meanwhile.
    """
    _watch()
    held = _Held(reach)
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
    if held.has_strayed:
        raise ForbiddenAddress


@cache
def _watch() -> None:
    """Watch sockets from the first message on: there is no way back, by design of audit hooks."""
    sys.addaudithook(_look)


def _look(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _WATCHED or (held := _held.get()) is None:
        return
    where = arguments[1]
    host = where[0] if isinstance(where, tuple) and where else ""
    if not isinstance(host, str) or not held.reach.permits(host):
        held.has_strayed = True
        raise ForbiddenAddress
