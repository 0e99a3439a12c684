"""What a heartbeat looks at and writes down: delivery's state, matters, figures, liveness."""

from datetime import datetime
from http import HTTPStatus

import structlog

from alerts.holding import held_for
from alerts.matters import MatterKind, still_open
from service import passes
from service.alarms import failed, last_sent, raise_matters, reconcile, waiting
from service.keys import learn_keys
from service.liveness import Page, Signs, write_file
from service.metrics import Figures
from service.wiring import Site

_log = structlog.get_logger(__name__)


def look(site: Site, signs: Signs, figures: Figures, *, now: datetime) -> bool:
    """Learn new keys, refresh signs and figures, keep the operator's matters and the liveness file.

    Answers whether the operator is told of something new.
    """
    learn_keys(site.vault)
    new = reconcile(site, now=now)
    for matter in new:
        _log.error(f"alarm.{matter.kind}", subject=matter.subject, **matter.detail)
    calendars = {MatterKind.CALENDAR_MISSING, MatterKind.WINDOW_MISSING}
    alarming = [matter for matter in new if matter.kind not in calendars]
    raise_matters(site, alarming, now=now)
    with site.database.reading() as connection:
        due = waiting(connection, now=now)
        signs.unsent, signs.oldest_unsent_at = due.count, due.oldest
        signs.last_sent_at = last_sent(connection)
        signs.held = held_for(connection)
        signs.matters = sorted({one.matter.kind for one in still_open(connection)})
        dead = sum(failed(connection, now=now).values())
    age = 0.0 if due.oldest is None else (now - due.oldest).total_seconds()
    figures.looked(dead_letters=dead, oldest_unsent=age)
    signs.beat_at = now
    write_liveness(site, signs, now=now)
    return bool(alarming)


def write_liveness(site: Site, signs: Signs, *, now: datetime) -> None:
    """Write the liveness file, where one is asked for."""
    path = site.settings.liveness.file
    if path is not None:
        write_file(path, signs.as_json(now))


def has_work(site: Site, signs: Signs) -> bool:
    """Say whether a pass is wanted though nobody asked for one."""
    return signs.failing is not None or signs.other_rules or passes.is_wanted(site, site.clock())


def page_for(path: str, site: Site, signs: Signs, figures: Figures) -> Page:
    """Answer the liveness port: `/healthz` for people and monitors, `/metrics` for Prometheus."""
    now = site.clock()
    if path == "/healthz":
        status = HTTPStatus.OK if signs.is_well(now) else HTTPStatus.SERVICE_UNAVAILABLE
        return Page(status, "application/json", signs.as_json(now).encode())
    if path == "/metrics":
        return Page(HTTPStatus.OK, "text/plain; version=0.0.4", figures.text())
    return Page(HTTPStatus.NOT_FOUND, "text/plain", b"")
