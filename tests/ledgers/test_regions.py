"""Local codes give way to real ones, and everything in them goes along."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from ledgers.codes import current_code, normal_code
from ledgers.database import Database
from ledgers.imports import Count
from ledgers.posts import load_holdings
from ledgers.regions import load_regions
from ledgers.rows import LedgerDate, PersonRow, RegionRow
from ledgers.tables import entries, entry_changes, regions, touched
from tests.ledgers.samples import at, bring_in, child, context, file_of

REAL = (
    RegionRow(at(2, "区划"), "990101000000", "演示县"),
    RegionRow(at(3, "区划"), "990101100000", "柳河镇"),
    RegionRow(at(4, "区划"), "990101100201", "青山村委会"),
)
DIRECTOR = PersonRow(
    at(3, "人员"), name="李示例", role="儿童主任", town="柳河镇", villages=("青山", "柳沟")
)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("990101000000", "990101"),
        ("990101100000", "990101100"),
        ("990101100201", "990101100201"),
        ("990101", "990101"),
        ("990000", "99"),
        ("99010", None),
        ("99010110O201", None),
    ],
)
def test_codes_lose_the_zeros_that_fill_them(written: str, code: str | None) -> None:
    """A code is as long as its level."""
    assert normal_code(written) == code


@given(st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_a_normal_code_stays_as_it_is(code: str) -> None:
    """Normalising twice is normalising once."""
    once = normal_code(code)
    assert once is not None
    assert normal_code(once) == once
    assert code.startswith(once)


def test_real_codes_take_the_place_of_local_ones(database: Database) -> None:
    """Entries, posts and numbers move; a village not in the list stays local, under its real town."""
    rows = (child(3, "张示例"), child(4, "王示例", village="柳沟"), DIRECTOR)
    bring_in(database, file_of(*rows))
    report = bring_in(database, file_of(*REAL))
    assert report.counts[Count.REGIONS_CHANGED] == 3
    with database.reading() as connection:
        where = dict(iter(connection.execute(select(entries.c.number, entries.c.lives_in))))
        posts = {h.post.region for h in load_holdings(connection)}
        names = {r.code: (r.name, r.local) for r in load_regions(connection)}
        looked_at = connection.scalar(select(func.count()).select_from(touched))
    assert where["青山-01"] == "990101100201"
    assert where["柳沟-01"].startswith("990101100")
    assert posts == set(where.values())
    assert names["990101100201"] == ("青山村委会", False)
    assert names[where["柳沟-01"]] == ("柳沟村", True)
    assert looked_at == 4


def test_the_old_code_names_its_successor(database: Database) -> None:
    """What was written down with the local code can still be followed."""
    bring_in(database, file_of(child(3, "张示例")))
    bring_in(database, file_of(*REAL))
    with database.reading() as connection:
        row = connection.execute(select(regions).where(regions.c.code == "990101901901")).one()
    assert (row.successor, row.valid_to is not None) == ("990101100201", True)


def test_after_the_move_the_same_ledger_changes_nothing(database: Database) -> None:
    """Names lead to the real codes now; numbers go on where they were."""
    ledger = file_of(child(3, "张示例", born=LedgerDate(date(2016, 5, 4))), DIRECTOR)
    bring_in(database, ledger)
    bring_in(database, file_of(*REAL))
    assert bring_in(database, ledger).changed_nothing
    assert bring_in(database, file_of(*REAL)).changed_nothing
    bring_in(database, file_of(child(8, "赵示例")))
    with database.reading() as connection:
        assert set(connection.scalars(select(entries.c.number))) == {"青山-01", "青山-02"}


def test_equal_village_names_without_township_go_to_quarantine(database: Database) -> None:
    """Two townships have a 青山村; a row that names neither is asked about."""
    rows = (
        child(3, "张示例"),
        child(4, "王示例", town="东山乡"),
        child(5, "赵示例", town=None),
    )
    report = bring_in(database, file_of(*rows))
    assert [(p.place.row, p.code, p.value) for p in report.problems] == [
        (5, "village-ambiguous", "青山村")
    ]
    with database.reading() as connection:
        numbers = set(connection.scalars(select(entries.c.number)))
    assert numbers == {"柳河青山-01", "东山青山-01"}


def test_an_abolished_code_leads_to_the_one_in_force() -> None:
    """Along a chain, with the digits of what lies below kept; never round in a circle."""
    successors = {"990133": "990109", "990109": "990110", "990133100": "990110001", "1": "1"}
    assert current_code("990133", successors) == "990110"
    assert current_code("990133200", successors) == "990110200"
    assert current_code("990133100", successors) == "990110001"
    assert current_code("990101", successors) == "990101"
    assert current_code("88", {"88": "89", "89": "88"}) in {"88", "89"}


def test_everything_moves_with_an_abolished_county(database: Database) -> None:
    """Entries, posts and the divisions below get the new code; the old one is remembered."""
    bring_in(database, file_of(*REAL, child(3, "张示例", village="青山"), DIRECTOR))
    joined = RegionRow(at(2, "区划"), "990101100", "柳河镇", successor="990101300")
    report = bring_in(database, file_of(joined))
    assert report.counts[Count.REGIONS_CHANGED] == 1
    village = "990101300201"
    with database.reading() as connection:
        e, c = entries.c, entry_changes.c
        children = select(e.lives_in).where(e.ledger == "children")
        assert connection.scalars(children).all() == [village]
        history = select(c.old_plain, c.new_plain).where(
            c.field == "lives_in", c.entry_id.in_(select(e.id).where(e.ledger == "children"))
        )
        assert connection.execute(history).all() == [("990101100201", village)]
        assert village in {holding.post.region for holding in load_holdings(connection)}
        assert {"990101300", village} <= {region.code for region in load_regions(connection)}
        assert "990101100" not in {region.code for region in load_regions(connection)}
    again = bring_in(database, file_of(joined))
    assert again.counts[Count.NEW] == 0


@pytest.mark.parametrize("after", ["9901013", "990101", "990101100000"])
def test_a_successor_is_another_division_of_the_same_level(database: Database, after: str) -> None:
    """Anything else is refused."""
    wrong = RegionRow(at(2, "区划"), "990101100", "柳河镇", successor=after)
    report = bring_in(database, file_of(wrong))
    assert [one.field for one in report.problems] == ["successor"]


def test_divisions_become_entries_where_a_rule_is_for_them(database: Database) -> None:
    """And only there."""
    told = context()
    asked = replace(told, settings=replace(told.settings, jurisdictions=True))
    for one, count in ((told, 0), (asked, 3)):
        bring_in(database, file_of(*REAL), one)
        with database.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(entries)) == count
