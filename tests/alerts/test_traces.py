"""Every place that speaks of a child or a person has its line in the table of traces."""

from pathlib import Path

import pytest
from sqlalchemy import Column, LargeBinary

import ledgers.rights_tables  # noqa: F401  # registers its tables in the one MetaData
from alerts.traces import OF_CHILD, OF_NOBODY, OF_PERSON, Fate
from ledgers.tables import KeyedHash, metadata

DOCS = Path(__file__).resolve().parents[2] / "docs" / "retention.md"
LINKS = {"entry_id", "person_id", "deputy_id", "via"}


def speaks_of_somebody(column: Column[object]) -> bool:
    """Say whether a column is sealed or keyed, or names a child, a person or an account."""
    return (
        column.table.name in {"entries", "persons"}
        or isinstance(column.type, LargeBinary)
        or column.type is KeyedHash
        or column.name in LINKS
        or (column.name.endswith("_by") and column.name != "claimed_by")
        or any(key.column.table.name in {"entries", "persons"} for key in column.foreign_keys)
    )


def decided() -> set[str]:
    """Answer every column that the table decides on."""
    of_somebody = {
        f"{table}.{column}"
        for of in (OF_CHILD, OF_PERSON)
        for table, columns in of.items()
        for column in columns
    }
    return of_somebody | OF_NOBODY.keys()


def test_no_column_is_added_without_a_decision() -> None:
    """Whoever adds one writes in alerts/traces.py what erasing a child or a person does to it."""
    there = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.c
        if speaks_of_somebody(column)
    }
    assert there - decided() == set()


def test_no_decision_is_about_what_is_not_there() -> None:
    """A column that goes takes its line with it."""
    there = {
        f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.c
    }
    assert decided() - there == set()


@pytest.mark.parametrize("of", [OF_CHILD["entries"], OF_PERSON["persons"]])
def test_nothing_sealed_or_keyed_is_kept(of: dict[str, Fate]) -> None:
    """Of who it was, no text and no look-up stays."""
    hidden = {name: fate for name, fate in of.items() if name.startswith("sealed_")}
    hidden |= {name: fate for name, fate in of.items() if name.endswith("_key")}
    assert hidden
    assert set(hidden.values()) <= {Fate.GONE, Fate.REDUCED}


def test_the_page_shows_the_table() -> None:
    """Each table with what becomes of its columns, in the order of the fates."""
    page = DOCS.read_text("utf-8")
    for of in (OF_CHILD, OF_PERSON):
        for table, columns in of.items():
            cells = [
                ", ".join(f"`{name}`" for name, one in columns.items() if one is fate)
                for fate in Fate
            ]
            assert f"| `{table}` | {' | '.join(cells)} |" in page
    assert [name for name in OF_NOBODY if f"`{name}`" not in page] == []
