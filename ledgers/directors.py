"""Whom a ledger names as a child's director: the holder of the village's post, or somebody else.

Children belong to the post unless assigned by name (DESIGN.md 1), so a name is kept only where it
is not the holder's.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection, and_, delete, insert, select, update

from ledgers.codes import TOWN
from ledgers.facts import Facts, warning
from ledgers.imports import ImportContext
from ledgers.persons import name_key
from ledgers.posts import load_holdings
from ledgers.rows import Problem
from ledgers.tables import assignments, persons


@dataclass(slots=True)
class Directors:
    """Who holds the posts of the villages, looked up once for an import.

    `_asked` keeps one question for each name and village, however many children there are.
    """

    context: ImportContext
    role: str | None = None
    _posts_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _asked: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def load(cls, connection: Connection, context: ImportContext) -> "Directors":
        """Read who holds which village today."""
        roles = context.settings.roles
        role = next((id_ for id_, about in roles.items() if about.level == "village"), None)
        made = cls(context, role)
        for holding in load_holdings(connection, on=context.today):
            if holding.post.role == role:
                made._posts_of[holding.person_id].add(holding.post.region)
        return made

    def wanted(
        self, connection: Connection, rows: Sequence[tuple[str, str, Facts]]
    ) -> tuple[dict[str, str], list[Problem]]:
        """Answer which entries are to be assigned to which person, and whom nobody knows.

        `rows` are ids of entries, where they live, and the facts that name a director.
        """
        people = self._people(connection, [facts for _id, _place, facts in rows])
        found: dict[str, str] = {}
        problems = []
        for entry_id, lives_in, facts in rows:
            hits = self._near(people.get(facts.director or "", ()), lives_in)
            if any(lives_in.startswith(region) for id_ in hits for region in self._posts_of[id_]):
                continue
            if len(hits) == 1:
                found[entry_id] = hits[0]
            elif (facts.director or "", lives_in) not in self._asked:
                self._asked.add((facts.director or "", lives_in))
                code = "director-ambiguous" if hits else "director-unknown"
                problems.append(warning(facts.place, "director", code))
        return found, problems

    def assign(
        self, connection: Connection, wanted: Mapping[str, str], *, replacing: set[str]
    ) -> None:
        """Write assignments from today on; those of `replacing` end what was assigned before."""
        day = self.context.today
        if replacing:
            mine = and_(assignments.c.entry_id.in_(replacing), assignments.c.role == self.role)
            connection.execute(delete(assignments).where(mine, assignments.c.held_from >= day))
            connection.execute(
                update(assignments)
                .where(mine, assignments.c.held_to.is_(None))
                .values(held_to=day - timedelta(days=1))
            )
        rows = [
            {"entry_id": entry_id, "role": self.role, "person_id": person, "held_from": day}
            for entry_id, person in wanted.items()
        ]
        if rows:
            connection.execute(insert(assignments), rows)

    def fresh(
        self, connection: Connection, wanted: Mapping[str, str], said_anew: set[str]
    ) -> tuple[dict[str, str], set[str]]:
        """Answer what is not assigned so yet, and the entries whose assignment it replaces.

        An assignment that somebody made since is only replaced by a row that has changed.
        """
        query = select(assignments.c.entry_id, assignments.c.person_id).where(
            assignments.c.entry_id.in_(wanted),
            assignments.c.role == self.role,
            assignments.c.held_to.is_(None),
        )
        current: dict[str, set[str]] = defaultdict(set)
        for entry_id, person in connection.execute(query):
            current[entry_id].add(person)
        new = {
            entry_id: person
            for entry_id, person in wanted.items()
            if person not in current[entry_id] and (not current[entry_id] or entry_id in said_anew)
        }
        return new, {entry_id for entry_id in new if current[entry_id]}

    def _people(self, connection: Connection, rows: Sequence[Facts]) -> dict[str, list[str]]:
        vault = self.context.vault
        names = {name_key(vault, f.director): f.director for f in rows if f.director}
        query = (
            select(persons.c.name_key, persons.c.id)
            .where(persons.c.name_key.in_(names), persons.c.left_on.is_(None))
            .order_by(persons.c.handle)
        )
        found: dict[str, list[str]] = defaultdict(list)
        for key, id_ in connection.execute(query):
            found[names[key]].append(id_)
        return found

    def _near(self, people: Sequence[str], lives_in: str) -> list[str]:
        """Answer those who hold a post of the role, in the township if anybody does."""
        holders = [id_ for id_ in people if self._posts_of.get(id_)]
        near = [
            id_
            for id_ in holders
            if any(region[:TOWN] == lives_in[:TOWN] for region in self._posts_of[id_])
        ]
        return near or holders
