"""Which persons and posts a directory asks for, decided against those the ledger has."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Connection, select

from config.model import Role
from ledgers.codes import TOWN, VILLAGE
from ledgers.duty_places import places_of
from ledgers.facts import refused, warning
from ledgers.ids import new_id
from ledgers.imports import ImportContext
from ledgers.persons import (
    Person,
    PersonDetails,
    email_key,
    load_persons,
    name_key,
    phone_key,
)
from ledgers.places import PlaceProblem, Places
from ledgers.posts import Holding, Post, load_holdings, role_of_title
from ledgers.preferences import Way, is_no_matter, way_called, words_of
from ledgers.reading.headings import heading_of
from ledgers.reading.vocabulary import Kind
from ledgers.rows import PersonRow
from ledgers.staff_changes import StaffChanges
from ledgers.tables import persons


class Staff:
    """Persons and holdings as they are, and as the rows read so far would make them."""

    def __init__(self, context: ImportContext, places: Places) -> None:
        self._context = context
        self._places = places
        self._people: dict[str, Person | PersonDetails] = {}
        self._by_phone: dict[str, str] = {}
        self._by_email: dict[str, str] = {}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._at_post: dict[Post, list[Holding]] = defaultdict(list)
        self._of_person: dict[str, list[Holding]] = defaultdict(list)
        self._wishes: dict[str, str | None] = {}
        self._numbered: set[str] = set()  # persons whose phone the file has named already
        self.changes = StaffChanges()

    @classmethod
    def load(
        cls,
        connection: Connection,
        context: ImportContext,
        places: Places,
        *,
        earlier: "Staff | None" = None,
    ) -> "Staff":
        """Read all persons and holdings: some thousands at most.

        `earlier` has read the rows of the same file before.
        """
        staff = cls(context, places)
        if earlier is not None:
            staff._numbered = earlier._numbered
        ids = list(connection.scalars(select(persons.c.id).order_by(persons.c.handle)))
        for person in load_persons(connection, context.vault, ids).values():
            staff._know(person.id, person)
            staff._wishes[person.id] = person.prefers
        for holding in load_holdings(connection):
            staff._hold(holding)
        return staff

    def read(self, row: PersonRow) -> bool:
        """Take one row in; answer whether all of it could be."""
        before = len(self.changes.problems)
        role_id = self._role(row)
        regions = [] if role_id is None else self._regions(row, self._roles[role_id])
        person_id = self._person(row, role_id, regions) if role_id and regions else None
        if person_id is not None and row.phone:
            self._numbered.add(person_id)
        if role_id is not None and person_id is not None:
            self._take_wish(row, role_id, person_id)
            for region in regions:
                self._take_post(row, Post(role_id, region), person_id)
            self._forget_stranger(person_id)
        return len(self.changes.problems) == before

    @property
    def _roles(self) -> dict[str, Role]:
        return dict(self._context.settings.roles)

    def _object(self, row: PersonRow, field_: str, code: str, *, value: str | None = None) -> None:
        self.changes.problems.append(refused(row.place, field_, code, value=value))

    def _role(self, row: PersonRow) -> str | None:
        if row.name is None:
            self._object(row, "name", "name-missing")
            return None
        if row.role is not None:
            found = role_of_title(self._roles, row.role)
            if found is None:
                self._object(row, "role", "role-unknown", value=row.role)
            return found
        level = "village" if row.villages or row.village else "township"
        found = next((id_ for id_, role in self._roles.items() if role.level == level), None)
        if found is None or not (row.villages or row.village or row.town):
            self._object(row, "role", "role-missing")
            return None
        return found

    def _regions(self, row: PersonRow, role: Role) -> list[str]:
        """Answer the divisions a row's posts lie in; empty if one of them cannot be found."""
        found = list(dict.fromkeys(self._places.find(one) for one in places_of(row, role)))
        if role.level not in {"village", "township"}:
            found = [self._context.settings.site]
        codes = [code for code in found if not isinstance(code, PlaceProblem)]
        if role.level == "village" and any(len(code) < VILLAGE for code in codes):
            self._object(row, "village", "village-missing", value=row.town)
            return []
        for problem in found:
            if isinstance(problem, PlaceProblem):
                shown = "、".join(row.villages) or row.village or row.town
                self._object(row, "villages", problem, value=shown)
        return codes

    def _person(self, row: PersonRow, role: str, regions: Sequence[str]) -> str | None:
        """Answer whose row it is, made or brought up to date; None if that is a question."""
        details = PersonDetails(row.name or "", row.phone, row.email, row.wecom)
        known = self._find(details, role, regions)
        if known is None:
            id_ = new_id(self._context.now)
            self.changes.new[id_] = details
            self._know(id_, details)
            return id_
        if len(known) > 1:
            self._object(row, "name", "several-persons")
            return None
        id_ = known[0]
        if self._people[id_].name != details.name:
            self._object(row, "phone", "phone-of-another")
            return None
        if self._has_left(self._people[id_]) and row.held_from is None:
            self._object(row, "name", "person-left")  # an old list does not call anybody back
            return None
        self._bring_up_to_date(id_, details)
        return id_

    def _find(self, details: PersonDetails, role: str, regions: Sequence[str]) -> list[str] | None:
        vault = self._context.vault
        if details.phone and (hit := self._by_phone.get(phone_key(vault, details.phone))):
            return [hit]
        namesakes = self._by_name.get(name_key(vault, details.name), [])
        if details.email and (hit := self._by_email.get(email_key(vault, details.email))):
            return [hit] if hit in namesakes else None
        towns = {region[:TOWN] for region in regions}
        near = [
            id_
            for id_ in namesakes
            if any(
                holding.post.role == role and holding.post.region[:TOWN] in towns
                for holding in self._of_person[id_]
            )
        ]
        near = [id_ for id_ in near if not self._is_namesake(id_, details, role, regions)]
        there = [id_ for id_ in near if self._has_held(id_, role, regions)]
        return (there if len(near) > 1 and there else near) or None

    def _is_namesake(
        self, id_: str, details: PersonDetails, role: str, regions: Sequence[str]
    ) -> bool:
        """Say whether somebody of the same name and township is another person after all.

        Two numbers in one file are two persons. A new number in a later file is a new number only
        for whoever holds, or held, the post itself.
        """
        phone = self._people[id_].phone
        if not (details.phone and phone and details.phone != phone):
            return False
        return id_ in self._numbered or not self._has_held(id_, role, regions)

    def _has_held(self, id_: str, role: str, regions: Sequence[str]) -> bool:
        posts = {Post(role, region) for region in regions}
        return any(holding.post in posts for holding in self._of_person[id_])

    @staticmethod
    def _has_left(person: Person | PersonDetails) -> bool:
        return isinstance(person, Person) and person.left_on is not None

    def _bring_up_to_date(self, id_: str, details: PersonDetails) -> None:
        known = self._people[id_]
        old = PersonDetails(known.name, known.phone, known.email, known.wecom)
        wanted = details.filled_from(old)
        if wanted == old and not self._has_left(known):
            return
        if id_ in self.changes.new:
            self.changes.new[id_] = wanted
        else:
            self.changes.changed[id_] = wanted
        self._know(id_, wanted)

    def _take_wish(self, row: PersonRow, role: str, person_id: str) -> None:
        """Note the channel that a row asks for; a wish that cannot be kept is said, not taken."""
        if row.prefers is None:
            return
        ways, wish = self._context.settings.ways.get(role, ()), None
        if not is_no_matter(row.prefers):
            way = way_called(ways, row.prefers)
            if way is None:
                self._doubt(row, "way-unknown", ways)
                return
            if getattr(self._people[person_id], way.address) is None:
                self._doubt(row, "way-without-address", ways)
                return
            wish = way.channel
        if self._wishes.get(person_id) != wish:
            self._wishes[person_id] = self.changes.wishes[person_id] = wish

    def _doubt(self, row: PersonRow, code: str, ways: Sequence[Way]) -> None:
        place = replace(row.place, column=heading_of("prefers", kind=Kind.PERSONS))
        problem = replace(warning(place, "prefers", code), allowed=words_of(ways))
        self.changes.problems.append(problem)

    def _take_post(self, row: PersonRow, post: Post, person_id: str) -> None:
        start = row.held_from.day if row.held_from else self._context.today
        end = row.held_to.day if row.held_to else None
        mine = [h for h in self._at_post[post] if h.person_id == person_id]
        current = next((h for h in mine if h.held_to is None or h.held_to >= start), None)
        if current is not None or any(h.held_to == end for h in mine if end is not None):
            if current is not None and end is not None and current.held_to != end:
                self._end(current, end)
            return
        if mine and row.held_from is None:
            self._object(row, "villages", "post-ended", value=self._places.name(post.region))
            return
        start = start if end is None else min(start, end)
        others = [h for h in self._at_post[post] if _overlap(h, start, end)]
        dates_say_so = row.held_from is not None and all(h.held_from < start for h in others)
        if others and not dates_say_so:
            shown = self._places.name(post.region)
            self._object(row, "villages", "post-occupied", value=shown)
            return
        for other in others:
            self._end(other, start - timedelta(days=1))
        holding = Holding(post, person_id, start, end)
        self.changes.holdings.append(holding)
        self._hold(holding)

    def _end(self, holding: Holding, last: date) -> None:
        ended = Holding(holding.post, holding.person_id, holding.held_from, last, holding.id)
        if holding.id:
            self.changes.ended[holding.id] = last
        else:
            index = self.changes.holdings.index(holding)
            self.changes.holdings[index] = ended
        for held in (self._at_post[holding.post], self._of_person[holding.person_id]):
            held[held.index(holding)] = ended

    def _forget_stranger(self, id_: str) -> None:
        """Make nobody of a refused row that nothing would tell from its like when it comes again."""
        made = self.changes.new.get(id_)
        if made is None or made.phone or made.email or self._of_person[id_]:
            return
        del self.changes.new[id_], self._people[id_]
        self.changes.wishes.pop(id_, None)
        self._by_name[name_key(self._context.vault, made.name)].remove(id_)

    def _know(self, id_: str, person: Person | PersonDetails) -> None:
        vault = self._context.vault
        self._people[id_] = person
        if person.phone:
            self._by_phone[phone_key(vault, person.phone)] = id_
        if person.email:
            self._by_email[email_key(vault, person.email)] = id_
        namesakes = self._by_name[name_key(vault, person.name)]
        if id_ not in namesakes:
            namesakes.append(id_)

    def _hold(self, holding: Holding) -> None:
        self._at_post[holding.post].append(holding)
        self._of_person[holding.person_id].append(holding)


def _overlap(holding: Holding, start: date, end: date | None) -> bool:
    begins_in_time = end is None or holding.held_from <= end
    return begins_in_time and (holding.held_to is None or holding.held_to >= start)
