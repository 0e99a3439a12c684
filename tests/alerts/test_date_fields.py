"""The dates that rules count from are found wherever they stand, by index and by entry."""

import pytest
from sqlalchemy import insert, select

from alerts.date_fields import date_source, dates_of
from ledgers.database import Database
from ledgers.rows import LedgerDate
from ledgers.tables import entries, entry_fields
from tests.alerts.world import day, entry, entry_id

TODAY = day("2027-03-01")


@pytest.fixture
def ledger(database: Database) -> Database:
    """Answer two entries with dates of every kind; the second is away for too long."""
    born = {"born_on": day("2011-03-01"), "born_month_only": True}
    stay = {"stay_since": day("2026-09-01"), "stay_until": None}
    gone = {"stay_since": day("2026-01-01"), "stay_until": day("2027-02-28")}
    expires = {"field": "permit", "on_date": day("2027-06-30"), "month_only": False}
    with database.writing() as connection:
        connection.execute(insert(entries), [entry(1, **born, **stay), entry(2, **born, **gone)])
        connection.execute(insert(entry_fields), [{"entry_id": entry_id(1), **expires}])
    return database


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("born_on", {n: LedgerDate(day("2011-03-01"), month_only=True) for n in (1, 2)}),
        ("entered_on", {n: LedgerDate(day("2026-12-01")) for n in (1, 2)}),
        ("left_on", {}),
        ("stay", {1: LedgerDate(day("2026-09-01"))}),
        ("permit", {1: LedgerDate(day("2027-06-30"))}),
        ("certificate", {}),
    ],
)
def test_dates_are_read_by_entry(
    ledger: Database, field: str, expected: dict[int, LedgerDate]
) -> None:
    """A column, the present stay, or a field the site declared."""
    source = date_source("children", field, TODAY)
    with ledger.reading() as connection:
        found = dates_of(connection, source, [entry_id(1), entry_id(2)])
    assert found == {entry_id(number): at for number, at in expected.items()}


@pytest.mark.parametrize("field", ["born_on", "entered_on", "stay", "permit"])
def test_dates_are_found_by_an_index(ledger: Database, field: str) -> None:
    """A range of days is a search, never a look at every row."""
    if not ledger.is_sqlite:
        return
    source = date_source("children", field, TODAY)
    query = select(source.entry_id).where(*source.where, source.day > TODAY, source.day <= TODAY)
    text = str(query.compile(ledger.engine, compile_kwargs={"literal_binds": True}))
    with ledger.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all()
    assert [row.detail.split()[0] for row in plan] == ["SEARCH"]
