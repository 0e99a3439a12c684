"""A ladder as a table: who is called when, until somebody answers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rungs import RungTiming, Stand, begun, climbed

T0 = datetime(2027, 7, 1, tzinfo=UTC)


def minutes(count: int) -> timedelta:
    """Answer a span."""
    return timedelta(minutes=count)


LADDER = (
    RungTiming(("supervisor",), minutes(30), minutes(10)),
    RungTiming(("county",), minutes(60)),
    RungTiming(("director",), None, minutes(20)),
)


@pytest.mark.parametrize(
    ("passes", "calls"),
    [
        ([9], [(0, 0)]),
        ([10, 20], [(0, 0), (0, 1), (0, 2)]),
        ([25], [(0, 0), (0, 2)]),
        ([30], [(0, 0), (1, 0)]),
        ([30, 89], [(0, 0), (1, 0)]),
        ([30, 90, 110, 130], [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2)]),
        ([500], [(0, 0), (1, 0)]),
        ([500, 501], [(0, 0), (1, 0)]),
        ([500, 560], [(0, 0), (1, 0), (2, 0)]),
    ],
)
def test_each_rung_has_its_wait_and_the_last_repeats(
    passes: list[int], calls: list[tuple[int, int]]
) -> None:
    """Rung and occurrence after passes at these minutes; after a standstill no rung is left out."""
    stand = begun(LADDER, T0)
    found = [(stand.rung, stand.occurrence)]
    for at in passes:
        after = climbed(LADDER, stand, T0 + minutes(at))
        if after is not None:
            stand = after
            found.append((stand.rung, stand.occurrence))
    assert found == calls


def test_a_last_rung_without_repeat_is_called_once() -> None:
    """Nothing more happens until the signal runs out."""
    ladder = (RungTiming(("county",)),)
    stand = begun(ladder, T0)
    assert stand.next_at is None
    assert climbed(ladder, stand, T0 + timedelta(days=9)) is None


def test_a_ladder_made_shorter_goes_on_with_its_last_rung() -> None:
    """Who stood on a rung that is gone is called on the highest that is left."""
    stand = Stand(2, 4, T0, T0 + minutes(100))
    after = climbed(LADDER[:2], stand, T0 + minutes(100))
    assert after is not None
    assert (after.rung, after.next_at) == (1, None)


@given(st.lists(st.integers(0, 300), max_size=30))
def test_looking_more_often_never_goes_back_nor_calls_twice(marks: list[int]) -> None:
    """Rung and occurrence only rise, and looking twice at one moment changes nothing."""
    stand = begun(LADDER, T0)
    for at in sorted(marks):
        after = climbed(LADDER, stand, T0 + minutes(at))
        if after is None:
            continue
        assert (after.rung, after.occurrence) > (stand.rung, stand.occurrence)
        assert after.next_at is None or after.next_at > T0 + minutes(at)
        assert climbed(LADDER, after, T0 + minutes(at)) is None
        stand = after
