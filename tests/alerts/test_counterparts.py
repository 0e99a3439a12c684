"""A request across regions waits for an answer, and the other party is named."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from alerts.contents import read_true
from alerts.digest import open_due
from alerts.explain import explain
from alerts.explained import sentences
from alerts.items import Item
from alerts.lines import Reading, Strength, villages
from alerts.tables import notices
from config.language import speaking
from ledgers.database import Database
from ledgers.tables import entries, regions
from tests.alerts.county import NAMES, at, written
from tests.alerts.lives import RECORDS
from tests.alerts.test_kinds import REQUEST
from tests.alerts.watched import Watched

MONDAY = date(2027, 3, 1)
KINDS: dict[str, Any] = {
    **RECORDS,
    "request": {"title": "户籍地协查请求", "counterpart": True, "says": "协查请求"},
}


@pytest.fixture
def county(database: Database) -> Watched:
    """Answer a county where two children's records were asked for, each of another county."""
    rule = {**REQUEST, "counterpart": True}
    site = Watched(database, written(rules={"ask": rule}, records=KINDS), MONDAY)
    with database.writing() as connection:
        connection.execute(insert(regions).values(code="990102", name="邻示县", local=False))
    for number, other in (("青山-03", "990102"), ("青山-05", "130131")):
        entry = site.entry(number)
        site.record(entry, MONDAY, kind="request", counterpart=other)
    site.live(date(2027, 3, 7))
    site.today = date(2027, 3, 8)
    site.pass_now()
    open_due(database, site.timetable, now=at(site.today, 9, 30))
    return site


def said(site: Watched) -> list[Item]:
    """Answer what notices that wait say."""
    with site.database.writing() as connection:
        ids = list(connection.scalars(select(notices.c.id).where(notices.c.state == "pending")))
        told = read_true(
            connection, ids, site.configuration, today=site.today, now=at(site.today, 10)
        )
    return [one.item for of_notice in told.values() for one in of_notice]


def lines(site: Watched, language: str) -> list[str]:
    """Answer the lines of the director's message: numbers and acts."""
    reading = Reading(site.today, language)
    items = {item.alert_id: item for item in said(site)}
    (village,) = villages(items.values(), Strength({}), NAMES, reading)
    return sorted(" ".join((*line.numbers, *line.acts)) for line in village.lines)


def test_a_message_names_the_other_county(county: Watched) -> None:
    """By its public name; requests to two counties stand in two lines."""
    assert lines(county, "zh_CN") == ["03 协查（协查请求，邻示县）", "05 协查（协查请求，平山县）"]
    assert lines(county, "en") == ["03 协查 (协查请求, 邻示县)", "05 协查 (协查请求, 平山县)"]


def test_explain_names_it_at_the_record_and_at_the_date(county: Watched) -> None:
    """Whoever asks why reads of whom an answer is awaited."""
    with county.database.reading() as connection:
        found = explain(connection, county.in_force, "青山-03", on=county.today)
    with speaking("zh_CN"):
        text = "\n".join(sentences(found, county.timetable.zone))
    assert text.count("户籍地协查请求（对方：邻示县）") >= 2


def test_the_answer_closes_it(county: Watched) -> None:
    """And nothing is awaited any more."""
    with county.database.reading() as connection:
        entry = connection.scalar(select(entries.c.id).where(entries.c.number == "青山-03"))
    county.record(entry or "", county.today, kind="reply", counterpart="990102")
    assert {item.number for item in said(county)} == {"青山-05"}


def test_a_rule_that_does_not_ask_for_it_names_nobody(database: Database) -> None:
    """`counterpart` says whether messages name the other division; `says` what the record is called."""
    site = Watched(database, written(rules={"ask": REQUEST}, records=KINDS), MONDAY)
    entry = site.entry("青山-03")
    site.record(entry, MONDAY, kind="request", counterpart="130131")
    site.live(date(2027, 3, 7))
    site.today = date(2027, 3, 8)
    site.pass_now()
    open_due(database, site.timetable, now=at(site.today, 9, 30))
    assert lines(site, "zh_CN") == ["03 协查（协查请求）"]
