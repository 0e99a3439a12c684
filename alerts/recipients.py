"""Who is told: the one function that check, plan, explain and delivery all ask (DESIGN.md 3a)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date

from sqlalchemy import Connection

from alerts.breaker import paused
from alerts.directory import GROUP, OPERATOR, Directory, Person, RouteTable
from config.group_channels import group_channels
from config.lean import dataclass
from config.model import Configuration, Role

LEVEL_DIGITS = {"village": 12, "township": 9, "county": 6, "city": 4, "province": 2}
"""How much of a division code names the region of a role's post."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An entry, as far as it decides who is told. `place` is the region the rule goes by."""

    entry_id: str
    place: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who gets the message, on which channel, under which role."""

    person: str
    role: str
    channel: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person to be told, and the rung (`role`) at which they were found.

    `addressee` is themselves, or the one who passes it on to them; None: nobody up to the operator
    has an address.
    """

    person: str
    role: str
    addressee: Addressee | None

    @property
    def via(self) -> str | None:
        """The person who passes it on; None if it goes to them directly."""
        if self.addressee is None or self.addressee.person == self.person:
            return None
        return self.addressee.person


@dataclass(frozen=True, slots=True)
class Gap:
    """A rung where nobody could be told: the post of `role` for `region`."""

    role: str
    region: str


@dataclass(frozen=True, slots=True)
class Found:
    """The answer: whom to tell, and the rungs passed on the way up that had nobody."""

    recipients: tuple[Recipient, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Ladder:
    """Answers who is told, from a snapshot: no query per entry.

    `assigned` holds the persons given entries by name, by (entry, role); `groups` the groups of
    readers by (role, region).
    """

    directory: Directory
    roles: Mapping[str, Role]
    routes: RouteTable
    assigned: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    groups: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict, kw_only=True)

    @classmethod
    def of(
        cls,
        configuration: Configuration,
        directory: Directory,
        assigned: Mapping[tuple[str, str], Sequence[str]] | None = None,
        *,
        urgent: bool = False,
    ) -> "Ladder":
        """Put a snapshot and the configuration together; urgent messages may have other routes."""
        routes = RouteTable.of(configuration, urgent=urgent)
        groups = groups_of(configuration, directory)
        return cls(directory, configuration.roles, routes, assigned or {}, groups=groups)

    @classmethod
    def to_operator(
        cls, connection: Connection, configuration: Configuration, day: date
    ) -> "Ladder":
        """Put together what reaches the operator, over a channel that works if there is one."""
        found = cls.of(configuration, Directory.load(connection, day))
        return replace(found, routes=found.routes.avoiding(paused(connection)))

    def recipients(self, role: str, subject: Subject, *, recorded_by: str | None = None) -> Found:
        """Answer whom to tell of an entry under a role.

        1. persons assigned by name with the role, else the holders of the longest-prefix post;
        2. one who is absent (left, on leave, without a usable address) is replaced by a deputy,
           one hop; without one, the absent drop out, but who only lacks an address is relayed;
        3. nobody left: the next rung up, with a gap for this one; the last rung is the operator.

        Whoever recorded the act (`recorded_by`) is not told of it, nor is anybody in their place.
        Groups of the role and place are told beside them, and fill no rung.
        """
        gaps: list[Gap] = []
        groups = self._groups(role, subject)
        for rung in self.rungs(role):
            if found := self._at_rung(rung, subject):
                told = tuple(
                    Recipient(person, rung, self._addressee(person, rung, subject))
                    for person in found
                    if person != recorded_by
                )
                return Found(told + groups, tuple(gaps))
            if rung != OPERATOR:
                gaps.append(Gap(rung, subject.place[: LEVEL_DIGITS[self.roles[rung].level]]))
        return Found(groups, tuple(gaps))

    def readdressed(self, person: str, role: str, subject: Subject) -> Recipient:
        """Answer how a person already chosen is reached now."""
        return Recipient(person, role, self._addressee(person, role, subject))

    def channels(self, person: str, role: str) -> list[str]:
        """Answer all channels that reach a person under a role, what they prefer first."""
        known = self.directory.persons.get(person)
        return [] if known is None else self.routes.channels(known, role)

    def rungs(self, role: str) -> Iterator[str]:
        """Yield a role, those above it, and the operator; a circle in `up` is cut."""
        seen: set[str] = set()
        rung: str | None = role
        while rung is not None and rung in self.roles and rung not in seen:
            seen.add(rung)
            yield rung
            rung = self.roles[rung].up
        yield OPERATOR

    def is_filled(self, gap: Gap) -> bool:
        """Say whether somebody can now be told at a rung that had nobody."""
        return bool(self._at_rung(gap.role, Subject("", gap.region)))

    def _groups(self, role: str, subject: Subject) -> tuple[Recipient, ...]:
        """Answer the groups that share the role's messages: those of every division it lies in."""
        places = {subject.place[:length] for length in LEVEL_DIGITS.values()}
        found = [group for place in sorted(places) for group in self.groups.get((role, place), ())]
        reached = ((group, self._channel(group, role)) for group in found)
        return tuple(
            Recipient(group, role, Addressee(group, role, channel))
            for group, channel in reached
            if channel is not None
        )

    def _at_rung(self, rung: str, subject: Subject) -> tuple[str, ...]:
        if rung == OPERATOR:
            operator = self.directory.operator
            return () if operator is None else (operator,)
        named = self._present(self.assigned.get((subject.entry_id, rung), ()), rung)
        return named or self._present(self.directory.region_holders(rung, subject.place), rung)

    def _present(self, persons: Sequence[str], rung: str) -> tuple[str, ...]:
        """Replace the absent by their deputies, each person once, in a stable order."""
        kept: dict[str, None] = {}
        for person in persons:
            if self.directory.is_present(person) and self._channel(person, rung):
                kept[person] = None
            elif stand_in := self._deputy(person, rung):
                kept[stand_in] = None
            elif self.directory.is_present(person):
                kept[person] = None
        return tuple(kept)

    def _deputy(self, person: str, rung: str) -> str | None:
        """Answer a deputy who is here, rather one with an address."""
        here = [d for d in self.directory.deputies.get(person, ()) if self.directory.is_present(d)]
        reachable = [deputy for deputy in here if self._channel(deputy, rung)]
        if reachable:
            return reachable[0]
        on_leave = not self.directory.is_present(person)
        return here[0] if here and on_leave else None

    def _addressee(self, person: str, rung: str, subject: Subject) -> Addressee | None:
        """Answer who gets the message; nobody passes on what was for a group."""
        if channel := self._channel(person, rung):
            return Addressee(person, rung, channel)
        if self.directory.is_group(person):
            return None
        above = self.rungs(rung)
        next(above)
        for higher in above:
            for candidate in self._at_rung(higher, subject):
                channel = self._channel(candidate, higher)
                if channel and candidate != person:
                    return Addressee(candidate, higher, channel)
        return None

    def _channel(self, person: str, rung: str) -> str | None:
        known: Person | None = self.directory.persons.get(person)
        return None if known is None else self.routes.channel(known, rung)


def groups_of(
    configuration: Configuration, directory: Directory
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Answer the groups of readers that the configuration names, by (role, region)."""
    known = {person.handle: person.id for person in directory.persons.values()}
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for name, group in group_channels(configuration).items():
        person = known.get(GROUP + name)
        if person and group.role and group.region:
            key = group.role, group.region
            found[key] = (*found.get(key, ()), person)
    return found
