"""The vectors of tests/data that schedules are tested with."""

import json
from datetime import date
from pathlib import Path

_DATA = Path(__file__).parent.parent / "data"


def month_vectors() -> list[tuple[date, int, date]]:
    """Answer (start, months, last day) by Civil Code art. 200–203."""
    rows = json.loads((_DATA / "calendars/month_periods.json").read_text("utf-8"))["vectors"]
    return [
        (date.fromisoformat(row["start"]), row["months"], date.fromisoformat(row["last_day"]))
        for row in rows
    ]


def workday_vectors() -> list[tuple[date, int, date]]:
    """Answer (start, working days, due) of years whose holidays are known."""
    rows = json.loads((_DATA / "calendars/workday_periods.json").read_text("utf-8"))["vectors"]
    return [
        (date.fromisoformat(row["start"]), row["working_days"], date.fromisoformat(row["due"]))
        for row in rows
    ]


def make_up_days_2026() -> list[date]:
    """Answer the weekend days of 2026 on which offices work."""
    rows = json.loads((_DATA / "calendars/workday_periods.json").read_text("utf-8"))
    return [date.fromisoformat(day) for day in rows["weekend_workdays_2026"]]


def holiday_notice(year: int) -> dict[str, object]:
    """Answer one file of the holiday-cn project as parsed JSON."""
    text = (_DATA / f"holiday-cn/{year}.json").read_text("utf-8")
    notice: dict[str, object] = json.loads(text)
    return notice


def official_days() -> tuple[set[date], set[date]]:
    """Answer the days off and the worked weekend days of the notices of 2019 to 2026."""
    years = json.loads((_DATA / "calendars/official_days.json").read_text("utf-8"))[
        "years"
    ].values()
    off = {
        date.fromordinal(ordinal)
        for year in years
        for first, last in year["off"]
        for ordinal in range(
            date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1
        )
    }
    return off, {date.fromisoformat(day) for year in years for day in year["worked"]}
