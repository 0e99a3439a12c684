"""When a post has changed hands, and when it only looks so."""

from datetime import date

import pytest

from alerts.directory import Directory
from alerts.handovers import HandOver, HandOvers, Held, newest_change
from tests.alerts.county import QINGSHAN, TOWN

DAY = date(2027, 6, 15)


def held(person: str, start: str, end: str | None = None) -> Held:
    """Answer who held it from when to when."""
    return Held(person, date.fromisoformat(start), date.fromisoformat(end) if end else None)


NEW = HandOver(date(2027, 6, 7), frozenset({"b"}))
CASES = {
    "one after the other": ([held("a", "2020-01-01", "2027-06-06"), held("b", "2027-06-07")], NEW),
    "after a gap": ([held("a", "2020-01-01", "2027-03-31"), held("b", "2027-06-07")], NEW),
    "worked in beside the old one": (
        [held("a", "2020-01-01", "2027-06-10"), held("b", "2027-06-07")],
        NEW,
    ),
    "a new row of the same person": (
        [
            held("a", "2020-01-01", "2027-06-06"),
            held("b", "2027-06-07", "2027-06-09"),
            held("b", "2027-06-10"),
        ],
        NEW,
    ),
    "the first there ever was": ([held("b", "2027-06-07")], None),
    "somebody joins": ([held("a", "2020-01-01"), held("b", "2027-06-07")], None),
    "somebody comes back": ([held("b", "2020-01-01", "2027-04-30"), held("b", "2027-06-07")], None),
    "nobody holds it": ([held("a", "2020-01-01", "2027-06-06")], None),
    "not yet": ([held("a", "2020-01-01", "2027-06-30"), held("b", "2027-07-01")], None),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hand_over_is_a_day_since_which_all_are_others(case: str) -> None:
    """What goes on with somebody who was there is none."""
    spans, expected = CASES[case]
    assert newest_change(spans, DAY) == expected


def test_a_child_held_by_name_does_not_change_hands_with_the_post() -> None:
    """Whoever was given the child has kept it."""
    directory = Directory({}, {("director", QINGSHAN): ("b",)}, {}, frozenset(), None)
    changed = HandOvers(posts={("director", QINGSHAN): NEW})
    whose = ("child", QINGSHAN)
    assert changed.of("director", whose, is_named=True, directory=directory) is None
    assert changed.of("director", whose, is_named=False, directory=directory) == NEW


def test_the_nearest_post_counts() -> None:
    """A township's director changed; this village has its own."""
    holders = {("director", TOWN): ("b",), ("director", QINGSHAN): ("a",)}
    directory = Directory({}, holders, {}, frozenset(), None)
    changed = HandOvers(posts={("director", TOWN): NEW})
    whose = ("child", QINGSHAN)
    assert changed.of("director", whose, is_named=False, directory=directory) is None
