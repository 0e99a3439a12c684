"""The nightly reduction of what has been kept long enough, and erasures that a backup undid."""

from collections.abc import Mapping
from datetime import datetime

import structlog

from alerts.erasing import Eraser, erase_again
from alerts.figures import Figures
from alerts.retention import Terms, count_due, sweep_all, sweeps
from ledgers.audit_chain import Event, append
from ledgers.wiping import wipe
from service.auditing import DAEMON, account
from service.locks import no_daemon
from service.wiring import Site

_log = structlog.get_logger(__name__)


def eraser_of(site: Site, now: datetime) -> Eraser:
    """Answer what erases at a site, now."""
    return Eraser(site.vault, Figures.of(site.configuration), site.today(now), now)


def due(site: Site, now: datetime) -> dict[str, int]:
    """Count what a run would do; changes nothing."""
    found = sweeps(_terms(site, now), site.vault, now=now)
    with site.database.reading() as connection:
        return {name: count for name, count in count_due(connection, found).items() if count}


def retain(site: Site, now: datetime, *, actor: str = DAEMON) -> dict[str, int]:
    """Do what is due, in short units; answer how many, by what they were.

    Broken off, the next run goes on. What it did stands in the audit chain; what was erased leaves
    the database's files.
    """
    again = erase_again(site.database, eraser_of(site, now))
    done = sweep_all(site.database, sweeps(_terms(site, now), site.vault, now=now))
    counts = {name: count for name, count in {"again": again, **done}.items() if count}
    if counts:
        _note(site, counts, actor=actor, now=now)
        if not wipe(site.database):
            _log.warning("retention.log_not_emptied")
    return counts


def erase_after_restore(site: Site, now: datetime) -> int:
    """Erase again whoever a backup brought back, before anything is sent; answer how many.

    Raises:
        DaemonRuns: stop it first.
    """
    with no_daemon(site.database):
        count = erase_again(site.database, eraser_of(site, now), is_quiet=True)
        if count:
            _note(site, {"again": count}, actor=account(), now=now)
            wipe(site.database)
    return count


def _note(site: Site, counts: Mapping[str, int], *, actor: str, now: datetime) -> None:
    details = {name.replace(".", "_"): str(count) for name, count in counts.items()}
    with site.database.writing() as connection:
        append(connection, Event("retention.run", actor, details=details), at=now)
    _log.info("retention.done", **details)


def _terms(site: Site, now: datetime) -> Terms:
    return Terms(site.configuration, site.calendar, site.today(now))
