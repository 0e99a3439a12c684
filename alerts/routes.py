"""The next route of a notice that its channel will not take: another channel, or another person."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from alerts.claims import Claim
from alerts.directory import Directory
from alerts.recipients import Ladder, Subject
from alerts.rerouting import Reroute
from alerts.tables import alerts, tellings
from config.lean import dataclass
from config.model import Configuration
from ledgers.tables import entries

RELAY = "relay"


@dataclass(frozen=True, slots=True)
class ConfiguredRoutes:
    """Routes as the configuration orders them (`alerts.settle.Routes`).

    First the person's further channels under the role; then, where the role's routes name `relay`,
    whoever stands above them and can be reached passes it on.
    """

    configuration: Configuration
    zone: ZoneInfo

    def after(
        self, connection: Connection, claim: Claim, tried: frozenset[str], *, now: datetime
    ) -> Reroute | None:
        """Answer the next route, or None when all are used up."""
        directory = Directory.load(connection, now.astimezone(self.zone).date())
        ladder = Ladder.of(self.configuration, directory, urgent=claim.urgent)
        person = directory.persons.get(claim.person_id)
        channel = person and ladder.routes.channel(person, claim.role, tried=tried)
        if channel:
            return Reroute(channel, claim.person_id, claim.role)
        if directory.is_group(claim.person_id):
            return None
        if RELAY not in self.configuration.delivery.routes_of(claim.role, urgent=claim.urgent):
            return None
        return self._relayed(ladder, claim, _place_of(connection, claim.notice_id))

    def _relayed(self, ladder: Ladder, claim: Claim, place: str | None) -> Reroute | None:
        if place is None:
            return None
        above = ladder.rungs(claim.role)
        next(above)
        for rung in above:
            for recipient in ladder.recipients(rung, Subject("", place)).recipients:
                addressee = recipient.addressee
                if addressee is None or ladder.directory.is_group(addressee.person):
                    continue
                if addressee.person != claim.person_id:
                    return Reroute(addressee.channel, addressee.person, rung, relayed=True)
        return None


def _place_of(connection: Connection, notice_id: str) -> str | None:
    """Answer where one of the notice's entries lives: all of a director's lie in one township."""
    row: Row[str] | None = connection.execute(
        select(entries.c.lives_in)
        .join(alerts, alerts.c.entry_id == entries.c.id)
        .join(tellings, tellings.c.alert_id == alerts.c.id)
        .where(tellings.c.notice_id == notice_id)
        .order_by(entries.c.lives_in)
        .limit(1)
    ).one_or_none()
    return None if row is None else str(row.lives_in)
