"""The story of one entry under one rule: put together from what the other modules find."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, RowMapping, select

from alerts.almanacs import almanac_of
from alerts.building import Almanac
from alerts.changes import Horizon, KnownAlert
from alerts.effective import WatchedRule
from alerts.explain_coming import Outlook, coming_of, expected
from alerts.explain_dates import Known, reckoned
from alerts.explain_duty import level_facts
from alerts.explain_owed import Owed, absence, missing_windows, owed
from alerts.explain_reckonings import RecordFacts
from alerts.explain_rule import failed_filters, raised_by, regions_of
from alerts.explain_why import Situation, whys_of
from alerts.explanation import AlertFacts, Called, MatterStory, RuleStory, SilenceFacts, Why
from alerts.facts import Gathered
from alerts.holding import HeldFor
from alerts.in_force import InForce
from alerts.moments import Matter
from alerts.newcomers import Newcomers
from alerts.recipients import Subject
from alerts.slot_marks import last_opened
from alerts.states import Closed
from alerts.tables import silences
from alerts.timings import OnSignal
from alerts.waiting import Told, WaitingStep
from config.lean import dataclass
from config.signals import SignalRule
from ledgers.regions import region_names
from schedules.calendars import shifted_days


@dataclass(frozen=True, slots=True)
class Scene:
    """All that holds for the entry under every rule. `names` are those of divisions.

    `said` holds by open alert the steps that were told, and to whom.
    """

    connection: Connection
    in_force: InForce
    entry: RowMapping
    on: date
    gathered: Gathered
    newcomers: Newcomers
    urgent: Newcomers  # the same by the routes of urgent messages
    said: Mapping[str, tuple[Sequence[WaitingStep], Sequence[Told]]]
    handles: dict[str, str]
    records: Mapping[str, RecordFacts]
    alerts: Mapping[str, tuple[AlertFacts, ...]]
    held: HeldFor | None
    stale: Why | None
    almanac: Almanac
    names: Mapping[str, str]

    def place(self, rule: WatchedRule) -> str:
        """Answer the division whose changes and people go for the entry."""
        home: str | None = self.entry["registered_in"]
        here: str = self.entry["lives_in"]
        return home or here if rule.place == "registered_in" else here


def almanac_and_names(
    connection: Connection, in_force: InForce, on: date
) -> tuple[Almanac, dict[str, str]]:
    """Answer the windows that are known, and the names of all divisions that rules speak of."""
    configuration = in_force.configuration
    almanac = almanac_of(connection, configuration, in_force.calendar, today=on)
    current = in_force.plan.lookups.current_code
    codes = {current(code) for rule in configuration.rules.values() for code in rule.regions}
    codes |= {row.region for row in almanac.book.dated}
    codes |= {row.region for row in almanac.book.yearly}
    codes |= {almanac.region, *(v.prefix for rule in in_force.plan.rules for v in rule.variants)}
    return almanac, region_names(connection, codes)


def story_of(scene: Scene, rule: WatchedRule) -> RuleStory:
    """Tell everything about the entry under a rule."""
    configuration = scene.in_force.configuration
    written = configuration.rules[rule.name]
    failed = failed_filters(scene.connection, scene.in_force, rule, scene.entry, scene.on)
    quiet = _silences(scene, rule)
    horizon = Horizon(scene.on, _look_ahead(scene), scene.in_force.plan.calendar)
    found = _owed(scene, rule, horizon, is_inside=not failed)
    outlook = _outlook(scene, rule, quiet)
    matters = () if failed else _matters(scene, rule, found, outlook)
    of_rule = scene.alerts.get(rule.name, ())
    situation = Situation(
        status=scene.entry["status"],
        failed=failed,
        found=found,
        absence=absence(rule, found, horizon),
        matters=matters,
        alerts=tuple(alert for alert in of_rule if alert.closed_on is None),
        is_silenced=bool(quiet),
        is_held=scene.held is not None,
        stale=scene.stale,
        seen_until=shifted_days(scene.on, _look_ahead(scene)),
    )
    prefix = found.variant.prefix
    region = prefix if len(prefix) > len(scene.almanac.region) else scene.almanac.region
    book = scene.almanac.book
    missing = missing_windows(found.variant, scene.on, scene.names, book, region)
    return RuleStory(
        rule=rule.name,
        kind=written.kind,
        title=written.title,
        say=written.say,
        source=written.source,
        version=rule.version,
        effective_on=rule.effective_on,
        informs=written.kind != "signal" and not rule.counts,
        regions=regions_of(scene.in_force, rule, scene.place(rule), scene.names),
        failed=failed,
        matters=matters,
        missing=() if failed else missing,
        level=None if failed else level_facts(rule, found, None, configuration),
        raised_by=raised_by(configuration, rule),
        called=() if failed else tuple(_called(outlook, found)),
        alerts=of_rule,
        silences=quiet,
        whys=tuple(whys_of(situation, scene.on)),
    )


def _look_ahead(scene: Scene) -> int:
    return scene.in_force.timetable.look_ahead()


def _owed(scene: Scene, rule: WatchedRule, horizon: Horizon, *, is_inside: bool) -> Owed:
    entry_id = scene.entry["id"]
    leaving = Closed.NO_LONGER_DUE
    facts = scene.gathered.facts(rule, entry_id, is_inside=is_inside, leaving=leaving)
    return owed(rule, facts, scene.gathered.placed[entry_id], horizon)


def _matters(
    scene: Scene, rule: WatchedRule, found: Owed, outlook: Outlook
) -> tuple[MatterStory, ...]:
    known = Known(scene.in_force.configuration, scene.records, scene.names, scene.on)
    stories = []
    for matter in found.told:
        alert = _open_alert(found, matter)
        is_owed = matter in found.matters
        stories.append(
            MatterStory(
                key=matter.key,
                due_on=matter.due_on,
                is_open=alert is not None,
                suggested_on=matter.advice.on if matter.advice else None,
                reckoning=reckoned(rule, found, matter, known),
                coming=coming_of(outlook, rule, (found, matter), alert) if is_owed else (),
            )
        )
    return tuple(stories)


def _open_alert(found: Owed, matter: Matter) -> KnownAlert | None:
    known = found.facts.alerts
    return next((one for one in known if one.is_open and one.key == matter.key), None)


def _outlook(scene: Scene, rule: WatchedRule, quiet: tuple[SilenceFacts, ...]) -> Outlook:
    open_now = (one for one in scene.alerts.get(rule.name, ()) if one.closed_on is None)
    deferred = [silence.to_on for silence in quiet]
    deferred += [day for one in open_now if (day := one.deferred_until)]
    roles = scene.in_force.configuration.roles
    opened = {role: last_opened(scene.connection, "slot", role) for role in roles}
    written = scene.in_force.configuration.rules[rule.name]
    return Outlook(
        in_force=scene.in_force,
        newcomers=scene.urgent if written.urgent else scene.newcomers,
        said=scene.said,
        subject=Subject(scene.entry["id"], scene.place(rule)),
        handles=scene.handles,
        opened={role: day for role, day in opened.items() if day is not None},
        not_before=max([scene.on, *(shifted_days(day, 1) for day in deferred)]),
        urgent=written.urgent,
        loud=isinstance(written, SignalRule) and written.all_,
    )


def _called(outlook: Outlook, found: Owed) -> Iterator[Called]:
    """Yield the rungs of a signal's ladder, with who is called on each as things stand."""
    timing, ladder = found.variant.timing, outlook.newcomers.ladder
    for rung in timing.ladder if isinstance(timing, OnSignal) else ():
        for role in rung.tell:
            told = ladder.recipients(role, outlook.subject).recipients
            yield Called(role, expected(told, outlook.handles, ladder if outlook.loud else None))


def _silences(scene: Scene, rule: WatchedRule) -> tuple[SilenceFacts, ...]:
    rows = scene.connection.execute(
        select(silences)
        .where(
            silences.c.ended_at.is_(None),
            silences.c.from_on <= scene.on,
            silences.c.to_on >= scene.on,
        )
        .order_by(silences.c.from_on, silences.c.id)
    )
    lives_in = scene.entry["lives_in"]
    return tuple(
        SilenceFacts(row.scope, row.from_on, row.to_on, row.reason)
        for row in rows
        if (row.scope, row.target) in {("entry", scene.entry["id"]), ("rule", rule.name)}
        or (row.scope == "region" and lives_in.startswith(row.target))
    )
