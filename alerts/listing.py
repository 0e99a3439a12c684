"""What all lists made for the office share: what they cover, names of places, who holds a post."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select

from alerts.directory import OPERATOR, Directory, assigned_by_name
from alerts.in_force import InForce
from alerts.recipients import Ladder, Subject
from alerts.tables import alerts
from alerts.wording import day_text, joined, role_text
from config.language import catalogue
from config.lean import dataclass
from ledgers.access.scopes import Scope
from ledgers.regions import load_regions

_ = catalogue("alerts")

_TOWN = 9

WIDTHS: Mapping[int, float] = {0: 14, 1: 14, 2: 12, 3: 12}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an export covers: a division, and the day it is made on.

    `scope`: only what lies in these divisions as well; None: it may cover all.
    """

    in_force: InForce
    today: date
    region: str = ""
    scope: Scope | None = None

    @property
    def places(self) -> frozenset[str] | None:
        """The divisions outside of which nothing is listed; None: there are none."""
        return None if self.scope is None else self.scope.regions

    def covers(self, place: ColumnElement[Any]) -> ColumnElement[bool]:
        """Answer the condition that a column of division codes lies in what is covered."""
        of_region = place.startswith(self.region, autoescape=True)
        return of_region if self.scope is None else and_(of_region, self.scope.where(place))


@dataclass(frozen=True, slots=True)
class Places:
    """Names of divisions, and who holds the village's post."""

    names: Mapping[str, str]
    ladder: Ladder
    role: str | None
    title: str
    handles: Mapping[str, str]

    @classmethod
    def load(cls, connection: Connection, asked: Asked) -> "Places":
        """Read all of it in a few queries, whatever the number of entries."""
        configuration = asked.in_force.configuration
        roles = configuration.roles
        role = next((name for name, one in roles.items() if one.level == "village"), None)
        directory = Directory.load(connection, asked.today)
        by_name = _assigned(connection, asked)
        return cls(
            names={region.code: region.name for region in load_regions(connection)},
            ladder=Ladder.of(configuration, directory, by_name),
            role=role,
            title=role_text(roles, role or OPERATOR),
            handles={person.id: person.handle for person in directory.persons.values()},
        )

    def of(self, lives_in: str) -> tuple[str, str]:
        """Answer the names of township and village, or their codes."""
        town, village = lives_in[:_TOWN], lives_in if len(lives_in) > _TOWN else ""
        return self.names.get(town, town), self.names.get(village, village)

    def director(self, entry_id: str, lives_in: str) -> str:
        """Answer the handles of those who hold the post, or that nobody does."""
        if self.role is None:
            return ""
        found = self.ladder.recipients(self.role, Subject(entry_id, lives_in))
        if found.gaps:
            return _("vacant")
        return joined(self.handles.get(one.person, "") for one in found.recipients)


def _assigned(connection: Connection, asked: Asked) -> dict[tuple[str, str], tuple[str, ...]]:
    query = select(alerts.c.entry_id).where(alerts.c.closed_at.is_(None)).distinct()
    ids: Iterable[str] = connection.scalars(query)
    return assigned_by_name(connection, sorted(ids), asked.today)


def place_headings() -> tuple[str, str]:
    """Answer the headings of the columns that `Places.of` fills."""
    return _("township"), _("village")


def made_on(asked: Asked) -> str:
    """Answer the note that says of which day a list is."""
    return _("As of %(day)s.") % {"day": day_text(asked.today)}
