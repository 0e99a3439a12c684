"""The list of the erased: by keys of their ids, so that a restored backup does not bring them back."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from config.lean import dataclass
from ledgers.errors import NotErasedList
from ledgers.rights_tables import erasures
from ledgers.upserting import upserting


@dataclass(frozen=True, slots=True)
class Erasure:
    """One erasure. `subject_key` says nothing of whose it was without the site's keys."""

    subject_key: str
    kind: str
    reason: str
    at: datetime


def list_erased(connection: Connection) -> list[Erasure]:
    """Answer everybody who was erased at a wish, the oldest first."""
    query = select(erasures).order_by(erasures.c.at, erasures.c.subject_key)
    return [Erasure(*row) for row in connection.execute(query)]


def note_erased(connection: Connection, found: Sequence[Erasure]) -> None:
    """Write erasures down; those that are known stay as they are."""
    if found:
        known = upserting(erasures, connection.dialect.name).on_conflict_do_nothing()
        connection.execute(known, [asdict(one) for one in found])


def write_list(path: Path, found: Sequence[Erasure]) -> None:
    """Write the list as lines of JSON, to be kept beside the backups."""
    lines = [json.dumps({**asdict(one), "at": one.at.isoformat()}) for one in found]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_list(path: Path) -> list[Erasure]:
    """Read what `write_list` wrote.

    Raises:
        NotErasedList: it is another file, or none.
    """
    try:
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return [Erasure(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in lines]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NotErasedList(str(path)) from error
