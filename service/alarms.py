"""What the daemon notices about itself, and how the operator hears of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, or_, select

from alerts import breaker as breakers
from alerts.almanacs import missing_windows
from alerts.budgets import standing
from alerts.desk import Desk, Opening, publish
from alerts.directory import OPERATOR
from alerts.locks import hold
from alerts.matters import Matter, MatterKind, close_matters, open_matters, still_open
from alerts.policies import policies_of
from alerts.recipients import Ladder, Subject
from alerts.states import NoticeState
from alerts.tables import attempts, notices, tellings
from config.lean import dataclass
from config.model import Configuration
from ledgers.ids import new_id
from ledgers.leftovers import unfinished_imports
from service.governing import disagreement
from service.wiring import Site

NOTHING_SENT_AFTER = timedelta(hours=1)
"""So long may something be due without anything going out."""

_IMPORTS_TAKE = timedelta(hours=1)
"""An import that is not whole by then was broken off; a hundred thousand rows take minutes."""

_FAILURES_COUNT_FOR = timedelta(days=7)
_WATCHED = (
    MatterKind.NOTHING_SENT,
    MatterKind.DELIVERY_FAILED,
    MatterKind.CHANNEL_PAUSED,
    MatterKind.BUDGET_LOW,
    MatterKind.BUDGET_SPENT,
    MatterKind.CALENDAR_MISSING,
    MatterKind.WINDOW_MISSING,
    MatterKind.IMPORT_BROKEN_OFF,
    MatterKind.OTHER_RULES,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Notices that are due and have not gone out: how many, and since when the oldest."""

    count: int
    oldest: datetime | None


def waiting(connection: Connection, *, now: datetime) -> Waiting:
    """Answer what is due; held notices wait for the operator and are not."""
    row = connection.execute(
        select(func.count(), func.min(notices.c.due_at)).where(
            notices.c.ended_at.is_(None),
            notices.c.next_attempt_at.is_not(None),
            notices.c.due_at <= now,
            notices.c.state != NoticeState.HELD.value,
        )
    ).one()
    return Waiting(row[0], row[1])


def last_sent(connection: Connection) -> datetime | None:
    """Answer when a channel last took something."""
    query = select(attempts.c.ended_at).where(attempts.c.result == "accepted")
    return connection.scalars(query.order_by(attempts.c.id.desc()).limit(1)).first()


def survey(connection: Connection, site: Site, *, now: datetime) -> list[Matter]:
    """Answer what is the matter with delivery and calendar now."""
    found = _nothing_sent(connection, now=now)
    found += [
        Matter(MatterKind.DELIVERY_FAILED, channel, detail={"count": count})
        for channel, count in failed(connection, now=now).items()
    ]
    found += _paused(connection, site.configuration)
    found += _budgets(connection, site, now=now)
    found += _broken_off(connection, now=now)
    found += disagreement(connection, now=now)
    today = site.today(now)
    found += [
        Matter(MatterKind.WINDOW_MISSING, subject)
        for subject in missing_windows(connection, site.configuration, site.calendar, today=today)
    ]
    years = site.calendar.missing_years(today)
    return found + [Matter(MatterKind.CALENDAR_MISSING, str(year)) for year in years]


def reconcile(site: Site, *, now: datetime) -> list[Matter]:
    """Open what has become the matter, close what no longer is; answer what is new."""
    with site.database.reading() as connection:
        found = survey(connection, site, now=now)
        known = {
            (kind, one.matter.subject)
            for kind in _WATCHED
            for one in still_open(connection, kind=kind)
        }
    new = [matter for matter in found if (matter.kind, matter.subject) not in known]
    gone = known - {(matter.kind, matter.subject) for matter in found}
    if new or gone:
        with site.database.writing() as connection:
            open_matters(connection, new, now=now)
            for kind, subject in gone:
                close_matters(connection, kind, [subject], now=now)
    return new


def raise_matters(site: Site, found: Sequence[Matter], *, now: datetime) -> None:
    """Open matters and tell the operator today, beside the daily sign of life."""
    if not found:
        return
    with site.database.writing() as connection:
        open_matters(connection, found, now=now)
        slot = f"alarm:{found[0].kind}:{site.today(now)}"[:40]
        tell_operator(connection, site, slot, now=now)


def settle_matters(site: Site, kind: str, *, now: datetime) -> None:
    """Close all open matters of a kind."""
    with site.database.reading() as connection:
        subjects = [one.matter.subject for one in still_open(connection, kind=kind)]
    if subjects:
        with site.database.writing() as connection:
            close_matters(connection, kind, subjects, now=now)


def tell_operator(connection: Connection, site: Site, slot: str, *, now: datetime) -> bool:
    """Make a notice to the operator; one of this slot, or one still unsent, is enough."""
    hold(connection, ["*operator"])
    ladder = Ladder.to_operator(connection, site.configuration, site.today(now))
    asked = Subject("", site.configuration.site.region)
    timetable = site.timetable
    opening = Opening(
        slot, OPERATOR, timetable.due_at(now, now=now), timetable.patience(urgent=False)
    )
    desk = Desk(connection, opening, now)
    addressees = {
        found.addressee
        for found in ladder.recipients(OPERATOR, asked).recipients
        if found.addressee is not None
    }
    desk.prepare(addressees)
    for addressee in addressees:
        desk.place(addressee, late=False)
    made = desk.write()
    publish(connection, opening, hold_over=made, now=now)
    return made > 0


def _nothing_sent(connection: Connection, *, now: datetime) -> list[Matter]:
    since = now - NOTHING_SENT_AFTER
    due = waiting(connection, now=now)
    if due.oldest is None or due.oldest > since:
        return []
    # Ids begin with the time: this reads the last hour's attempts and no others.
    recent = select(attempts.c.id).where(attempts.c.id > new_id(since))
    if connection.execute(recent.where(attempts.c.result == "accepted").limit(1)).first():
        return []
    return [Matter(MatterKind.NOTHING_SENT, "delivery", detail={"count": due.count})]


def _broken_off(connection: Connection, *, now: datetime) -> list[Matter]:
    """Answer imports to be repeated: until then nothing opens for what they had written."""
    begun = unfinished_imports(connection)
    count = sum(started_at < now - _IMPORTS_TAKE for _id, _file, started_at in begun)
    detail = {"count": count}
    return [Matter(MatterKind.IMPORT_BROKEN_OFF, "imports", detail=detail)] if count else []


def failed(connection: Connection, *, now: datetime) -> dict[str, int]:
    """Answer how many notices of the last days no route took, by channel."""
    query = (
        select(notices.c.channel, func.count())
        .where(
            notices.c.state == NoticeState.FAILED.value,
            notices.c.id > new_id(now - _FAILURES_COUNT_FOR),
            notices.c.echo_of.is_(None),
            _carries_on_nowhere(),
        )
        .group_by(notices.c.channel)
        .order_by(notices.c.channel)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _carries_on_nowhere() -> ColumnElement[bool]:
    """Say that what a notice said is still in it, or that it had nothing but matters to say."""
    held = select(tellings.c.id).where(tellings.c.notice_id == notices.c.id)
    matters_only = select(attempts.c.id).where(
        attempts.c.notice_id == notices.c.id, attempts.c.telling_ids == "[]"
    )
    return or_(held.exists(), matters_only.exists())


def _paused(connection: Connection, configuration: Configuration) -> list[Matter]:
    found = []
    for channel in configuration.channels:
        state = breakers.load(connection, channel, limit=1)
        if state.keeps_shut:
            detail = {"reason": state.reason or ""}
            found.append(Matter(MatterKind.CHANNEL_PAUSED, channel, detail=detail))
    return found


def _budgets(connection: Connection, site: Site, *, now: datetime) -> list[Matter]:
    """Answer channels whose day's parts are nearly or wholly used up."""
    found = []
    for channel, policy in policies_of(site.configuration, site.zone).items():
        if policy.limits is None or policy.limits.budget is None:
            continue
        stands = standing(connection, policy.limits.counter, policy.limits.budget, now=now)
        detail = {"count": stands.used * 100 // stands.of}
        if stands.is_spent:
            found.append(Matter(MatterKind.BUDGET_SPENT, channel, detail=detail))
        elif stands.is_low:
            found.append(Matter(MatterKind.BUDGET_LOW, channel, detail=detail))
    return found
