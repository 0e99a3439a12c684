"""What names a division goes on naming it when its real code is imported."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from alerts.acts import Reason, Scope, Silence, silence
from alerts.matters import Matter, MatterKind, open_matters, still_open
from alerts.moved_regions import follow_moves
from alerts.tables import matters, silences
from ledgers.database import Database
from ledgers.rows import RegionRow
from ledgers.tables import entries
from tests.ledgers.samples import NOW, TODAY, at, bring_in, child, context, file_of

REAL = "990101100201"
TOLD = replace(context(), moved=follow_moves(now=NOW))
LISTED = file_of(
    RegionRow(at(2, "区划"), "990101100000", "柳河镇"),
    RegionRow(at(3, "区划"), REAL, "青山村委会"),
)


@pytest.fixture
def local(database: Database) -> str:
    """Answer the local code of a village that came with a child's row."""
    bring_in(database, file_of(child(3, "张示例")), TOLD)
    with database.reading() as connection:
        return str(connection.scalars(select(entries.c.lives_in)).one())


def gap(region: str) -> Matter:
    """Answer the matter of a post that nobody holds."""
    return Matter(MatterKind.NO_RECIPIENT, f"director:{region}", "supervisor", region)


def test_a_silence_over_a_village_goes_on(database: Database, local: str) -> None:
    """And one over something else of that very name stays what it is."""
    days = (TODAY, TODAY + timedelta(days=7))
    with database.writing() as connection:
        for scope in (Scope.REGION, Scope.RULE):
            silence(connection, Silence(scope, local, days, Reason.EMERGENCY), now=NOW)
    bring_in(database, LISTED, TOLD)
    with database.reading() as connection:
        over = dict(iter(connection.execute(select(silences.c.scope, silences.c.target))))
    assert over == {"region": REAL, "rule": local}


def test_a_matter_about_a_village_goes_on(database: Database, local: str) -> None:
    """A post that nobody holds is looked for under the code it has by now."""
    elsewhere = gap("990101100999")
    with database.writing() as connection:
        open_matters(connection, [gap(local), elsewhere], now=NOW)
    bring_in(database, LISTED, TOLD)
    with database.reading() as connection:
        found = {one.matter.subject: one.matter for one in still_open(connection)}
    assert found == {one.subject: one for one in (gap(REAL), elsewhere)}


def test_a_matter_that_is_open_under_both_codes_stays_once(database: Database, local: str) -> None:
    """Nobody is told of one post twice."""
    with database.writing() as connection:
        open_matters(connection, [gap(local), gap(REAL)], now=NOW)
    bring_in(database, LISTED, TOLD)
    with database.reading() as connection:
        assert [one.matter for one in still_open(connection)] == [gap(REAL)]
        assert set(connection.scalars(select(matters.c.region))) == {REAL}
