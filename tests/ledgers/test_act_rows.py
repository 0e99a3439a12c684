"""A filled-in 走访登记表 becomes records, once."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import insert, select

from ledgers.database import Database
from ledgers.imports import Count, ImportReport
from ledgers.persons import find_person
from ledgers.rows import LedgerDate, PersonRow, RecordRow
from ledgers.tables import forms, records
from tests.ledgers.samples import NOW, TODAY, VAULT, at, bring_in, child, file_of

DIRECTOR = PersonRow(
    at(3, "人员"), name="李示例", role="儿童主任", town="柳河镇", villages=("青山",)
)
DONE_ON = LedgerDate(date(2026, 11, 20))
LINE = RecordRow(
    at(2, "登记表"), number="03", village="青山村", kind="走访", happened=DONE_ON, method="home"
)


def prepared(database: Database) -> None:
    """Bring in three children of 青山 and one of 柳沟, and the director of 青山."""
    rows = [child(n, f"孩{n}") for n in (1, 2, 3)]
    bring_in(database, file_of(*rows, child(4, "孩4", village="柳沟"), DIRECTOR))


def recorded(database: Database) -> list[tuple[str, date, str | None]]:
    """Answer kind, day and method of all records."""
    query = select(records.c.kind, records.c.happened_on, records.c.method)
    with database.reading() as connection:
        return [(kind, day, method) for kind, day, method in connection.execute(query)]


def codes(report: ImportReport) -> list[tuple[str, str | None]]:
    """Answer what was objected to."""
    return [(problem.code, problem.value) for problem in report.problems]


def test_a_line_is_recorded_by_village_and_digits(database: Database) -> None:
    """青山村 and 03 are 青山-03; 走访 is the kind whose title says so."""
    prepared(database)
    assert bring_in(database, file_of(LINE)).counts[Count.RECORDS] == 1
    assert recorded(database) == [("visit", DONE_ON.day, "home")]


def test_the_form_twice_changes_nothing(database: Database) -> None:
    """The act is known the second time."""
    prepared(database)
    bring_in(database, file_of(LINE))
    report = bring_in(database, file_of(LINE))
    assert report.changed_nothing
    assert report.counts[Count.RECORDS_KNOWN] == 1


def test_blank_lines_are_no_problem(database: Database) -> None:
    """What was not done is not filled in."""
    prepared(database)
    blank = replace(LINE, happened=None)
    report = bring_in(database, file_of(blank))
    assert (report.counts[Count.RECORDS], codes(report)) == (0, [])


def test_unknown_numbers_kinds_and_future_days_are_asked(database: Database) -> None:
    """Each of them waits with its reason; numbers and kinds may be shown."""
    prepared(database)
    tomorrow = LedgerDate(TODAY + timedelta(days=1))
    report = bring_in(
        database,
        file_of(
            replace(LINE, number="青山-77", village=None),
            replace(LINE, place=at(3, "登记表"), kind="慰问"),
            replace(LINE, place=at(4, "登记表"), happened=tomorrow),
        ),
    )
    assert codes(report) == [
        ("number-unknown", "青山-77"),
        ("kind-unknown", "慰问"),
        ("date-in-future", None),
    ]
    assert recorded(database) == []


def test_digits_alone_belong_to_the_forms_person(database: Database) -> None:
    """01 is 青山-01 on the form of the director of 青山, and nobody's without a form."""
    prepared(database)
    with database.writing() as connection:
        (person,) = find_person(connection, VAULT, "李示例")
        connection.execute(insert(forms).values(id="f" * 32, person_id=person, made_at=NOW))
    bare = replace(LINE, number="1", village=None)
    unknown = bring_in(database, file_of(bare))
    assert codes(unknown) == [("number-unknown", "1")]
    done = bring_in(database, file_of(bare, form_id="f" * 32))
    assert done.counts[Count.RECORDS] == 1
    with database.reading() as connection:
        assert connection.scalar(select(records.c.recorded_by)) == person


def test_a_request_across_regions_names_the_other_one(database: Database) -> None:
    """By code or by name; the same request to another county is another act."""
    prepared(database)
    ask = replace(LINE, kind="跨区域协查", counterpart="河北省平山县")
    report = bring_in(database, file_of(ask, replace(ask, place=at(3, "登记表"))))
    assert (report.counts[Count.RECORDS], report.counts[Count.RECORDS_KNOWN]) == (1, 1)
    bring_in(database, file_of(replace(ask, counterpart="990102")))
    with database.reading() as connection:
        others = connection.scalars(select(records.c.counterpart).order_by(records.c.counterpart))
        assert list(others) == ["130131", "990102"]


def test_what_is_odd_about_the_other_region_is_said(database: Database) -> None:
    """An unknown one sets the line apart; one that is missing or not wanted only gets a remark."""
    prepared(database)
    unknown = replace(LINE, kind="跨区域协查", counterpart="朝阳区")
    missing = replace(unknown, place=at(3, "登记表"), counterpart=None)
    unwanted = replace(LINE, place=at(4, "登记表"), counterpart="平山县")
    report = bring_in(database, file_of(unknown, missing, unwanted))
    assert codes(report) == [
        ("counterpart-unknown", "朝阳区"),
        ("counterpart-missing", None),
        ("counterpart-not-kept", None),
    ]
    assert report.counts[Count.RECORDS] == 2
