"""The units of work that commands, demo and daemon share: evaluate, open slots, deliver."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from alerts import attending, deliver, digest, engine
from alerts.almanacs import Imported, imported_stamp
from alerts.claims import claiming_workers, take_over
from alerts.consents import look_at_consents
from alerts.deliver import Lane
from alerts.digest import Opened
from alerts.effective import EvaluationPlan
from alerts.engine import PassReport
from alerts.holding import held_for
from alerts.last_pass import note_pass
from alerts.rounds import DeliveryReport
from alerts.select import changed
from alerts.stays import follow_rules
from alerts.timetable import Timetable
from alerts.unconfigured import look_at_levels
from config.lean import dataclass
from ledgers.database import Database
from ledgers.jurisdictions import JURISDICTIONS, keep_jurisdictions
from service.errors import OtherRules
from service.governing import goes_by, wait
from service.locks import dead_workers
from service.wiring import Site

_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one tick did. `held`: nothing was delivered, an operator must look first."""

    evaluated: PassReport
    opened: Opened
    delivered: DeliveryReport
    held: bool


@dataclass(slots=True)
class Kept:
    """What a daemon keeps from pass to pass: a site's rules in force, and the last pass it noted."""

    site: Site | None = None
    plan: EvaluationPlan | None = None
    imported: Imported = ()
    levels_on: date | None = None
    noted_at: datetime | None = None

    def plan_of(self, site: Site, now: datetime) -> EvaluationPlan:
        """Answer the rules in force; made anew when the configuration was read again.

        So they are when new dates of calendars or new codes of divisions were imported. What the
        ledger keeps by the rules, such as stays and divisions, is then brought in step.

        Raises:
            OtherRules: somebody who lives goes by other ones; this worker waits.
        """
        with site.database.reading() as connection:
            imported = imported_stamp(connection)
        plan = self.plan if self.site is site and self.imported == imported else None
        if plan is None or not _still_governs(site):
            self.plan = self.levels_on = None
            plan = _new_plan(site, now)
            self.site, self.plan, self.imported = site, plan, imported
        return plan

    def look_at_ledger(self, site: Site, plan: EvaluationPlan, now: datetime) -> None:
        """Look for levels without an interval, and for missing consent.

        Once a day, and when rules are taken up.
        """
        today = site.today(now)
        if self.levels_on != today:
            look_at_levels(site.database, plan, today=today, now=now)
            tell = site.configuration.consent.tell
            look_at_consents(site.database, tell, today=today, now=now)
            self.levels_on = today

    def note(self, database: Database, now: datetime) -> None:
        """Note for the status that a pass was done, unless one was noted just before."""
        if self.noted_at is None or not timedelta() <= now - self.noted_at < _NOTED_EVERY:
            with database.writing() as connection:
                note_pass(connection, now=now)
            self.noted_at = now


def _new_plan(site: Site, now: datetime) -> EvaluationPlan:
    today = site.today(now)
    try:
        with site.database.writing() as connection:
            plan = site.plan(connection, today=today)
            follow_rules(connection, plan.stays, calendar=plan.calendar, now=now, today=today)
            if any(rule.group.ledger == JURISDICTIONS for rule in plan.rules):
                within = site.configuration.site.region
                keep_jurisdictions(connection, within, import_id=None, now=now, today=today)
    except OtherRules:
        if site.worker is not None:
            with site.database.writing() as connection:
                wait(connection, site.worker, now=now)
        raise
    return plan


def _still_governs(site: Site) -> bool:
    if site.worker is None:
        return True
    with site.database.reading() as connection:
        return goes_by(connection, site.worker)


def evaluate(site: Site, now: datetime, kept: Kept | None = None) -> PassReport:
    """Do one pass over what is newly due or changed; `kept` makes the next one cheaper."""
    kept, today = kept or Kept(), site.today(now)
    plan = kept.plan_of(site, now)
    look_ahead = site.timetable.look_ahead()
    report = engine.evaluate(site.database, plan, today=today, now=now, look_ahead=look_ahead)
    attending.attend(site.database, plan, now=now, today=today)
    kept.look_at_ledger(site, plan, now)
    kept.note(site.database, now)
    return report


def open_slots(site: Site, now: datetime, *, slot_now: bool = False) -> Opened:
    """Tell what is urgent, and open every slot that has begun; `slot_now`: as if each began now."""
    urgent = digest.open_urgent(site.database, site.timetable, now=now)
    if slot_now:
        return _sum([urgent, *_open_now(site, now)])
    return _sum([urgent, digest.open_due(site.database, site.timetable, now=now)])


async def deliver_due(site: Site, lanes: Sequence[Lane]) -> DeliveryReport:
    """Send what is due until nothing is; while delivery is held, to the operator only."""
    return await deliver.run_until_idle(lanes)


async def tick(site: Site, lanes: Sequence[Lane], *, slot_now: bool = False) -> Ticked:
    """Do one pass and deliver: all that a daemon does at a moment, once."""
    now = site.clock()
    return Ticked(
        evaluated=evaluate(site, now),
        opened=open_slots(site, now, slot_now=slot_now),
        delivered=await deliver_due(site, lanes),
        held=is_held(site.database),
    )


def is_held(database: Database) -> bool:
    """Say whether all delivery waits for an operator."""
    with database.reading() as connection:
        return held_for(connection) is not None


def has_changes(database: Database) -> bool:
    """Say whether anything was written that evaluation must look at.

    What an unfinished import wrote waits until it is whole.
    """
    with database.reading() as connection:
        return bool(changed(connection, after=0, limit=1).row_ids)


def is_wanted(site: Site, now: datetime) -> bool:
    """Say whether a pass would find something to do: something was written, or somebody is waiting."""
    if has_changes(site.database):
        return True
    with site.database.reading() as connection:
        return attending.is_wanted(connection, now=now, today=site.today(now))


def recover(database: Database, *, worker: str, now: datetime) -> int:
    """Make what dead workers had claimed due again; answer how many notices that is.

    Only for a daemon that holds its place under the name `worker`.
    """
    with database.reading() as connection:
        names = claiming_workers(connection)
    if not names:
        return 0
    with database.writing() as connection:
        return take_over(connection, dead_workers(connection, names, myself=worker), now=now)


def _open_now(site: Site, now: datetime) -> list[Opened]:
    timetable = _beginning_now(site.timetable, now)
    today = timetable.today(now)
    return [
        digest.open_slot(site.database, timetable, role, today, now=now)
        for role in site.configuration.roles
    ]


def _sum(opened: Sequence[Opened]) -> Opened:
    return Opened(
        tellings=sum(one.tellings for one in opened),
        merged=sum(one.merged for one in opened),
        notices=sum(one.notices for one in opened),
        held=sum(one.held for one in opened),
        unreachable=sum(one.unreachable for one in opened),
        late=sum((Counter(one.late) for one in opened), Counter()),
    )


def _beginning_now(timetable: Timetable, now: datetime) -> Timetable:
    """Answer the timetable with this minute as everybody's time of day; days stay as they are."""
    at = now.astimezone(timetable.zone).strftime("%H:%M")
    plans = {role: replace(plan, at=at) for role, plan in timetable.plans.items()}
    return replace(timetable, plans=plans)
