"""Holiday notices are read strictly and refused in words."""

import pytest

from config.language import speaking
from schedules.errors import CalendarNoticeInvalid
from schedules.notices import read_notice
from tests.schedules.data import holiday_notice


def notice(day: str, *, off: object = True, year: object = 2027) -> dict[str, object]:
    """Answer the JSON of a notice with one day."""
    return {
        "year": year,
        "papers": ["https://example.invalid/notice"],
        "days": [{"name": "元旦", "date": day, "isOffDay": off}],
    }


def test_a_published_notice_is_read_whole() -> None:
    """The notice of 2026 names 33 days off and six make-up days."""
    read = read_notice(holiday_notice(2026))
    assert (read.year, len(read.rest), len(read.work)) == (2026, 33, 6)


def test_an_empty_file_is_an_empty_notice() -> None:
    """A file published ahead of the notice says nothing about its year."""
    read = read_notice(holiday_notice(2027))
    assert (read.year, read.rest, read.work) == (2027, frozenset(), frozenset())


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ({}, "year"),
        (notice("2027-01-01", year="soon"), "year"),
        (notice("2027-13-01"), r"days\.0\.date"),
        (notice("2027-01-01", off="perhaps"), r"days\.0\.isOffDay"),
        (notice("2026-11-30"), r"days\.0\.date"),
        (notice("2028-01-01"), r"days\.0\.date"),
    ],
)
def test_what_is_no_notice_is_refused_with_its_place(raw: dict[str, object], place: str) -> None:
    """The sentence names where in the file, and what to import instead."""
    with speaking("en"), pytest.raises(CalendarNoticeInvalid, match=f"cannot be read at “{place}”"):
        read_notice(raw)


def test_a_day_both_off_and_worked_is_refused() -> None:
    """A file that contradicts itself settles nothing."""
    raw = notice("2027-01-01")
    raw["days"] = [{"name": "元旦", "date": "2027-01-01", "isOffDay": off} for off in (True, False)]
    with pytest.raises(CalendarNoticeInvalid, match="2027-01-01"):
        read_notice(raw)
