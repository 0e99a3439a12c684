"""What a directory changes about persons and posts, and how it is written."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from ledgers.imports import ImportContext
from ledgers.persons import PersonDetails, insert_persons, update_persons
from ledgers.posts import Holding, add_holdings, end_holdings
from ledgers.preferences import set_preferences
from ledgers.rows import Problem


@dataclass(slots=True)
class StaffChanges:
    """What is to be written. `ended` are last days of holdings, `wishes` preferred channels, by id."""

    new: dict[str, PersonDetails] = field(default_factory=dict)
    changed: dict[str, PersonDetails] = field(default_factory=dict)
    holdings: list[Holding] = field(default_factory=list)
    ended: dict[str, date | None] = field(default_factory=dict)
    wishes: dict[str, str | None] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def brought_up_to_date(self) -> int:
        """How many known persons are another than before in any way."""
        return len((self.changed.keys() | self.wishes.keys()) - self.new.keys())


def write_staff(
    connection: Connection, context: ImportContext, changes: StaffChanges, *, import_id: str | None
) -> None:
    """Write what rows asked for into the caller's transaction."""
    insert_persons(connection, context.vault, changes.new, import_id=import_id)
    update_persons(connection, context.vault, changes.changed, import_id=import_id)
    set_preferences(connection, changes.wishes)
    end_holdings(connection, changes.ended.items())
    add_holdings(connection, changes.holdings, now=context.now)
