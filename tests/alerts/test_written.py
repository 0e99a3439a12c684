"""What the YAML says of a step in a division: the smallest that says anything wins, key by key."""

from typing import Any

import pytest

from alerts.written import ends_with, late_policy, written_step
from config.model import Configuration
from tests.alerts.world import configured, rule

OTHER = [{"at": "+9 days", "tell": "county"}]
PLACES = {
    "990101001": {"steps": OTHER, "late": {"send_within": "3 days", "then": "record"}},
    "990101001001": {"every": "1 month"},
}


def season(*steps: dict[str, Any], **more: Any) -> Configuration:
    """Answer a configuration with one rule for a summer."""
    written = {
        **{key: value for key, value in rule().items() if key != "every"},
        "kind": "season",
        "window": "summer",
        "steps": list(steps),
        **more,
    }
    summer = {"every_year": ["07-01", "08-31"]}
    return configured({"summer": written}, calendars={"summer": summer})


def test_a_village_keeps_what_its_township_changes() -> None:
    """It changes the interval alone; steps and lateness are the township's."""
    found = configured({"contact": rule(regions=PLACES)})
    step = written_step(found, "contact", "990101001001", "+9 days")
    assert step is not None
    assert step.tell == ("county",)
    assert written_step(found, "contact", "990101001001", "+7 days") is None
    assert late_policy(found, "contact", "990101001001").then == "record"
    assert written_step(found, "contact", "", "+7 days") is not None


START = {"at": "start", "tell": "director"}
WEEKLY = {"every": "monday", "tell": "director"}
BEFORE_END = {"at": "end - 30 days", "tell": "director"}
AFTER = {"at": "+7 days", "tell": "supervisor", "escalation": True}


@pytest.mark.parametrize(
    ("steps", "last"),
    [
        ([START, BEFORE_END], "end - 30 days"),
        ([AFTER, START, BEFORE_END], "+7 days"),
        ([START, BEFORE_END, WEEKLY], "every monday"),
    ],
)
def test_the_last_step_of_a_season_is_read_off_the_yaml(
    steps: list[dict[str, Any]], last: str
) -> None:
    """In whatever order they are written."""
    found = season(*steps, done_by="contact")
    keys = {step.key for step in found.rules["summer"].steps}
    assert [key for key in keys if ends_with(found, "summer", "", key)] == [last]


def test_no_step_is_the_last_where_one_repeats() -> None:
    """It says the same again and again; the newest counts."""
    found = season(START, {**AFTER, "repeat": "30 days"}, done_by="contact")
    assert not ends_with(found, "summer", "", "+7 days")
