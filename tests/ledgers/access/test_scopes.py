"""Scopes: a township sees its villages, and never a row of another's."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import false, insert, select

from ledgers.access.scopes import Scope
from ledgers.database import Database
from ledgers.tables import entries

TOWNS = st.integers(1, 4).map(lambda town: f"99010100{town}")
PLACES = st.one_of(
    TOWNS,
    st.builds(lambda town, village: f"{town}{village:03}", TOWNS, st.integers(0, 9)),
    st.sampled_from(["990101", "9901", "99"]),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lived=st.lists(PLACES, max_size=12), scope=st.sets(PLACES, max_size=3))
def test_a_condition_and_a_scope_say_the_same(
    database: Database, lived: list[str], scope: set[str]
) -> None:
    """What the database finds is what lies within, row by row; a neighbour is never found."""
    of = Scope.of(scope)
    with database.writing() as connection:
        connection.execute(entries.delete())
        for number, place in enumerate(lived):
            connection.execute(insert(entries).values(_entry(number, place)))
        found = connection.scalars(
            select(entries.c.lives_in).where(of.where(entries.c.lives_in))
        ).all()
    assert sorted(found) == sorted(place for place in lived if of.covers(place))
    assert all(any(place.startswith(region) for region in scope) for place in found)


@pytest.mark.parametrize("other", ["990101002", "990101002001", "990101", "99010100", "", None])
def test_a_township_does_not_cover_its_neighbour(other: str | None) -> None:
    """Nor the county that it lies in, nor a place that nobody named."""
    town = Scope.of(["990101001"])
    assert other is None or not town.covers(other)
    assert town.covers("990101001")
    assert town.covers("990101001002")


def test_without_divisions_nothing_is_seen() -> None:
    """A scope that was lost opens nothing."""
    nothing = Scope.of([])
    assert not nothing.covers("990101001")
    assert str(nothing.where(entries.c.lives_in)) == str(false())


@pytest.mark.parametrize("half", ["", "9", "990", "9901010", "99010100%", "９９０１０１", "99_101"])
def test_half_a_code_is_refused(half: str) -> None:
    """It would open its neighbours too."""
    with pytest.raises(ValueError, match="division codes"):
        Scope.of([half])


def _entry(number: int, place: str) -> dict[str, object]:
    return {
        "id": f"{number:032}",
        "ledger": "children",
        "number": f"青山-{number:02}",
        "lives_in": place,
        "status": "active",
        "entered_on": date(2027, 1, 1),
    }
