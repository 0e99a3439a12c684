"""Inserts of many rows: all of them, in order, or none."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ledgers.bulk import insert_many
from ledgers.database import Database
from ledgers.tables import regions

_NAMES = ("code", "name", "local")


def _rows(count: int) -> list[tuple[str, str, bool]]:
    return [(f"990101{number:06}", f"村{number}", False) for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 32, 33, 100])
def test_any_number_of_rows_arrives(database: Database, count: int) -> None:
    """Whole batches and the few left over."""
    with database.writing() as connection:
        insert_many(connection, regions, _NAMES, iter(_rows(count)))
        found = connection.execute(select(regions.c.code, regions.c.name, regions.c.local))
        assert sorted(map(tuple, found)) == _rows(count)


@pytest.mark.parametrize("at", [3, 40])
def test_a_key_that_is_taken_leaves_nothing(database: Database, at: int) -> None:
    """Core's own error, whether it shows in a batch or among the few after it."""
    rows = _rows(41)
    rows[at] = rows[0]
    with pytest.raises(IntegrityError), database.writing() as connection:
        insert_many(connection, regions, _NAMES, rows)
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(regions)) == 0
