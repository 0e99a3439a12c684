"""After an erasure the bytes are in no file of the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts.erasing import Reason
from ledgers.database import Database
from ledgers.tables import entries, entry_changes, quarantine
from ledgers.wiping import wipe
from tests.alerts.erasable import Erasable, erasable

HIDDEN = ("name_key", "id_no_key", "phone_key", "row_key")


@pytest.fixture
def child(sqlite_file: Path) -> Iterator[Erasable]:
    """Answer a child in an SQLite file."""
    database = Database.open(f"sqlite:///{sqlite_file}")
    yield erasable(database)
    database.close()


@pytest.fixture
def sqlite_file(sqlite_template: Path, tmp_path: Path) -> Path:
    """Answer a file with all tables."""
    path = tmp_path / "shouwang.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    return path


def planted(child: Erasable) -> list[bytes]:
    """Answer every sealed value and look-up of the child, as they stand in the file."""
    with child.site.database.reading() as connection:
        row = connection.execute(select(entries)).mappings().one()
        old = connection.scalars(select(entry_changes.c.sealed_old)).all()
        apart = connection.scalars(select(quarantine.c.sealed_row)).all()
    sealed = [value for name, value in row.items() if name.startswith("sealed_") and value]
    return [*sealed, *(row[name].encode() for name in HIDDEN), *old, *apart]


def found(path: Path, values: list[bytes]) -> int:
    """Count values that stand in the database's files, the write-ahead log included."""
    files = [one.read_bytes() for one in path.parent.glob(f"{path.name}*")]
    return sum(any(value in file for file in files) for value in values)


def test_no_ciphertext_and_no_look_up_is_left_in_the_files(
    child: Erasable, sqlite_file: Path
) -> None:
    """Neither in pages, free ones included, nor in the write-ahead log."""
    child.site.live(child.site.today.replace(month=6, day=20))
    values = planted(child)
    assert found(sqlite_file, values) == len(values) > 10
    with child.site.database.writing() as connection:
        child.eraser.erase_entry(connection, child.entry, Reason.OTHER_LAW)
    assert wipe(child.site.database)
    assert found(sqlite_file, values) == 0
    assert child.entry.encode() in sqlite_file.read_bytes()


def test_it_says_so_if_somebody_reads_meanwhile(child: Erasable, sqlite_file: Path) -> None:
    """The log cannot be emptied under a reader; it is once nobody reads."""
    other = Database.open(f"sqlite:///{sqlite_file}")
    with other.engine.connect() as reader:
        reader.execute(select(entries)).all()
        with child.site.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=1")
        with child.site.database.writing() as connection:
            child.eraser.erase_entry(connection, child.entry, Reason.OTHER_LAW)
        assert not wipe(child.site.database)
    other.close()
    assert wipe(child.site.database)
