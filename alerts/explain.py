"""Why, or why not: everything that led to what an entry's people are told. Reads only.

`alerts.explanation` holds what is answered, `alerts.explained` puts it into sentences.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, RowMapping, select

from alerts.changes import Horizon, KnownAlert
from alerts.directory import Directory, assigned_by_name
from alerts.effective import WatchedRule
from alerts.errors import EntryUnknown
from alerts.explain_coming import Outlook, coming_of
from alerts.explain_history import alerts_of, records_of
from alerts.explain_person import person_story
from alerts.explain_rule import Owed, counting_titles, failed_filters, owed, reckon
from alerts.explain_why import Situation, whys_of
from alerts.explanation import (
    AlertFacts,
    Coming,
    EntryFacts,
    Explanation,
    PersonStory,
    RecordFacts,
    RuleStory,
    SilenceFacts,
    Why,
)
from alerts.facts import Gathered, gather
from alerts.holding import HeldFor, held_for
from alerts.in_force import InForce
from alerts.recipients import Ladder, Subject
from alerts.slot_marks import last_opened
from alerts.states import Closed
from alerts.tables import silences
from ledgers.regions import region_names
from ledgers.tables import entries, imports, persons, touched
from schedules.calendars import shifted_days

_TOWN = 9


@dataclass(frozen=True, slots=True)
class _Scene:
    """All that holds for the entry under every rule."""

    connection: Connection
    in_force: InForce
    entry: RowMapping
    on: date
    gathered: Gathered
    ladder: Ladder
    handles: dict[str, str]
    records: Mapping[str, RecordFacts]
    alerts: Mapping[str, tuple[AlertFacts, ...]]
    held: HeldFor | None
    stale: Why | None


def explain(
    connection: Connection,
    in_force: InForce,
    number: str,
    *,
    on: date,
    person: str | None = None,
) -> Explanation:
    """Explain one entry, named by its village number, as it stands on a day.

    With `person`, a handle, also how that person stands to it: what they were told, or why not.

    Raises:
        EntryUnknown: no entry has that number.
        PersonUnknown: nobody has that handle.
    """
    scene = _scene(connection, in_force, _entry(connection, number), on)
    stories = tuple(_story(scene, rule) for rule in in_force.plan.rules)
    return Explanation(
        on=on,
        entry=_facts(connection, scene.entry),
        records=tuple(scene.records.values()),
        rules=stories,
        held_for=scene.held,
        person=None if person is None else _person(scene, person),
        roles={name: role.title for name, role in in_force.configuration.roles.items()},
    )


def _entry(connection: Connection, number: str) -> RowMapping:
    query = select(entries).where(entries.c.number == number).order_by(entries.c.ledger)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise EntryUnknown(number)
    return row


def _scene(connection: Connection, in_force: InForce, entry: RowMapping, on: date) -> _Scene:
    directory = Directory.load(connection, on)
    assigned = assigned_by_name(connection, [entry["id"]], on)
    known = records_of(connection, entry["id"], in_force.configuration)
    handles = connection.execute(select(persons.c.id, persons.c.handle))
    return _Scene(
        connection=connection,
        in_force=in_force,
        entry=entry,
        on=on,
        gathered=gather(connection, {entry["id"]: None}, in_force.plan.rules),
        ladder=Ladder.of(in_force.configuration, directory, assigned),
        handles=dict(iter(handles)),
        records=known,
        alerts=alerts_of(connection, entry["id"], known),
        held=held_for(connection),
        stale=_stale(connection, entry),
    )


def _facts(connection: Connection, entry: RowMapping) -> EntryFacts:
    village, town = entry["lives_in"], entry["lives_in"][:_TOWN]
    names = region_names(connection, [village, town])
    return EntryFacts(
        id=entry["id"],
        number=entry["number"],
        village=names.get(village, ""),
        township=names.get(town, "") if town != village else "",
        status=entry["status"],
        entered_on=entry["entered_on"],
        left_on=entry["left_on"],
    )


def _story(scene: _Scene, rule: WatchedRule) -> RuleStory:
    written = scene.in_force.configuration.rules[rule.name]
    entry_id = scene.entry["id"]
    failed = failed_filters(scene.connection, scene.in_force, rule, scene.entry, scene.on)
    leaving = Closed.NO_LONGER_DUE
    facts = scene.gathered.facts(rule, entry_id, is_inside=not failed, leaving=leaving)
    look_ahead = scene.in_force.timetable.look_ahead()
    horizon = Horizon(scene.on, look_ahead, scene.in_force.plan.calendar)
    found = owed(rule, facts, scene.gathered.placed[entry_id], horizon)
    alert = _open_alert(scene, rule, found)
    quiet = _silences(scene, rule)
    coming = () if failed else _coming(scene, rule, (found, alert), quiet)
    situation = Situation(
        status=scene.entry["status"],
        failed=failed,
        found=found,
        alert=_facts_of(scene, rule, alert),
        coming=coming,
        is_silenced=bool(quiet),
        is_held=scene.held is not None,
        stale=scene.stale,
        seen_until=shifted_days(scene.on, look_ahead),
    )
    titles = counting_titles(scene.in_force.configuration, rule)
    return RuleStory(
        rule=rule.name,
        title=written.title,
        say=written.say,
        source=written.source,
        version=rule.version,
        effective_on=rule.effective_on,
        failed=failed,
        reckoning=None if failed else reckon(rule, found, facts.level, (scene.records, titles)),
        alerts=scene.alerts.get(rule.name, ()),
        coming=coming,
        silences=quiet,
        whys=tuple(whys_of(situation, scene.on)),
    )


def _open_alert(scene: _Scene, rule: WatchedRule, found: Owed) -> KnownAlert | None:
    known = scene.gathered.alerts.get((rule.name, scene.entry["id"]), ())
    anchor = None if found.matter is None else found.matter.anchor
    return next((one for one in known if one.is_open and one.anchor == anchor), None)


def _coming(
    scene: _Scene,
    rule: WatchedRule,
    standing: tuple[Owed, KnownAlert | None],
    quiet: tuple[SilenceFacts, ...],
) -> tuple[Coming, ...]:
    found, alert = standing
    place = scene.entry["registered_in"] if rule.place == "registered_in" else None
    deferred = [silence.to_on for silence in quiet]
    deferred += [day for a in _open_facts(scene, rule.name) if (day := a.deferred_until)]
    not_before = max([scene.on, *(shifted_days(day, 1) for day in deferred)])
    roles = scene.in_force.configuration.roles
    opened = {role: last_opened(scene.connection, "slot", role) for role in roles}
    outlook = Outlook(
        in_force=scene.in_force,
        ladder=scene.ladder,
        subject=Subject(scene.entry["id"], place or scene.entry["lives_in"]),
        handles=scene.handles,
        opened={role: day for role, day in opened.items() if day is not None},
        not_before=not_before,
    )
    return coming_of(outlook, rule, found, alert)


def _facts_of(scene: _Scene, rule: WatchedRule, alert: KnownAlert | None) -> AlertFacts | None:
    stories = scene.alerts.get(rule.name, ())
    return next((one for one in stories if alert is not None and one.id == alert.id), None)


def _open_facts(scene: _Scene, rule: str) -> list[AlertFacts]:
    return [one for one in scene.alerts.get(rule, ()) if one.closed_on is None]


def _stale(connection: Connection, entry: RowMapping) -> Why | None:
    """Say what the next pass still has to take up."""
    whole = select(imports.c.id).where(
        imports.c.id == entry["import_id"], imports.c.finished_at.is_(None)
    )
    if connection.execute(whole).first() is not None:
        return Why.IMPORT_UNFINISHED
    changed = select(touched.c.id).where(touched.c.entry_id == entry["id"]).limit(1)
    return Why.NOT_LOOKED_AT if connection.execute(changed).first() else None


def _silences(scene: _Scene, rule: WatchedRule) -> tuple[SilenceFacts, ...]:
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


def _person(scene: _Scene, handle: str) -> PersonStory:
    subject = Subject(scene.entry["id"], scene.entry["lives_in"])
    told = tuple(
        (rule, step, telling)
        for rule, stories in scene.alerts.items()
        for alert in stories
        for step in alert.steps
        for telling in step.tellings
        if telling.person == handle
    )
    who = (scene.ladder, subject, scene.handles)
    return person_story(scene.connection, handle, who, on=scene.on, told=told)
