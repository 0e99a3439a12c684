"""What stands in a notice and is not said after all, today: put off, or others' concern by now."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from alerts.directory import Directory, assigned_by_name
from alerts.handovers import HandOvers
from alerts.newcomers import Newcomers
from alerts.quieted import Silences
from alerts.recipients import Ladder, Subject
from config.lean import dataclass
from config.model import Configuration

_NOBODY = Directory({}, {}, {}, frozenset(), None)


@dataclass(frozen=True, slots=True)
class PutOff:
    """What is not said today though it stands in a notice."""

    silences: Silences
    newcomers: Newcomers
    today: date

    @classmethod
    def read(
        cls,
        connection: Connection,
        configuration: Configuration,
        rows: Sequence[Row[Any]],
        today: date,
    ) -> "PutOff":
        """Read who has come new; whoever holds what only if somebody has."""
        entry_ids = sorted({row.entry_id for row in rows})
        hand_overs = HandOvers.on(connection, today, entry_ids)
        directory = Directory.load(connection, today) if hand_overs else _NOBODY
        assigned = assigned_by_name(connection, entry_ids, today) if hand_overs else {}
        ladder = Ladder.of(configuration, directory, assigned)
        newcomers = Newcomers(configuration, ladder, hand_overs)
        return cls(Silences.on(connection, today), newcomers, today)

    def has(self, row: Row[Any]) -> bool:
        """Say whether a telling is to wait, or is no concern of its person any more."""
        if row.deferred_until is not None and row.deferred_until >= self.today:
            return True
        if self.silences.cover(row) or self.silences.cover_person(row.person_id):
            return True
        if not self.newcomers.hand_overs:
            return False
        rule = self.newcomers.configuration.rules.get(row.rule)
        by_registration = rule is not None and rule.place == "registered_in"
        subject = Subject(row.entry_id, (by_registration and row.registered_in) or row.lives_in)
        new = self.newcomers.grace(row, row.role, subject, is_asked=False)
        if new is not None and self.today < new.free_on:
            return True
        return self._changed_hands(row, subject)

    def _changed_hands(self, row: Row[Any], subject: Subject) -> bool:
        """Say whether somebody else has come to hold the role."""
        if self.newcomers.known_from(row.role, subject) is None:
            return False
        people = self.newcomers.ladder.recipients(row.role, subject).recipients
        return row.person_id not in {one.person for one in people}
