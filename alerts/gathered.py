"""What the pages of one batch of notices need alike, read from the database once for all of them."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection

from alerts.contents import count_older, populations, region_names
from alerts.items import informing
from alerts.lines import Strength
from alerts.matters import OpenMatter, still_open
from config.model import Configuration


class Gathered:
    """Lives as long as one unit of work. Nothing is read before a page first asks for it."""

    def __init__(
        self, connection: Connection, configuration: Configuration, notice_ids: Collection[str]
    ) -> None:
        self.connection = connection
        self.strength = Strength.of(configuration)
        self._informing = informing(configuration)
        self._populations: dict[str, int] = {}
        self._notice_ids = notice_ids
        self._asked: set[str] = set()
        self._names: dict[str, str] = {}
        self._matters: dict[str, list[OpenMatter]] = {}
        self._older: Mapping[str, Mapping[str, int]] | None = None

    def names(self, codes: Iterable[str]) -> Mapping[str, str]:
        """Answer names of divisions, at least those of `codes`; one that is not known is missing."""
        new = set(codes) - self._asked
        if new:
            self._asked |= new
            self._names |= region_names(self.connection, new)
        return self._names

    def matters(self, role: str) -> list[OpenMatter]:
        """Answer the open matters that a role is told."""
        if role not in self._matters:
            self._matters[role] = still_open(self.connection, role=role)
        return self._matters[role]

    def older(self, notice_id: str) -> Mapping[str, int]:
        """Count open alerts told before to the notice's person and not in it, by who was told."""
        if self._older is None:
            self._older = count_older(self.connection, self._notice_ids, self._informing)
        return self._older[notice_id]

    def populations(self, places: Iterable[str]) -> Mapping[str, int]:
        """Count the children in the ledger, at least of the villages of `places`."""
        new = set(places) - self._populations.keys()
        if new:
            found = populations(self.connection, new)
            self._populations |= {place: found.get(place, 0) for place in new}
        return self._populations
