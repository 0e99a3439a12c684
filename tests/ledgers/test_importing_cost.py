"""What an import costs grows with its file, not with the ledger it comes into."""

import re
from pathlib import Path
from typing import Any

from sqlalchemy import event

from ledgers.database import Database
from ledgers.tables import metadata
from tests.ledgers.samples import bring_in, child, file_of

_WALK = re.compile(r"SCAN entries|SEARCH entries .*\(ledger=\?\)$")


def test_no_query_walks_over_the_whole_ledger(tmp_path: Path) -> None:
    """SQLite would, of a look-up by one of several keys or by the beginning of a code."""
    database = Database.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    database.create_all(metadata)
    plans: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def explain(connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if statement.startswith("SELECT"):
            found = connection.connection.cursor().execute(
                f"EXPLAIN QUERY PLAN {statement}", values
            )
            plans.extend(step for _id, _parent, _unused, step in found)

    rows = file_of(*(child(n, f"孩{n}", number=f"村-{n:02d}") for n in range(1, 30)))
    bring_in(database, rows)
    bring_in(database, rows)
    database.close()
    assert any("ix_entries_name_key" in step for step in plans)
    assert not [step for step in plans if _WALK.search(step)]
