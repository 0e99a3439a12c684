"""What an import asks to be recorded. The one door that records is handed in (`alerts.acts`)."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection

from config.lean import dataclass


class RecordSource(StrEnum):
    """Where a record comes from: `records.source`."""

    CLI = "cli"
    FORM = "form"
    LEDGER = "ledger"
    WEB = "web"


DONE = "done"
"""The result 已完成: the only one that counts as an anchor (DESIGN.md 3a)."""


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """One act to record. With `month_only`, `happened_on` is the first of that month.

    `recorded_by` is a person's id; None means the office, or a column of a ledger. `counterpart` is
    the other division of a request across regions.
    """

    entry_id: str
    kind: str
    happened_on: date
    source: RecordSource
    month_only: bool = False
    result: str = DONE
    method: str | None = None
    recorded_by: str | None = None
    seen_in_person: bool | None = None
    all_well: bool | None = None
    import_id: str | None = None
    form_id: str | None = None
    counterpart: str | None = None


class RecordDoor(Protocol):
    """Records acts in the caller's transaction and settles what they close.

    It may be handed the same act twice and then does nothing the second time.
    """

    def __call__(self, connection: Connection, requests: Sequence[RecordRequest], /) -> None:
        """Record all of `requests`, in bulk."""
