"""Which rules hang on days of rest: another calendar makes only those be looked at again."""

from typing import Any

import pytest

from alerts.rest_days import hangs_on_rest_days
from tests.alerts.world import CONTACT, configured, rule

REPORT = {
    "kind": "calendar",
    "say": "月报",
    "for": {"ledger": "children", "where": {"status": "active"}},
    "period": "month",
    "done_by": "contact",
}


def hangs(written: dict[str, Any]) -> bool:
    """Say whether one rule hangs on days of rest."""
    return hangs_on_rest_days(configured({"it": written}).rules["it"])


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"roll": "none"},
        {"title": "每20个工作日 (20 workdays)"},
        {"regions": {"990101": {"every": "2 months"}}},
    ],
)
def test_a_duty_of_months_does_not(change: dict[str, Any]) -> None:
    """Its dates are the same whichever days are free; what its words say is no matter."""
    assert not hangs(rule(**change))


@pytest.mark.parametrize(
    "change",
    [
        {"roll": "before"},
        {"roll": "after"},
        {"every": "20 workdays"},
        {"regions": {"990101": {"roll": "after"}}},
        {"regions": {"990101": {"every": "20个工作日"}}},
        {"steps": [{"at": "-5 workdays", "tell": "director"}, *CONTACT["steps"][1:]]},
        {
            "steps": [
                *CONTACT["steps"],
                {"at": "+30 days", "tell": "director", "repeat": "5 workdays"},
            ]
        },
    ],
)
def test_what_rolls_or_counts_workdays_does(change: dict[str, Any]) -> None:
    """Wherever in the rule it is written, and for whichever division."""
    assert hangs(rule(**change))


@pytest.mark.parametrize(
    ("due", "does"), [("10", False), ("end", False), ("5th workday", True), ("last workday", True)]
)
def test_a_period_s_workday_does(due: str, does: bool) -> None:
    """The day a month's report is due may be one of its workdays."""
    steps = [{"at": "0 days", "tell": "director"}]
    assert hangs({**REPORT, "due": due, "steps": steps}) is does
