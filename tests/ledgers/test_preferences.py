"""How somebody wants to be told is read from the directory, as far as the site can keep it."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from ledgers.database import Database
from ledgers.imports import Count, ImportContext, ImportReport
from ledgers.person_lists import export_persons
from ledgers.posts import load_holdings
from ledgers.preferences import Way, is_no_matter, set_preference, way_called, written_preference
from ledgers.problems import problem_sentence
from ledgers.reading.reader import read
from ledgers.rows import PersonRow, Place, Severity
from ledgers.tables import persons
from tests.ledgers.samples import TODAY, VAULT, bring_in, context, file_of
from tests.ledgers.test_staff import SUPERVISOR, WANG

SMS = Way("sms", ("短信", "手机短信"), "phone")
SPARE = Way("备用短信", ("短信", "手机短信"), "phone")
MAIL = Way("mail", ("邮件", "email"), "email")
WECOM = Way("app", ("企业微信", "微信"), "wecom")
WAYS = {"director": [SMS, SPARE, WECOM], "supervisor": [MAIL]}


def offering() -> ImportContext:
    """Answer what an import is told where the routes offer these ways."""
    usual = context()
    return replace(usual, settings=replace(usual.settings, ways=WAYS))


def wished(database: Database, *rows: PersonRow) -> ImportReport:
    """Bring in a directory."""
    return bring_in(database, file_of(*rows), offering())


def preferences(database: Database) -> dict[str, str | None]:
    """Answer who prefers what, by handle."""
    with database.reading() as connection:
        rows = connection.execute(select(persons.c.handle, persons.c.prefers))
        return {row.handle: row.prefers for row in rows}


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("短信", "sms"),
        ("手机短信", "sms"),
        ("备用短信", "备用短信"),
        ("微信", "app"),
        (" ＳＭＳ ", "sms"),
        ("邮件", None),
        ("打电话", None),
    ],
)
def test_a_word_means_a_channel_of_the_role(text: str, channel: str | None) -> None:
    """A channel's own name, or the first of its medium; what the role has not means nothing."""
    way = way_called(WAYS["director"], text)
    assert (way and way.channel) == channel


def test_a_directory_says_how_people_want_to_be_told(database: Database) -> None:
    """For each in the words of their post; the same list again changes nothing."""
    rows = (replace(WANG, prefers="短信"), replace(SUPERVISOR, prefers="Email"))
    wished(database, *rows)
    assert preferences(database) == {"P-0001": "sms", "P-0002": "mail"}
    assert wished(database, *rows).changed_nothing


def test_a_changed_wish_is_a_changed_person(database: Database) -> None:
    """An empty cell says nothing; 不限 takes the wish back."""
    wished(database, replace(WANG, wecom="wang", prefers="短信"))
    assert wished(database, replace(WANG, prefers="微信")).counts[Count.PERSONS_CHANGED] == 1
    wished(database, WANG)
    assert preferences(database) == {"P-0001": "app"}
    wished(database, replace(WANG, prefers="不限"))
    assert preferences(database) == {"P-0001": None}


@pytest.mark.parametrize(
    ("text", "code"),
    [("打电话", "way-unknown"), ("邮件", "way-unknown"), ("企业微信", "way-without-address")],
)
def test_a_wish_that_cannot_be_kept_is_said(database: Database, text: str, code: str) -> None:
    """With its place and the words that may stand there; the line is taken all the same."""
    report = wished(database, replace(WANG, prefers=text))
    (problem,) = report.problems
    assert (problem.code, problem.severity) == (code, Severity.WARNING)
    assert problem.place == Place("台账.xlsx", "人员", 4, "接收方式")
    assert problem_sentence(problem).endswith("短信、企业微信、不限")
    assert report.counts[Count.PERSONS] == 1
    assert preferences(database) == {"P-0001": None}


def test_where_nothing_is_offered_nothing_is_promised(database: Database) -> None:
    """A site without routes for the post."""
    report = bring_in(database, file_of(replace(WANG, prefers="短信")))
    assert [problem.code for problem in report.problems] == ["way-unknown"]


def test_a_written_preference_is_read_as_the_same() -> None:
    """By its medium where that means it, else by its own name."""
    for way in WAYS["director"]:
        word = written_preference(WAYS["director"], way.channel)
        assert way_called(WAYS["director"], word) == way
    assert written_preference(WAYS["director"], "gone") == "gone"
    assert written_preference(WAYS["director"], None) == ""
    assert is_no_matter("不限")


def test_the_directory_that_is_written_is_read_again(database: Database, tmp_path: Path) -> None:
    """Every post with its holder's addresses and wish; importing it changes nothing."""
    wished(
        database, replace(WANG, prefers="备用短信", wecom="li"), replace(SUPERVISOR, prefers="邮件")
    )
    path = tmp_path / "人员名单.xlsx"
    with database.reading() as connection, path.open("wb") as stream:
        held = load_holdings(connection, on=TODAY)
        lines = export_persons(connection, VAULT, stream, offering().settings, held=held)
    assert lines == 2
    rows = read(path)
    said = {row.name: row.prefers for row in rows.sheets[0].rows if isinstance(row, PersonRow)}
    assert said == {"王示例": "备用短信", "赵示例": "邮件"}
    with database.writing() as connection:
        set_preference(connection, _first(database), None)
    assert bring_in(database, rows, offering()).counts[Count.PERSONS_CHANGED] == 1
    assert bring_in(database, rows, offering()).changed_nothing


def _first(database: Database) -> str:
    with database.reading() as connection:
        return str(connection.scalar(select(persons.c.id).where(persons.c.handle == "P-0001")))
