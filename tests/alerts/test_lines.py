"""From alerts to lines."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.items import Item
from alerts.lines import Reading, Strength, areas, short_number, tense, villages

TODAY = date(2027, 6, 7)
STRENGTH = Strength({"visit": frozenset({"contact"}), "contact": frozenset()})
NAMES = {"990101001001": "青山村", "990101001": "临河镇"}


def item(
    number: str = "青山-03", kind: str = "visit", days: int = 0, place: str = "990101001001"
) -> Item:
    """Make an item due so many days from today."""
    due = TODAY + timedelta(days=days)
    return Item(f"{number}{kind}{days}", number, number, place, kind, kind, due, never=False)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, ("over", 1)), (0, ("today", 0)), (1, ("tomorrow", 0)), (2, ("before", 0))],
)
def test_tense_turns_on_the_day(days: int, expected: tuple[str, int]) -> None:
    """One day before, on, and after the due date."""
    assert tense(item(days=days), TODAY) == expected


@pytest.mark.parametrize(
    ("number", "village", "shown"),
    [
        ("青山-03", "青山村", "03"),
        ("柳沟-03", "青山村", "柳沟-03"),
        ("青山2-03", "青山村", "青山2-03"),
        ("03", "青山村", "03"),
    ],
)
def test_numbers_are_short_only_where_they_belong(number: str, village: str, shown: str) -> None:
    """A child who moved keeps a number of elsewhere, which must be read whole."""
    assert short_number(number, village) == shown


def test_what_is_longest_overdue_stands_first() -> None:
    """Then what is due next; equal lines are one line with ordered numbers."""
    (village,) = villages(
        [item("青山-10", days=2), item("青山-9", days=2), item("青山-01", days=-4)],
        STRENGTH,
        NAMES,
        Reading(TODAY),
    )
    assert [line.numbers for line in village.lines] == [("01",), ("9", "10")]
    assert village.total == 3


def test_a_covered_act_lends_its_earlier_date() -> None:
    """A visit by the contact's date does both."""
    kept = STRENGTH.strongest([item(kind="visit", days=5), item(kind="contact", days=-1)])
    assert [(one.kind, one.due_on) for one in kept] == [("visit", TODAY - timedelta(days=1))]


def test_areas_count_alerts_once() -> None:
    """Two roles told of one alert do not make two."""
    found = areas(
        [item(days=-1), item(days=-1), item(kind="contact")], NAMES, digits=9, today=TODAY
    )
    assert [(area.name, area.due, area.overdue) for area in found] == [("临河镇", 2, 1)]


_ITEMS = st.lists(
    st.builds(
        item,
        st.sampled_from(["青山-01", "青山-02", "柳沟-01"]),
        st.sampled_from(["visit", "contact", "update"]),
        st.integers(-40, 40),
        st.sampled_from(["990101001001", "990101001002"]),
    ),
    max_size=12,
)


@given(_ITEMS)
def test_each_entry_stands_once_in_its_village(items: list[Item]) -> None:
    """Whatever is due, the numbers of a village are its entries, each once."""
    for village in villages(items, STRENGTH, {}, Reading(TODAY)):
        here = {one.entry_id for one in items if one.lives_in == village.name}
        numbers = [number for line in village.lines for number in line.numbers]
        assert sorted(numbers) == sorted(here)
        assert village.total == len(here)


@given(_ITEMS)
def test_figures_add_up(items: list[Item]) -> None:
    """Areas, their counts and the items agree."""
    found = areas(items, {}, digits=9, today=TODAY)
    assert sum(area.due for area in found) == len({one.alert_id for one in items})
    assert all(area.due == sum(count.due for count in area.counts) for area in found)


def test_who_was_never_recorded_is_not_counted_as_overdue() -> None:
    """A first day that has passed is due, as DESIGN.md 1 has it."""
    late = item("青山-03", days=-3)
    (area,) = areas(
        [late, item("青山-04", days=-3)._replace(never=True)], {}, digits=9, today=TODAY
    )
    assert (area.due, area.overdue) == (2, 1)


def test_a_suggested_day_is_said_until_it_is_past() -> None:
    """Ahead of its deadline; those of one day stand in one line."""
    day = TODAY + timedelta(days=2)
    items = [item(f"青山-{n:02}", days=9)._replace(suggested_on=day) for n in (1, 2)]
    for today, said in ((TODAY, [day.day]), (day, [day.day]), (day + timedelta(days=1), [])):
        (village,) = villages(items, STRENGTH, NAMES, Reading(today))
        [line] = village.lines
        assert ([one.day for one in line.suggested], line.when) == (said, "before")
