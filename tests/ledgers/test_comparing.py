"""Another system's list is held against the ledger: what differs is kept once, nothing is taken over."""

from datetime import date, timedelta

from sqlalchemy import Row, func, select

from ledgers.comparing import Compared, Comparing, Comparison, compare
from ledgers.database import Database
from ledgers.differing import Kind
from ledgers.rows import ChildRow, LedgerDate
from ledgers.tables import differences, entries, entry_changes, imports, quarantine, touched
from tests.ledgers.samples import TODAY, at, bring_in, child, context, file_of

BORN = LedgerDate(date(2016, 5, 4))
ID_A, ID_B = "990101201605040019", "990101201801020027"
OTHER = Comparing("全国系统")


def ledger(database: Database) -> None:
    """Bring in three children of 青山."""
    bring_in(
        database,
        file_of(
            child(3, "张示例", id_no=ID_A, born=BORN, category="孤儿", phone="15400000001"),
            child(4, "李示例", id_no=ID_B, grade="三年级"),
            child(5, "王示例"),
        ),
    )


def theirs(row: int, name: str, **said: object) -> ChildRow:
    """Answer a row of the other system's list."""
    return child(row, name, sheet="导出", **said)  # type: ignore[arg-type]


LIST = (
    theirs(2, "张示例", id_no=ID_A, category="特困儿童", phone="15400000009"),
    theirs(3, "李示例", id_no=ID_B, grade="三年级"),
    theirs(4, "赵示例", village="柳沟村"),
)


def held(
    database: Database, *rows: ChildRow, how: Comparing = OTHER, today: date = TODAY
) -> Comparison:
    """Compare a list."""
    return compare(database, file_of(*rows), context(today=today), how)


def kept(database: Database) -> list[Row[str, str, str | None, str | None, date | None]]:
    """Answer kind, field, both values and the end of each difference that was written."""
    d = differences.c
    query = select(d.kind, d.field, d.ours, d.theirs, d.settled_on).order_by(d.kind, d.field, d.id)
    with database.reading() as connection:
        return list(connection.execute(query))


def sizes(database: Database) -> list[int | None]:
    """Answer how many rows the tables have that a comparison must leave alone, or write once."""
    tables = (entries, entry_changes, quarantine, touched, differences, imports)
    with database.reading() as connection:
        return [connection.scalar(select(func.count()).select_from(table)) for table in tables]


def test_what_differs_is_kept_and_nothing_is_taken_over(database: Database) -> None:
    """Plain fields with both values, sealed ones only as different, and who stands on one side only."""
    ledger(database)
    before = sizes(database)
    found = held(database, *LIST)
    assert [tuple(row) for row in kept(database)] == [
        ("field", "category", "孤儿", "特困儿童", None),
        ("field", "phone", None, None, None),
        ("only-here", "entry", None, None, None),
        ("only-there", "entry", None, None, None),
    ]
    counts = {count.value: found.counts[count] for count in Compared}
    assert counts == {
        "read": 3,
        "same": 1,
        "differing": 1,
        "only_here": 1,
        "only_there": 1,
        "unclear": 0,
        "new": 4,
        "settled": 0,
    }
    after = sizes(database)
    assert after[:3] == before[:3]
    assert (after[3] or 0) - (
        before[3] or 0
    ) == 2  # whoever differs is looked at, also who is missing


def test_the_same_list_again_adds_nothing(database: Database) -> None:
    """Not even under another file name or on another day."""
    ledger(database)
    held(database, *LIST)
    before = sizes(database)
    again = held(database, *LIST, today=TODAY + timedelta(days=9))
    assert (again.counts[Compared.NEW], again.counts[Compared.SETTLED]) == (0, 0)
    assert again.import_id is None
    assert len(again.differences) == 4
    assert sizes(database) == before


def test_what_a_later_list_agrees_on_is_settled(database: Database) -> None:
    """And comes apart anew as another difference; of what a list is silent nothing is settled."""
    ledger(database)
    held(database, *LIST)
    agreed = theirs(2, "张示例", id_no=ID_A, category="孤儿")
    found = held(database, agreed, theirs(3, "李示例", id_no=ID_B), theirs(4, "王示例"))
    assert found.counts[Compared.SETTLED] == 2
    settled = {(row.kind, row.field) for row in kept(database) if row.settled_on is not None}
    assert settled == {("field", "category"), ("only-here", "entry")}
    found = held(database, *LIST)
    assert found.counts[Compared.NEW] == 2


def test_two_systems_are_told_apart(database: Database) -> None:
    """The same word of another department is another difference."""
    ledger(database)
    held(database, *LIST)
    found = held(database, *LIST, how=Comparing("教育"))
    assert found.counts[Compared.NEW] == 4


def test_a_list_of_some_only_speaks_for_those(database: Database) -> None:
    """The roster of one school says nothing of who is not in it."""
    ledger(database)
    found = held(database, *LIST, how=Comparing("教育", whole=False))
    assert found.counts[Compared.ONLY_HERE] == 0


def test_a_trial_writes_nothing(database: Database) -> None:
    """It finds the same."""
    ledger(database)
    before = sizes(database)
    found = held(database, *LIST, how=Comparing("全国系统", writes=False))
    assert found.counts[Compared.NEW] == 4
    assert sizes(database) == before


def test_what_nobody_can_tell_apart_is_only_reported(database: Database) -> None:
    """Neither set apart nor a difference."""
    bring_in(database, file_of(child(3, "张示例", number="青山-01"), child(4, "张示例", born=BORN)))
    found = held(database, theirs(2, "张示例"), theirs(3, "张示例"))
    assert found.counts[Compared.UNCLEAR] + len(found.problems) > 0
    assert all(one.kind is not Kind.FIELD for one in found.differences)


def test_no_name_is_written_in_the_clear(database: Database) -> None:
    """Who stands only in the other list is known by where that list has them."""
    ledger(database)
    held(database, *LIST)
    with database.reading() as connection:
        rows = connection.execute(select(differences)).all()
        there = next(row for row in rows if row.kind == "only-there")
    assert (there.sheet, there.row, there.entry_id) == (at(4, "导出").sheet, 4, None)
    assert there.region is not None
    assert not any(name in repr(rows) for name in ("示例", ID_A, "15400000009"))
