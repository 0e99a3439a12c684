"""Why, or why not: everything that led to what an entry's people are told. Reads only.

`alerts.explanation` holds what is answered, `alerts.explained` puts it into sentences.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, RowMapping, select

from alerts.directory import Directory, assigned_by_name
from alerts.errors import EntryUnknown
from alerts.explain_history import alerts_of, records_of
from alerts.explain_person import Who, person_story
from alerts.explain_story import Scene, almanac_and_names, story_of
from alerts.explanation import (
    AlertFacts,
    EntryFacts,
    Explanation,
    NextDate,
    PersonStory,
    RuleStory,
    Why,
)
from alerts.facts import gather
from alerts.handovers import HandOvers
from alerts.holding import held_for
from alerts.in_force import InForce
from alerts.newcomers import Newcomers
from alerts.recipients import Ladder, Subject
from alerts.waiting import Told, WaitingStep, told_before, told_steps
from ledgers.regions import region_names
from ledgers.tables import entries, imports, persons, touched

_TOWN = 9
_NEXT = 3
"""How many dates to come are told across all rules."""


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
    stories = tuple(story_of(scene, rule) for rule in in_force.plan.rules)
    return Explanation(
        on=on,
        entry=_facts(connection, scene.entry),
        records=tuple(scene.records.values()),
        rules=stories,
        next_dates=_next_dates(stories),
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


def _scene(connection: Connection, in_force: InForce, entry: RowMapping, on: date) -> Scene:
    directory = Directory.load(connection, on)
    assigned = assigned_by_name(connection, [entry["id"]], on)
    known = records_of(connection, entry["id"], in_force.configuration)
    handles = connection.execute(select(persons.c.id, persons.c.handle))
    almanac, names = almanac_and_names(connection, in_force, on)
    history = alerts_of(connection, entry["id"], known)
    hand_overs = HandOvers.on(connection, on, [entry["id"]])
    usual, urgent = (
        Newcomers(
            in_force.configuration,
            Ladder.of(in_force.configuration, directory, assigned, urgent=is_urgent),
            hand_overs,
        )
        for is_urgent in (False, True)
    )
    return Scene(
        connection=connection,
        in_force=in_force,
        entry=entry,
        on=on,
        gathered=gather(connection, {entry["id"]: None}, in_force.plan.rules),
        newcomers=usual,
        urgent=urgent,
        said=_said(connection, in_force, history),
        handles=dict(iter(handles)),
        records=known,
        alerts=history,
        held=held_for(connection),
        stale=_stale(connection, entry),
        almanac=almanac,
        names=names,
    )


def _said(
    connection: Connection, in_force: InForce, history: Mapping[str, tuple[AlertFacts, ...]]
) -> dict[str, tuple[list[WaitingStep], list[Told]]]:
    """Answer by open alert the steps that were told, and to whom."""
    still_open = [one.id for of in history.values() for one in of if one.closed_on is None]
    rules = in_force.configuration.rules.items()
    registered = frozenset(name for name, rule in rules if rule.place == "registered_in")
    of_alerts = told_steps(connection, still_open, by_registration=registered)
    told = told_before(connection, list(of_alerts))
    return {id_: (of, told[id_]) for id_, of in of_alerts.items()}


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


def _next_dates(stories: tuple[RuleStory, ...]) -> tuple[NextDate, ...]:
    """Answer the next dates across all rules, each with what is told on it and to whom."""
    found: dict[date, dict[str, dict[str, None]]] = {}
    for story in stories:
        for coming in story.coming:
            of_day = found.setdefault(coming.told_on, {})
            of_day.setdefault(story.title, {})[coming.role] = None
    return tuple(
        NextDate(day, tuple((title, tuple(roles)) for title, roles in found[day].items()))
        for day in sorted(found)[:_NEXT]
    )


def _stale(connection: Connection, entry: RowMapping) -> Why | None:
    """Say what the next pass still has to take up."""
    whole = select(imports.c.id).where(
        imports.c.id == entry["import_id"], imports.c.finished_at.is_(None)
    )
    if connection.execute(whole).first() is not None:
        return Why.IMPORT_UNFINISHED
    changed = select(touched.c.id).where(touched.c.entry_id == entry["id"]).limit(1)
    return Why.NOT_LOOKED_AT if connection.execute(changed).first() else None


def _person(scene: Scene, handle: str) -> PersonStory:
    subject = Subject(scene.entry["id"], scene.entry["lives_in"])
    told = tuple(
        (rule, step, telling)
        for rule, stories in scene.alerts.items()
        for alert in stories
        for step in alert.steps
        for telling in step.tellings
        if telling.person == handle
    )
    who = Who(
        scene.in_force.configuration,
        scene.newcomers.ladder,
        scene.urgent.ladder,
        subject,
        scene.handles,
    )
    return person_story(scene.connection, handle, who, on=scene.on, told=told)
