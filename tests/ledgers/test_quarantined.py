"""Bad rows wait where nobody can read them, come out to be mended, and are settled on return."""

import io

from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from ledgers.database import Database
from ledgers.imports import Count
from ledgers.leftovers import count_waiting
from ledgers.quarantined import ID_HEADING, export_quarantine
from ledgers.rows import FileRows, Problem, Severity, SheetRows
from ledgers.tables import quarantine
from tests.ledgers.samples import VAULT, at, bring_in, child, file_of

NAMELESS_PLACE = child(7, "张示例", town=None, village="青山村")


def waiting(database: Database) -> int:
    """Answer how many problems are not mended."""
    with database.reading() as connection:
        query = select(func.count()).where(quarantine.c.mended_at.is_(None))
        return connection.scalar(query) or 0


def exported(database: Database) -> list[list[object]]:
    """Answer the cells of the mending workbook."""
    stream = io.BytesIO()
    with database.reading() as connection:
        export_quarantine(connection, VAULT, stream)
    stream.seek(0)
    return [
        list(row)
        for row in CalamineWorkbook.from_filelike(stream).get_sheet_by_index(0).to_python()
    ]


def test_a_bad_row_waits_sealed_with_its_place(database: Database) -> None:
    """File, sheet, row and reason are plain; what it says is not."""
    report = bring_in(database, file_of(NAMELESS_PLACE))
    assert report.counts[Count.QUARANTINED] == 1
    with database.reading() as connection:
        line = connection.execute(select(quarantine)).one()
        assert count_waiting(connection) == {"台账.xlsx": 1}
    assert (line.file, line.sheet, line.row, line.code) == ("台账.xlsx", "台账", 7, "town-missing")
    assert "张示例" not in repr(tuple(line))


def test_the_same_bad_row_is_kept_once(database: Database) -> None:
    """Importing the file again adds nothing, even if the row has moved down."""
    bring_in(database, file_of(NAMELESS_PLACE))
    bring_in(database, file_of(NAMELESS_PLACE))
    bring_in(database, file_of(child(9, "张示例", town=None)))
    assert waiting(database) == 1


def test_a_workbook_to_mend_says_what_and_why(database: Database) -> None:
    """Headings that reading knows, the reason, the place, and an id that travels along."""
    bring_in(database, file_of(NAMELESS_PLACE))
    headings, row = exported(database)
    assert headings[:2] == ["姓名", "村"]
    assert headings[-1] == ID_HEADING
    assert row[:2] == ["张示例", "青山村"]
    assert "台账.xlsx · 台账 · 7" in row


def test_a_mended_row_settles_its_problem(database: Database) -> None:
    """It comes back from another file, with the id, and is a child now."""
    bring_in(database, file_of(NAMELESS_PLACE))
    id_ = str(exported(database)[1][-1])
    back = child(2, "张示例", sheet="儿童台账", extras={"quarantine": id_})
    report = bring_in(database, file_of(back))
    assert report.counts[Count.NEW] == 1
    assert waiting(database) == 0


def test_a_row_mended_in_its_own_file_is_settled(database: Database) -> None:
    """Same file, same sheet, same name: it need not stand in the same row."""
    bring_in(database, file_of(NAMELESS_PLACE))
    bring_in(database, file_of(child(11, "张示例")))
    assert waiting(database) == 0


def test_rows_that_reading_refused_keep_their_own_headings(database: Database) -> None:
    """What could not be read is written out as it stood."""
    problem = Problem(at(5), "id_no", "id-damaged", Severity.REFUSED, "number")
    sheet = SheetRows(
        "台账.xlsx", "台账", "children", (), (problem,), None, {5: {"儿童姓名": "王示例"}}
    )
    report = bring_in(database, FileRows("台账.xlsx", "d" * 64, (sheet,)))
    assert (report.counts[Count.READ], report.counts[Count.QUARANTINED]) == (1, 1)
    assert exported(database)[1][0] == "王示例"


def test_a_duplicate_waits_while_the_first_is_taken(database: Database) -> None:
    """Nobody is lost for a line that stands there twice."""
    rows = file_of(child(3, "张示例"), child(4, "张示例"))
    report = bring_in(database, rows)
    assert (report.counts[Count.NEW], report.counts[Count.QUARANTINED]) == (1, 1)
    assert [p.code for p in report.problems] == ["duplicate-in-file"]


def test_nothing_waiting_is_an_empty_workbook(database: Database) -> None:
    """It opens all the same."""
    assert exported(database) == [[ID_HEADING]]
