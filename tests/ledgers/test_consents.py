"""Whose consent a child's age asks for, what a row says of it, and what is missing."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from ledgers.consents import consent_of, count_missing
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.reading.reader import read
from ledgers.rows import ChildRow, LedgerDate, Place
from ledgers.tables import entries
from tests.alerts.county import at

TODAY = date(2027, 6, 7)
YOUNGER, OLDER = date(2013, 6, 8), date(2013, 6, 7)  # 14 tomorrow, 14 today
ROW = ChildRow(Place("台账.xlsx", "儿童", 2))


@pytest.mark.parametrize(
    ("said", "born", "consent"),
    [
        ({}, YOUNGER, None),
        ({"consent": "self"}, YOUNGER, "self"),
        ({"consent": "none", "guardian_agrees": True}, YOUNGER, "none"),
        ({"guardian_agrees": True}, OLDER, "guardian"),
        ({"guardian_agrees": False}, OLDER, "none"),
        ({"consent": "given"}, YOUNGER, "guardian"),
        ({"consent": "given"}, OLDER, "self"),
        ({"consent": "given"}, None, "guardian"),
        ({"consent": "given", "consent_on": LedgerDate(date(2026, 1, 1))}, OLDER, "guardian"),
        ({"consent": "某种说法"}, YOUNGER, None),
    ],
)
def test_a_bare_yes_is_whose_it_must_be(
    said: dict[str, object], born: date | None, consent: str | None
) -> None:
    """By the age on the day of consent; otherwise what the row says."""
    row = replace(ROW, **said)  # type: ignore[arg-type]
    on = LedgerDate(born) if born else None
    assert consent_of(row, on, TODAY) == consent


@pytest.mark.parametrize(
    ("born", "enough"),
    [(YOUNGER, {"guardian"}), (OLDER, {"self"}), (None, {"guardian"})],
)
def test_under_14_a_guardians_is_asked_for_then_the_childs_own(
    database: Database, born: date | None, enough: set[str]
) -> None:
    """Of an unknown age a guardian's; nobody's, or nothing, is never enough."""
    for consent in ("guardian", "self", "none", None):
        with database.writing() as connection:
            connection.execute(entries.delete())
            connection.execute(insert(entries).values(**child(born), consent=consent))
        with database.reading() as connection:
            assert count_missing(connection, TODAY) == (consent not in enough)


@pytest.mark.parametrize("gone", [{"status": "moved"}, {"ledger": "institutions"}])
def test_only_active_children_are_asked(database: Database, gone: dict[str, str]) -> None:
    """Whoever left is asked nothing any more, nor is an institution."""
    with database.writing() as connection:
        connection.execute(insert(entries).values({**child(YOUNGER), **gone}))
    with database.reading() as connection:
        assert connection.scalars(select(entries.c.id)).all()
        assert count_missing(connection, TODAY) == 0


def child(born: date | None) -> dict[str, object]:
    """Answer a child's row."""
    return {
        "id": new_id(at(TODAY, 9)),
        "ledger": "children",
        "number": "青山-01",
        "lives_in": "990101001001",
        "status": "active",
        "entered_on": TODAY,
        "born_on": born,
    }


def test_columns_of_consent_are_read(tmp_path: Path) -> None:
    """Under the headings that counties use, as words, as 是 and 否, and as dates."""
    path = tmp_path / "台账.csv"
    path.write_text(
        "姓名,村,出生日期,知情同意,监护人是否同意,同意书签署日期\n"
        "某甲,青山村,2016-05-01,监护人已签,,2026-09-01\n"
        "某乙,青山村,2012-05-01,√,是,\n"
        "某丙,青山村,2015-05-01,未取得,否,\n",
        "utf-8",
    )
    found = [row for row in read(path).sheets[0].rows if isinstance(row, ChildRow)]
    assert [(row.consent, row.guardian_agrees) for row in found] == [
        ("guardian", None),
        ("given", True),
        ("none", False),
    ]
    assert found[0].consent_on == LedgerDate(date(2026, 9, 1))
