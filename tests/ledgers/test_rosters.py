"""A person's sheet of numbers and names holds their children, and nobody else's."""

import io
import tempfile

import pytest
from python_calamine import CalamineWorkbook

from ledgers.database import Database
from ledgers.persons import find_person
from ledgers.rosters import export_roster, roster_of
from ledgers.rows import PersonRow
from tests.ledgers.samples import TODAY, VAULT, at, bring_in, child, file_of

LI = PersonRow(at(3, "人员"), name="李示例", role="儿童主任", town="柳河镇", villages=("青山",))
WANG = PersonRow(at(4, "人员"), name="王示例", role="儿童主任", town="柳河镇", villages=("柳沟",))


def filled(database: Database) -> None:
    """Bring in two directors and four children."""
    rows = (
        child(3, "孩一"),
        child(4, "孩二", director="王示例"),
        child(5, "孩三", village="柳沟"),
        child(6, "孩四", status="moved"),
    )
    bring_in(database, file_of(LI, WANG, *rows))


def test_posts_and_names_make_a_roster(database: Database) -> None:
    """The holder's village, and whoever was given by name from another; nobody who has gone."""
    filled(database)
    with database.reading() as connection:
        (li,), (wang,) = (find_person(connection, VAULT, n) for n in ("李示例", "王示例"))
        mine = {line.name for line in roster_of(connection, VAULT, li, on=TODAY)}
        hers = {line.name for line in roster_of(connection, VAULT, wang, on=TODAY)}
    assert mine == {"孩一", "孩二"}
    assert hers == {"孩二", "孩三"}


def test_the_sheet_stands_by_village(database: Database) -> None:
    """One sheet for each village, numbers beside names."""
    filled(database)
    stream = io.BytesIO()
    with database.reading() as connection:
        (li,) = find_person(connection, VAULT, "李示例")
        lines = roster_of(connection, VAULT, li, on=TODAY)
        assert export_roster(connection, lines, stream) == 2
    stream.seek(0)
    book = CalamineWorkbook.from_filelike(stream)
    assert book.sheet_names == ["青山村"]
    assert ["青山-01", "孩一"] in [row[:2] for row in book.get_sheet_by_index(0).to_python()]


def test_no_name_lies_in_a_temporary_file(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sheet is made in memory: it needs no folder for what goes again."""
    filled(database)
    monkeypatch.setattr(tempfile, "tempdir", "no such folder")
    with database.reading() as connection:
        (li,) = find_person(connection, VAULT, "李示例")
        lines = roster_of(connection, VAULT, li, on=TODAY)
        assert export_roster(connection, lines, io.BytesIO()) == 2
