"""Who holds which post, who is away, who stands in, and who has an address: one day's snapshot."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, Connection, Date, and_, bindparam, or_, select
from sqlalchemy.sql.schema import Column

from channels.registry import traits_of
from config.channels.types import ChannelSettings
from config.lean import dataclass
from config.model import Configuration
from ledgers.tables import assignments, deputies, leaves, persons, post_holdings, posts

OPERATOR = "operator"
"""Handle of the person, and name of the role, that is the last rung of every ladder."""

GROUP = "group:"
"""Before a channel's name: handle of the group that a robot speaks to, and its kind of address."""

_BATCH = 500
"""Ids in one IN list: well under SQLite's limit of bound values."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be told. `reach` names the kinds of address they have, never the address.

    `prefers` is a channel they asked for; it counts where the site's routes have it too.
    """

    id: str
    handle: str
    reach: frozenset[str] = frozenset()
    language: str | None = None
    prefers: str | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """All persons who have not left, and what ties them to posts on one day.

    `holders` is by (role, region) and may name persons who have left: their deputies stand in.
    Persons in `away` are on leave that day.
    """

    persons: Mapping[str, Person]
    holders: Mapping[tuple[str, str], tuple[str, ...]]
    deputies: Mapping[str, tuple[str, ...]]
    away: frozenset[str]
    operator: str | None

    @classmethod
    def load(cls, connection: Connection, day: date) -> "Directory":
        """Read the snapshot in four queries, whatever the number of entries."""
        people = _persons(connection, day)
        holders: dict[tuple[str, str], list[str]] = defaultdict(list)
        for role, region, person in _holdings(connection, day):
            holders[role, region].append(person)
        stand_ins: dict[str, list[str]] = defaultdict(list)
        for row in connection.execute(_DEPUTIES, {"day": day}):
            if row.deputy_id in people:
                stand_ins[row.person_id].append(row.deputy_id)
        return cls(
            people,
            {key: tuple(ids) for key, ids in holders.items()},
            {key: tuple(ids) for key, ids in stand_ins.items()},
            frozenset(connection.scalars(_ON_LEAVE, {"day": day})),
            next((p.id for p in people.values() if p.handle == OPERATOR), None),
        )

    def is_present(self, person: str) -> bool:
        """Say whether somebody is here that day: neither gone nor on leave."""
        return person in self.persons and person not in self.away

    def is_group(self, person: str) -> bool:
        """Say whether it is no person but a group of readers."""
        known = self.persons.get(person)
        return known is not None and known.handle.startswith(GROUP)

    def region_holders(self, role: str, place: str) -> tuple[str, ...]:
        """Answer the holders of the role's post with the longest region that contains `place`."""
        for length in range(len(place), 0, -1):
            if found := self.holders.get((role, place[:length])):
                return found
        return ()


@dataclass(frozen=True, slots=True)
class RouteTable:
    """Which channels each role uses, in order, and what kind of address each needs."""

    routes: Mapping[str, tuple[tuple[str, str], ...]]

    @classmethod
    def of(cls, configuration: Configuration, *, urgent: bool = False) -> "RouteTable":
        """Read it from the configuration; `relay` and channels that are not there are left out."""
        kinds = {
            name: _address_kind(name, settings) for name, settings in configuration.channels.items()
        }
        table = {
            role: tuple(
                (name, kinds[name])
                for name in configuration.delivery.routes_of(role, urgent=urgent)
                if name in kinds
            )
            for role in {**configuration.delivery.routes, **configuration.delivery.urgent_routes}
        }
        personal = [pair for pair in kinds.items() if not pair[1].startswith(GROUP)]
        table.setdefault(OPERATOR, tuple(sorted(personal, key=lambda pair: pair[1] != "email")))
        return cls(table)

    def avoiding(self, channels: Collection[str]) -> "RouteTable":
        """Answer the table with some channels last for the operator, who is to hear about them."""
        last = sorted(self.routes.get(OPERATOR, ()), key=lambda pair: pair[0] in channels)
        return replace(self, routes={**self.routes, OPERATOR: tuple(last)})

    def channel(
        self, person: Person, role: str, *, tried: frozenset[str] = frozenset()
    ) -> str | None:
        """Answer the first untried channel of the role for which the person has an address."""
        untried = (name for name in self.channels(person, role) if name not in tried)
        return next(untried, None)

    def channels(self, person: Person, role: str) -> list[str]:
        """Answer the channels of a role for which a person has an address.

        What they prefer comes first, if the role has it.
        """
        usable = [name for name, kind in self.routes.get(role, ()) if kind in person.reach]
        return sorted(usable, key=lambda name: name != person.prefers)

    def address_kind(self, channel: str) -> str | None:
        """Answer the kind of address a channel needs; None if no role uses the channel."""
        pairs = (pair for route in self.routes.values() for pair in route)
        return next((kind for name, kind in pairs if name == channel), None)


def _address_kind(name: str, settings: ChannelSettings) -> str:
    """Answer the kind of address a channel needs; a group's is its own channel."""
    address = traits_of(settings.type, settings.model_dump()).address
    return GROUP + name if address is None else address.value


def assigned_by_name(
    connection: Connection, entry_ids: Sequence[str], day: date
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Answer who holds entries by name on a day, by (entry, role)."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for batch in batches(entry_ids):
        rows = connection.execute(
            select(assignments.c.entry_id, assignments.c.role, assignments.c.person_id)
            .where(
                assignments.c.entry_id.in_(batch),
                holds(assignments.c.held_from, assignments.c.held_to, day),
            )
            .order_by(assignments.c.entry_id, assignments.c.role, assignments.c.person_id)
        )
        for row in rows:
            found[row.entry_id, row.role].append(row.person_id)
    return {key: tuple(ids) for key, ids in found.items()}


def batches(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    """Cut ids into lists that fit one statement."""
    for at in range(0, len(ids), _BATCH):
        yield ids[at : at + _BATCH]


def _persons(connection: Connection, day: date) -> dict[str, Person]:
    rows = connection.execute(_PEOPLE, {"day": day})
    kinds = ("email", "phone", "wecom")
    return {
        row.id: Person(
            row.id,
            row.handle,
            _reach(row.handle, [kind for kind in kinds if getattr(row, kind)]),
            row.language,
            row.prefers,
        )
        for row in rows
    }


def _reach(handle: str, kinds: Sequence[str]) -> frozenset[str]:
    """Answer the kinds of address somebody has; a group is its own."""
    return frozenset([*kinds, handle] if handle.startswith(GROUP) else kinds)


def _holdings(connection: Connection, day: date) -> Iterable[tuple[str, str, str]]:
    rows = connection.execute(_HOLDINGS, {"day": day})
    return ((row.role, row.region, row.person_id) for row in rows)


def holds(
    start: Column[Date], end: Column[Date], day: date | BindParameter[date]
) -> ColumnElement[bool]:
    """Both days included; an open end holds for ever."""
    return and_(start <= day, or_(end.is_(None), end >= day))


# Written once: every slot asks these, and a statement costs more to write than to run.
_DAY = bindparam("day", type_=Date)
_PEOPLE = (
    select(
        persons.c.id,
        persons.c.handle,
        persons.c.language,
        persons.c.prefers,
        persons.c.sealed_email.is_not(None).label("email"),
        persons.c.sealed_phone.is_not(None).label("phone"),
        persons.c.sealed_wecom.is_not(None).label("wecom"),
    )
    .where(or_(persons.c.left_on.is_(None), persons.c.left_on > _DAY))
    .order_by(persons.c.handle)
)
_HOLDINGS = (
    select(posts.c.role, posts.c.region, post_holdings.c.person_id)
    .join(post_holdings, post_holdings.c.post_id == posts.c.id)
    .where(holds(post_holdings.c.held_from, post_holdings.c.held_to, _DAY))
    .order_by(posts.c.role, posts.c.region, post_holdings.c.person_id)
)
_DEPUTIES = (
    select(deputies.c.person_id, deputies.c.deputy_id)
    .where(holds(deputies.c.held_from, deputies.c.held_to, _DAY))
    .order_by(deputies.c.held_from, deputies.c.deputy_id)
)
_ON_LEAVE = select(leaves.c.person_id).where(holds(leaves.c.from_on, leaves.c.to_on, _DAY))
