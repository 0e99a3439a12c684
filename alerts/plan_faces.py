"""Who is told at a place, under labels: places where it works the same way are rehearsed as one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from datetime import date

from sqlalchemy import Connection

from alerts.cohorts import Member
from alerts.directory import OPERATOR, Directory, RouteTable, assigned_by_name
from alerts.handovers import HandOvers
from alerts.in_force import InForce
from alerts.newcomers import Newcomer, Newcomers
from alerts.quieted import Silence, Silences
from alerts.recipients import Addressee, Found, Ladder, Recipient, Subject
from config.lean import dataclass
from config.model import Configuration

_NOBODY = Directory({}, {}, {}, frozenset(), None)
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a slot asks about the persons of a place, all by labels. Equal scenes end equally.

    `readdressed` are persons already chosen, by role; `deferred_to` is until when an ended silence
    held things back, `rested` until when one over a person did. `graces` are by role what is kept
    from it, `came` since when a role is others' than before.
    """

    asked: tuple[tuple[str, Found], ...]
    readdressed: tuple[tuple[str, str, Recipient], ...]
    full: frozenset[str]
    silenced: frozenset[str]
    deferred_to: date | None
    rested: frozenset[tuple[str, date]] = frozenset()
    graces: tuple[tuple[str, Newcomer], ...] = ()
    came: tuple[tuple[str, date], ...] = ()

    @property
    def is_of_rule(self) -> bool:
        """Say whether it holds for one rule only."""
        return self.deferred_to is not None or bool(self.graces)

    def serves(self, role: str) -> bool:
        """Say whether a slot of `role` changes anything here."""
        return bool(self.readdressed) or any(
            _is_served(found, asked, role) for asked, found in self.asked
        )

    def is_full(self, label: str) -> bool:
        """Say whether somebody gets no further message in this period."""
        return label in self.full

    def ladder(self, configuration: Configuration) -> Ladder:
        """Answer a ladder that knows this place only."""
        return _PlaceLadder(_NOBODY, configuration.roles, RouteTable({}), {}, self)

    def silences(self, rule: str) -> Silences:
        """Answer the silences as they lie over this place."""
        now = tuple(Silence("person", label, date.max) for label in sorted(self.silenced))
        past = [Silence("person", label, to_on) for label, to_on in sorted(self.rested)]
        if self.deferred_to is not None:
            past.append(Silence("rule", rule, self.deferred_to))
        return Silences(now, tuple(past))

    def newcomers(self, configuration: Configuration) -> Newcomers:
        """Answer who is new, as it is known of this place."""
        return _PlaceNewcomers(configuration, self.ladder(configuration), HandOvers(), self)


@dataclass(frozen=True)
class _PlaceLadder(Ladder):
    scene: Scene = field(kw_only=False, default=Scene((), (), frozenset(), frozenset(), None))

    def recipients(self, role: str, subject: Subject, *, recorded_by: str | None = None) -> Found:
        return next(found for asked, found in self.scene.asked if asked == role)

    def readdressed(self, person: str, role: str, subject: Subject) -> Recipient:
        return next(
            one for label, asked, one in self.scene.readdressed if (label, asked) == (person, role)
        )


@dataclass(frozen=True)
class _PlaceNewcomers(Newcomers):
    scene: Scene

    def below(self, rule: str, role: str, subject: Subject) -> Newcomer | None:
        return dict(self.scene.graces).get(role)

    def known_from(self, role: str, subject: Subject) -> date | None:
        return dict(self.scene.came).get(role)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a slot asks of a place for one rule: roles, and those (label, role) chosen before."""

    rule: str
    roles: tuple[str, ...]
    chosen: tuple[tuple[str, str], ...]
    silences: Silences
    deferred_to: date | None


@dataclass(slots=True)
class Faces:
    """Gives labels to the persons of each place: who stays keeps theirs, whoever comes gets a new one.

    `seen` counts how often something about posts was another than before.
    """

    seen: int = 0
    _scenes: dict[Scene, Scene] = field(default_factory=dict)
    _labels: dict[_Key, dict[str, str]] = field(default_factory=dict)
    _ladder: Ladder | None = None
    _newcomers: Newcomers | None = None
    _found: dict[tuple[_Key, str], tuple[Found, tuple[str, ...]]] = field(default_factory=dict)
    _plain: dict[tuple[_Key, tuple[str, ...]], Scene] = field(default_factory=dict)
    _reached: dict[tuple[Member, str, str], Addressee | None] = field(default_factory=dict)

    def look(
        self, connection: Connection, in_force: InForce, named: Sequence[str], day: date
    ) -> None:
        """See who holds which post on a day; as long as nothing changes, all answers are kept."""
        directory = Directory.load(connection, day)
        assigned = assigned_by_name(connection, named, day)
        hand_overs = HandOvers.on(connection, day, named)
        known = self._ladder
        if known is None or (known.directory, known.assigned) != (directory, assigned):
            self._ladder = Ladder.of(in_force.configuration, directory, assigned)
            self._found.clear()
            self._plain.clear()
            self._reached.clear()
            self.seen += 1
        self._newcomers = Newcomers(in_force.configuration, self._now, hand_overs)

    def label(self, member: Member, person: str) -> str:
        """Answer the label of a person at a place."""
        labels = self._labels.setdefault(_key(member), {})
        return labels.setdefault(person, f"p{len(labels)}")

    def has_new(self, member: Member) -> bool:
        """Say whether a role changed hands lately for whoever is at a place."""
        new, subject = self._new, _subject(member)
        return bool(new.hand_overs) and any(
            new.known_from(role, subject) is not None for role in new.ladder.roles
        )

    def new_at(self, member: Member, role: str) -> frozenset[str]:
        """Answer the labels of those who came new to a role."""
        people = self._new.at(role, _subject(member))
        return frozenset(self.label(member, person) for person in people)

    def scene(self, member: Member, asked: Asked, full: Callable[[str], bool] | None) -> Scene:
        """Answer how a place looks to a slot.

        `full` is None where nobody's messages are limited.
        """
        quiet = asked.silences
        is_quiet = bool(quiet.now or quiet.past)
        is_new = self.has_new(member)
        if not (asked.chosen or full or is_quiet or asked.deferred_to or is_new):
            return self.plain_scene(member, asked.roles)
        roles = tuple(dict.fromkeys((*asked.roles, *(role for _label, role in asked.chosen))))
        answers = [(role, *self._ask(member, role)) for role in roles]
        persons = {person for _role, _found, of in answers for person in of}
        readdressed = []
        for label, role in asked.chosen:
            person = self._person(member, label)
            real = self._now.readdressed(person, role, _subject(member))
            readdressed.append((label, role, self._labelled(member, real)))
            persons |= {person} | ({real.addressee.person} if real.addressee else set())
        rested = ((self.label(member, one), quiet.rested(one)) for one in persons if is_quiet)
        return Scene(
            asked=tuple((role, found) for role, found, _of in answers),
            readdressed=tuple(readdressed),
            full=frozenset(self.label(member, one) for one in persons if full and full(one)),
            silenced=frozenset(
                self.label(member, one) for one in persons if quiet.cover_person(one)
            )
            if quiet.now
            else frozenset(),
            deferred_to=asked.deferred_to,
            rested=frozenset((label, day) for label, day in rested if day is not None),
            graces=tuple(self._graces(member, asked.rule, roles)) if is_new else (),
            came=tuple(self._came(member)) if is_new else (),
        )

    def _graces(
        self, member: Member, rule: str, roles: tuple[str, ...]
    ) -> Iterator[tuple[str, Newcomer]]:
        for role in roles:
            new = self._new.below(rule, role, _subject(member))
            if new is not None:
                yield role, new

    def _came(self, member: Member) -> Iterator[tuple[str, date]]:
        for role in self._now.roles:
            since = self._new.known_from(role, _subject(member))
            if since is not None:
                yield role, since

    def plain_scene(self, member: Member, asked: tuple[str, ...]) -> Scene:
        """Answer how a place looks if only its posts count; equal ones are the same object."""
        key = (_key(member), asked)
        if key not in self._plain:
            answers = tuple((role, self._ask(member, role)[0]) for role in asked)
            scene = Scene(answers, (), frozenset(), frozenset(), None)
            self._plain[key] = self._scenes.setdefault(scene, scene)
        return self._plain[key]

    def actual(self, member: Member, label: str, role: str) -> Addressee | None:
        """Answer who really gets the message of a labelled recipient."""
        key = (member, label, role)
        if key not in self._reached:
            person = self._person(member, label)
            found = self._now.readdressed(person, role, _subject(member))
            self._reached[key] = found.addressee
        return self._reached[key]

    @property
    def _now(self) -> Ladder:
        assert self._ladder is not None  # noqa: S101  # `look` comes first
        return self._ladder

    @property
    def _new(self) -> Newcomers:
        assert self._newcomers is not None  # noqa: S101  # `look` comes first
        return self._newcomers

    def _ask(self, member: Member, role: str) -> tuple[Found, tuple[str, ...]]:
        key = (_key(member), role)
        if key not in self._found:
            real = self._now.recipients(role, _subject(member))
            labelled = tuple(self._labelled(member, one) for one in real.recipients)
            persons = {one.person for one in real.recipients} | {
                one.addressee.person for one in real.recipients if one.addressee
            }
            self._found[key] = Found(labelled, ()), tuple(sorted(persons))
        return self._found[key]

    def _labelled(self, member: Member, real: Recipient) -> Recipient:
        addressee = real.addressee
        if addressee is not None:
            person = self.label(member, addressee.person)
            addressee = Addressee(person, addressee.role, "")
        return Recipient(self.label(member, real.person), real.role, addressee)

    def _person(self, member: Member, label: str) -> str:
        labels = self._labels[_key(member)]
        return next(person for person, known in labels.items() if known == label)


def _key(member: Member) -> _Key:
    return member.entry_id, member.place


def _subject(member: Member) -> Subject:
    return Subject(member.entry_id, member.place)


def _is_served(found: Found, asked: str, role: str) -> bool:
    """Say whether somebody of a role's slot is told, or passes it on, or nobody can be told."""
    addressees = [one.addressee for one in found.recipients if one.addressee is not None]
    return (
        any(a.role == role or (a.role == OPERATOR and asked == role) for a in addressees)
        or len(addressees) < len(found.recipients)
        or not found.recipients
    )
