"""What the daemon does at which time, as jobs of the runner; and the work of each, in a thread."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError

from alerts.audit import Finding, audit
from alerts.awaiting import forget
from alerts.holding import HeldFor, hold_delivery
from alerts.matters import Matter, MatterKind
from alerts.signs_of_life import open_operator_notice
from schedules.jobs import DailyJob, EveryJob, Job
from service import passes
from service.alarms import raise_matters, settle_matters
from service.audit_heads import keep_head
from service.keys import finish_rotation
from service.wiring import Site

HEARTBEAT = "heartbeat"
NEW_DAY = "new-day"
AUDIT = "audit"
RETENTION = "retention"
SIGN_OF_LIFE = "sign-of-life"
SLOTS = "slots"
HEARTBEAT_SECONDS = 30.0

_SHOWN = 20
"""Findings of an audit that are logged one by one."""

_log = structlog.get_logger(__name__)


def jobs_of(site: Site, *, heartbeat: float = HEARTBEAT_SECONDS) -> Iterator[Job]:
    """Answer all jobs of a site, with a heartbeat every so many seconds.

    Every time of day at which anybody's slot may open is a job: whether one does open then, or a
    workday between two, is `digest.open_due`'s to say.
    """
    yield EveryJob(HEARTBEAT, heartbeat)
    yield DailyJob(NEW_DAY, "00:05")
    yield DailyJob(AUDIT, "02:30")
    yield DailyJob(RETENTION, "03:30")
    yield DailyJob(SIGN_OF_LIFE, site.configuration.delivery.quiet_hours[1])
    for at in sorted({plan.at for plan in site.timetable.plans.values()}):
        yield DailyJob(f"{SLOTS}:{at}", at)


def audit_all(site: Site, now: datetime) -> list[Finding]:
    """Do a pass, then look whether it left anything to do; what is found is the operator's matter.

    What far sides said of messages long ago is forgotten on the way, a change of keys ended, and the
    newest audit event noted outside the database.
    """
    if keep_head(site):
        settle_matters(site, MatterKind.AUDIT_CUT, now=now)
    else:
        raise_matters(site, [Matter(MatterKind.AUDIT_CUT, "audit")], now=now)
    finish_rotation(site.database, site.vault, clock=site.clock)
    passes.evaluate(site, now)
    today = site.today(now)
    with site.database.writing() as connection:
        plan = site.plan(connection, today=today)
    look_ahead = site.timetable.look_ahead()
    with site.database.writing() as connection:
        forget(connection, now=now)
    findings = audit(site.database, plan, today=today, now=now, look_ahead=look_ahead)
    for finding in findings[:_SHOWN]:
        _log.error(
            "audit.found", fault=finding.fault.value, subject=finding.subject, rule=finding.rule
        )
    settle_matters(site, MatterKind.AUDIT_FOUND, now=now)
    if findings:
        kinds = Counter(finding.fault.value for finding in findings)
        detail: dict[str, int | str] = {"count": len(findings), **kinds}
        raise_matters(site, [Matter(MatterKind.AUDIT_FOUND, str(today), detail=detail)], now=now)
    return findings


def send_sign_of_life(site: Site, now: datetime) -> int:
    """Make the operator's notice of the day; answer how many are new.

    Where it does not arrive, something between the daemon and the operator is broken.
    """
    try:
        return open_operator_notice(site.database, site.timetable, site.today(now), now=now)
    except IntegrityError:
        return 0  # another daemon made it in the same moment


def hold_for_clock(site: Site, now: datetime) -> None:
    """Hold delivery because nobody can say what time it is."""
    with site.database.writing() as connection:
        hold_delivery(connection, HeldFor.CLOCK_JUMPED, now=now)
    raise_matters(site, [Matter(MatterKind.CLOCK_JUMPED, str(site.today(now)))], now=now)
