"""One set of rules governs a database: workers that live must agree on it, and commands with them.

Every daemon and `tick` notes by which rules it goes. One whose configuration says otherwise waits
until nobody who lives goes by others: two that took turns would undo each other's rule versions.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts.matters import Matter, MatterKind
from ledgers.site_facts import drop_fact, fact, facts_under, put_fact
from service.errors import OtherRules
from service.locks import dead_workers

_GOES_BY = "goes-by:"
_WAITS = "waits:"

_WAITS_UNTOLD = timedelta(minutes=1)
"""So long may daemons disagree while one after the other reads a changed file."""


def agree(connection: Connection, rules: str, *, worker: str | None, now: datetime) -> None:
    """Let `worker` go by `rules`, a fingerprint; None is a command that is no worker.

    One caller at a time.

    Raises:
        OtherRules: somebody who lives goes by others.
    """
    known = facts_under(connection, _GOES_BY)
    dead = dead_workers(connection, list(known), myself=worker or "")
    for name in dead:
        drop_fact(connection, f"{_GOES_BY}{name}")
    for name in sorted(known.keys() - {worker, *dead}):
        if known[name].value != rules:
            raise OtherRules(name)
    if worker is not None:
        drop_fact(connection, f"{_WAITS}{worker}")
        put_fact(connection, f"{_GOES_BY}{worker}", rules, now=now)


def goes_by(connection: Connection, worker: str) -> bool:
    """Say whether a worker still goes by its rules: whoever took it for dead may go by others."""
    return fact(connection, f"{_GOES_BY}{worker}") is not None


def wait(connection: Connection, worker: str, *, now: datetime) -> None:
    """Note that a worker goes by no rules, because others go by other ones."""
    drop_fact(connection, f"{_GOES_BY}{worker}")
    if fact(connection, f"{_WAITS}{worker}") is None:
        put_fact(connection, f"{_WAITS}{worker}", "", now=now)


def disagreement(connection: Connection, *, now: datetime) -> list[Matter]:
    """Answer the operator's matter while somebody who lives has been waiting for a while."""
    waiting = facts_under(connection, _WAITS)
    long = [name for name, since in waiting.items() if now - since.at >= _WAITS_UNTOLD]
    if not long or len(dead_workers(connection, long, myself="")) == len(long):
        return []
    return [Matter(MatterKind.OTHER_RULES, "configuration")]
