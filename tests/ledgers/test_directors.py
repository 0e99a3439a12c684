"""A director named in the ledger is the village's, or the child is given to them by name."""

from sqlalchemy import select

from ledgers.database import Database
from ledgers.imports import Count
from ledgers.rows import PersonRow
from ledgers.tables import assignments
from tests.ledgers.samples import at, bring_in, child, file_of

LI = PersonRow(at(3, "人员"), name="李示例", role="儿童主任", town="柳河镇", villages=("青山",))
WANG = PersonRow(at(4, "人员"), name="王示例", role="儿童主任", town="柳河镇", villages=("柳沟",))


def test_the_holder_of_the_post_needs_no_assignment(database: Database) -> None:
    """Who holds the village has its children anyway, and after a hand-over somebody else does."""
    report = bring_in(database, file_of(LI, WANG, child(3, "张示例", director="李示例")))
    assert report.counts[Count.ASSIGNMENTS] == 0
    assert report.problems == ()


def test_somebody_elses_name_is_an_assignment(database: Database) -> None:
    """A child of 青山 in the care of the director of 柳沟, once."""
    rows = file_of(LI, WANG, child(3, "张示例", director="王示例"))
    assert bring_in(database, rows).counts[Count.ASSIGNMENTS] == 1
    assert bring_in(database, rows).changed_nothing
    with database.reading() as connection:
        assert len(connection.execute(select(assignments)).all()) == 1


def test_an_unknown_director_is_told_once_for_a_village(database: Database) -> None:
    """The children are taken; somebody looks for the directory."""
    rows = [child(n, f"孩{n}", director="钱示例") for n in (3, 4, 5)]
    report = bring_in(database, file_of(*rows))
    assert report.counts[Count.NEW] == 3
    assert [(p.code, p.value) for p in report.problems] == [("director-unknown", None)]


def test_a_directory_that_comes_later_is_heard(database: Database) -> None:
    """The same ledger again, once the directors are known, makes the assignment."""
    ledger = file_of(child(3, "张示例", director="王示例"))
    bring_in(database, ledger)
    bring_in(database, file_of(LI, WANG))
    report = bring_in(database, ledger)
    assert (report.counts[Count.UNCHANGED], report.counts[Count.ASSIGNMENTS]) == (1, 1)
