"""Who is told at a place, under labels: places where it works the same way are rehearsed as one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from alerts.cohorts import Member
from alerts.directory import OPERATOR, Directory, RouteTable, assigned_by_name
from alerts.in_force import InForce
from alerts.quieted import Silence, Silences
from alerts.recipients import Addressee, Found, Ladder, Recipient, Subject
from config.model import Configuration

_NOBODY = Directory({}, {}, {}, frozenset(), None)
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a slot asks about the persons of a place, all by labels. Equal scenes end equally.

    `readdressed` are persons already chosen, by role; `deferred_to` is until when an ended silence
    held things back.
    """

    asked: tuple[tuple[str, Found], ...]
    readdressed: tuple[tuple[str, str, Recipient], ...]
    full: frozenset[str]
    silenced: frozenset[str]
    deferred_to: date | None

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
        past = () if self.deferred_to is None else (Silence("rule", rule, self.deferred_to),)
        return Silences(now, past)


@dataclass(frozen=True)
class _PlaceLadder(Ladder):
    scene: Scene = field(kw_only=False, default=Scene((), (), frozenset(), frozenset(), None))

    def recipients(self, role: str, subject: Subject, *, recorded_by: str | None = None) -> Found:
        return next(found for asked, found in self.scene.asked if asked == role)

    def readdressed(self, person: str, role: str, subject: Subject) -> Recipient:
        return next(
            one for label, asked, one in self.scene.readdressed if (label, asked) == (person, role)
        )


@dataclass(slots=True)
class Faces:
    """Gives labels to the persons of each place: who stays keeps theirs, whoever comes gets a new one.

    `seen` counts how often something about posts was another than before.
    """

    seen: int = 0
    _scenes: dict[Scene, Scene] = field(default_factory=dict)
    _labels: dict[_Key, dict[str, str]] = field(default_factory=dict)
    _ladder: Ladder | None = None
    _found: dict[tuple[_Key, str], tuple[Found, tuple[str, ...]]] = field(default_factory=dict)
    _plain: dict[tuple[_Key, tuple[str, ...]], Scene] = field(default_factory=dict)
    _reached: dict[tuple[Member, str, str], Addressee | None] = field(default_factory=dict)

    def look(
        self, connection: Connection, in_force: InForce, named: Sequence[str], day: date
    ) -> None:
        """See who holds which post on a day; as long as nothing changes, all answers are kept."""
        directory = Directory.load(connection, day)
        assigned = assigned_by_name(connection, named, day)
        known = self._ladder
        if known is None or (known.directory, known.assigned) != (directory, assigned):
            self._ladder = Ladder.of(in_force.configuration, directory, assigned)
            self._found.clear()
            self._plain.clear()
            self._reached.clear()
            self.seen += 1

    def label(self, member: Member, person: str) -> str:
        """Answer the label of a person at a place."""
        labels = self._labels.setdefault(_key(member), {})
        return labels.setdefault(person, f"p{len(labels)}")

    def scene(
        self,
        member: Member,
        wanted: tuple[tuple[str, ...], tuple[tuple[str, str], ...]],
        full: Callable[[str], bool] | None,
        silences: Silences,
        deferred_to: date | None,
    ) -> Scene:
        """Answer how a place looks to a slot: roles asked, and (label, role) of those chosen before.

        `full` is None where nobody's messages are limited.
        """
        asked, chosen = wanted
        if not chosen and full is None and not silences.now and deferred_to is None:
            return self.plain_scene(member, asked)
        answers = [(role, *self._ask(member, role)) for role in asked]
        persons = {person for _role, _found, of in answers for person in of}
        readdressed = []
        for label, role in chosen:
            person = self._person(member, label)
            real = self._now.readdressed(person, role, _subject(member))
            readdressed.append((label, role, self._labelled(member, real)))
            persons |= {person} | ({real.addressee.person} if real.addressee else set())
        return Scene(
            asked=tuple((role, found) for role, found, _of in answers),
            readdressed=tuple(readdressed),
            full=frozenset(self.label(member, one) for one in persons if full and full(one)),
            silenced=frozenset(
                self.label(member, one) for one in persons if silences.cover_person(one)
            )
            if silences.now
            else frozenset(),
            deferred_to=deferred_to,
        )

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
