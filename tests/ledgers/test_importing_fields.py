"""Columns that the site declared, and levels: what an import keeps of them and of their changes."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from config.model import RecordKind
from ledgers.database import Database
from ledgers.entries import extras_of, open_secret
from ledgers.imports import Count
from ledgers.levels import LevelChange, level_history
from ledgers.rows import LedgerDate
from ledgers.tables import entries, entry_changes, entry_fields, records, touched
from tests.ledgers.samples import RECORDS, TODAY, VAULT, bring_in, child, context, file_of

LATER = context(today=TODAY + timedelta(days=9))


def rows(database: Database, *columns: Any) -> list[tuple[Any, ...]]:
    """Answer columns of all rows, in order."""
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(*columns))]


def fields(database: Database) -> dict[str, list[str]]:
    """Answer the words and dates of declared fields by name."""
    f = entry_fields.c
    found: dict[str, list[str]] = {}
    for name, word, on_date in rows(database, f.field, f.word, f.on_date):
        found.setdefault(name, []).append(word or str(on_date))
    return found


def test_declared_columns_are_kept_as_they_were_declared(database: Database) -> None:
    """Plain ones to be asked, keyed ones hashed, all else sealed only."""
    said = {"aid": "低保、医疗救助", "permit": "2027-6-30", "card": "K 1", "more": "示例"}
    report = bring_in(database, file_of(child(3, "张示例", extras=said)))
    found = fields(database)
    assert found["aid"] == ["低保", "医疗救助"]
    assert found["permit"] == ["2027-06-30"]
    assert found["card"] == [VAULT.lookup("entry.field.card", "K1")]
    [(id_, sealed)] = rows(database, entries.c.id, entries.c.sealed_extras)
    kept = extras_of(open_secret(VAULT, id_, "sealed_extras", sealed))
    assert (kept, report.counts[Count.WARNINGS]) == ({"card": "K 1", "more": "示例"}, 0)


def test_a_changed_field_replaces_and_is_remembered(database: Database) -> None:
    """What the new row does not say stays; the entry is looked at again."""
    bring_in(database, file_of(child(3, "张示例", extras={"aid": "低保", "permit": "2027-06"})))
    changed = file_of(child(3, "张示例", extras={"aid": "医疗救助、低保", "permit": ""}))
    report = bring_in(database, changed, LATER)
    assert fields(database) == {"aid": ["低保", "医疗救助"], "permit": ["2027-06-01"]}
    c = entry_changes.c
    assert rows(database, c.field, c.old_plain, c.new_plain) == [("aid", "低保", "低保、医疗救助")]
    assert report.counts[Count.CHANGED] == 1
    assert len(rows(database, touched.c.id)) == 2
    assert bring_in(database, changed, LATER).changed_nothing


def test_an_unreadable_cell_is_said_and_the_row_is_taken(database: Database) -> None:
    """A date without a year keeps no child out."""
    report = bring_in(database, file_of(child(3, "张示例", extras={"permit": "6月30日"})))
    assert [(one.field, one.code) for one in report.problems] == [("permit", "date-without-year")]
    assert (report.counts[Count.NEW], fields(database)) == (1, {})


def test_a_level_is_known_since_its_import_and_keeps_its_history(database: Database) -> None:
    """The first level is no change; the next one is, from the day it was imported."""
    bring_in(database, file_of(child(3, "张示例", level="绿色")))
    assert rows(database, entries.c.level, entries.c.level_since) == [("green", TODAY)]
    bring_in(database, file_of(child(3, "张示例", level="红色")), LATER)
    assert rows(database, entries.c.level, entries.c.level_since) == [("red", LATER.today)]
    [(id_,)] = rows(database, entries.c.id)
    with database.reading() as connection:
        history = level_history(connection, [id_])
    assert history == {id_: [LevelChange(id_, "green", "red", LATER.today)]}


def test_columns_of_coming_and_going_are_records(database: Database) -> None:
    """Of the kinds with which stays begin and end; without such kinds the column is said."""
    row = child(3, "张示例", last_arrival=LedgerDate(date(2026, 6, 1)))
    kinds = {**RECORDS, "came": RecordKind(title="来本地", stay="begins")}
    asked = replace(LATER, settings=replace(LATER.settings, records=kinds))
    report = bring_in(database, file_of(row))
    assert [(one.field, one.code) for one in report.problems] == [
        ("last_arrival", "kind-not-configured")
    ]
    bring_in(database, file_of(replace(row, last_departure=LedgerDate(date(2026, 7, 1)))), asked)
    assert rows(database, records.c.kind, records.c.happened_on, records.c.source) == [
        ("came", date(2026, 6, 1), "ledger")
    ]
