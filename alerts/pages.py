"""A notice's page: which view its reader gets, and what stands in it. No words and no addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection, select

from alerts.concerns import concerns_for, covered_places
from alerts.contents import Said, told_and_open
from alerts.directory import OPERATOR
from alerts.forms import Form, form_items, keep_form, make_form
from alerts.gathered import Gathered
from alerts.items import Item
from alerts.lines import Reading, areas, villages
from alerts.open_items import Wanted, as_line_item, open_items
from alerts.recipients import LEVEL_DIGITS
from alerts.signs_of_life import operator_view
from alerts.timetable import Timetable
from alerts.views import (
    Area,
    Concern,
    Day,
    DirectorView,
    GroupView,
    Relayed,
    SummaryView,
    SupervisorView,
    View,
    Village,
)
from channels.protocol import Attachment
from config.lean import dataclass
from ledgers.tables import persons

_NEXT_LEVEL = {"county": 9, "city": 6, "province": 4}
"""Digits of the divisions that a summary counts by."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A notice and who reads it, as far as its page depends on them.

    `group`: the division that a group of readers is for; None: one person reads it.
    """

    notice_id: str
    person_id: str
    role: str
    klass: str
    made_at: datetime
    may_repeat: bool
    takes_files: bool
    language: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A kind of notice (a folder of templates), its view and its files."""

    kind: str
    view: View
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One notice being drawn for its reader."""

    gathered: Gathered
    timetable: Timetable
    head: Reader
    said: Sequence[Said]
    today: date

    def draw(self, *, now: datetime, form_id: str) -> Drawn | None:
        """Answer what stands in the notice; None: nothing is left to say."""
        configuration = self.timetable.configuration
        head = self.head
        if head.group is not None:
            return Drawn("group", self._group(head.group)) if self.said else None
        concerns = self._concerns()
        if head.klass == OPERATOR:
            office = configuration.site.name
            view = operator_view(
                self.gathered.connection, office, Day.of(self.today, self.today), concerns, now=now
            )
            return Drawn("operator", view)
        if not self.said and not concerns:
            return None
        role = configuration.roles.get(head.role)
        level = role.level if role else "township"
        if level in _NEXT_LEVEL and head.klass != "urgent":
            return Drawn("summary", self._summary(concerns, _NEXT_LEVEL[level]))
        if level == "village" and not any(one.via for one in self.said):
            return Drawn("director", self._director(concerns))
        return self._supervisor(concerns, form_id)

    def _director(self, concerns: tuple[Concern, ...]) -> DirectorView:
        configuration = self.timetable.configuration
        found = self._villages([one.item for one in self.said if not one.is_summary])
        up = configuration.roles[self.head.role].up
        older = self.gathered.older(self.head.notice_id)
        return DirectorView(
            office=configuration.site.name,
            reports_to=configuration.roles[up].title if up else configuration.site.name,
            today=Day.of(self.today, self.today),
            urgent=self.head.klass == "urgent",
            may_repeat=self.head.may_repeat,
            villages=found,
            total=sum(village.total for village in found),
            older=sum(older.values()),
            concerns=concerns,
            areas=self._areas(),
        )

    def _supervisor(self, concerns: tuple[Concern, ...], form_id: str) -> Drawn:
        configuration = self.timetable.configuration
        places = self._places()
        older = self.gathered.older(self.head.notice_id)
        relayed = self._relayed(older)
        own = [one for one in self.said if one.via is None and not one.is_summary]
        escalated = self._villages([one.item for one in own if one.escalation])
        plain = [one for one in own if not one.escalation]
        asked = self._villages([one.item for one in plain if one.is_asked])
        uncovered = self._villages([one.item for one in plain if not one.is_asked])
        form = self._form(places, form_id)
        names = self.gathered.names(places)
        view = SupervisorView(
            office=configuration.site.name,
            today=Day.of(self.today, self.today),
            urgent=self.head.klass == "urgent",
            may_repeat=self.head.may_repeat,
            places=tuple(names[place] for place in places if place in names),
            relayed=relayed,
            escalated=escalated,
            uncovered=uncovered,
            relayed_total=sum(person.total for person in relayed),
            escalated_total=sum(village.total for village in escalated),
            uncovered_total=sum(village.total for village in uncovered),
            older=older.get(self.head.person_id, 0),
            concerns=concerns,
            form_rows=len(form.items) if form else 0,
            asked=asked,
            asked_total=sum(village.total for village in asked),
            areas=self._areas(),
        )
        return Drawn("supervisor", view, self._attached(form))

    def _relayed(self, older: Mapping[str, int]) -> tuple[Relayed, ...]:
        configuration = self.timetable.configuration
        by_person: dict[str, list[Said]] = {}
        for one in self.said:
            if one.via is not None and not one.is_summary:
                by_person.setdefault(one.person_id, []).append(one)
        handles = _handles(self.gathered.connection, list(by_person))
        found = []
        for person, of_person in by_person.items():
            drawn = self._villages([one.item for one in of_person])
            role = configuration.roles.get(of_person[0].role)
            found.append(
                Relayed(
                    title=role.title if role else "",
                    places=tuple(village.name for village in drawn),
                    handle=handles[person],
                    villages=drawn,
                    total=sum(village.total for village in drawn),
                    older=older.get(person, 0),
                )
            )
        return tuple(_told_apart(found))

    def _summary(self, concerns: tuple[Concern, ...], digits: int) -> SummaryView:
        configuration = self.timetable.configuration
        items = told_and_open(
            self.gathered.connection, self.head.person_id, self.head.notice_id, configuration
        )
        names = self.gathered.names(item.lives_in[: item.by or digits] for item in items)
        found = areas(items, names, digits=digits, today=self.today)
        return SummaryView(
            office=configuration.site.name,
            today=Day.of(self.today, self.today),
            urgent=False,
            may_repeat=self.head.may_repeat,
            areas=found,
            due=sum(area.due for area in found),
            overdue=sum(area.overdue for area in found),
            concerns=concerns,
        )

    def _group(self, place: str) -> GroupView:
        """Count everything the group was told of; nothing else may stand in a group's message."""
        items = told_and_open(
            self.gathered.connection,
            self.head.person_id,
            self.head.notice_id,
            self.timetable.configuration,
        )
        counted = [item._replace(by=None) for item in items]
        whole = areas(counted, {}, digits=0, today=self.today)
        return GroupView(
            office=self.timetable.configuration.site.name,
            place=self.gathered.names([place]).get(place, place),
            today=Day.of(self.today, self.today),
            urgent=self.head.klass == "urgent",
            may_repeat=self.head.may_repeat,
            counts=whole[0].counts if whole else (),
            due=sum(area.due for area in whole),
            overdue=sum(area.overdue for area in whole),
        )

    def _areas(self) -> tuple[Area, ...]:
        """Count what is told in figures only."""
        items = [one.item for one in self.said if one.is_summary]
        digits = LEVEL_DIGITS["village"]
        names = self.gathered.names(item.lives_in[: item.by or digits] for item in items)
        return areas(items, names, digits=digits, today=self.today)

    def _places(self) -> tuple[str, ...]:
        head = self.head
        return covered_places(self.gathered.connection, head.person_id, head.role, self.today)

    def _concerns(self) -> tuple[Concern, ...]:
        found = self.gathered.matters(self.head.role)
        if not found:
            return ()
        places = () if self.head.role == OPERATOR else self._places()
        configuration = self.timetable.configuration
        return concerns_for(self.gathered.connection, configuration, found, places)

    def _villages(self, items: Sequence[Item]) -> tuple[Village, ...]:
        names = self.gathered.names(item.lives_in for item in items)
        informed = {item.lives_in for item in items if item.informs}
        reading = Reading(self.today, self.head.language, self.gathered.populations(informed))
        return villages(items, self.gathered.strength, names, reading)

    def _form(self, places: Sequence[str], id_: str) -> Form | None:
        """Draw up the form of everything open below, up to what is told before the next slot."""
        if not self.head.takes_files or self.head.klass != "digest":
            return None
        configuration = self.timetable.configuration
        horizons = [
            self.timetable.horizon(role, self.today)
            for role, about in configuration.roles.items()
            if LEVEL_DIGITS[about.level] == LEVEL_DIGITS["village"]
        ]
        wanted = Wanted(
            places=places,
            ledgers={configuration.group_of(rule).ledger for rule in configuration.rules.values()},
            due_by=max(horizons, default=self.today),
        )
        found = open_items(self.gathered.connection, self.today, wanted)
        items = [item for one in found if (item := as_line_item(one, configuration))]
        lines = form_items(items, configuration)
        return Form(id_, self.head.person_id, self.head.made_at, lines) if lines else None

    def _attached(self, form: Form | None) -> tuple[Attachment, ...]:
        if form is None:
            return ()
        keep_form(self.gathered.connection, form)
        names = self.gathered.names(item.lives_in for item in form.items)
        return (make_form(form, names, day=self.today),)


def _handles(connection: Connection, person_ids: Sequence[str]) -> dict[str, str]:
    query = select(persons.c.id, persons.c.handle).where(persons.c.id.in_(person_ids))
    return {row.id: row.handle for row in connection.execute(query)}


def _told_apart(found: Sequence[Relayed]) -> list[Relayed]:
    """Keep handles only where two persons of one title have the same villages."""
    seen: dict[tuple[str, tuple[str, ...]], int] = {}
    for person in found:
        key = person.title, person.places
        seen[key] = seen.get(key, 0) + 1
    return [
        person if seen[person.title, person.places] > 1 else replace(person, handle="")
        for person in found
    ]
