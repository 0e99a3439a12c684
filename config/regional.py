"""A rule as it holds in one division: the changes of all its prefixes, the longer over the shorter."""

from typing import TypeVar

from config.calendar_rules import CalendarRule
from config.dates import DateRule
from config.duties import DutyRule
from config.seasons import SeasonRule
from config.signals import SignalRule

AnyRule = TypeVar("AnyRule", DutyRule, DateRule, SeasonRule, CalendarRule, SignalRule)


def in_region(rule: AnyRule, code: str) -> AnyRule:
    """Answer a rule with what the divisions around `code` change, key by key."""
    changes: dict[str, object] = {}
    for prefix in sorted(rule.regions, key=len):
        if code.startswith(prefix):
            over = rule.regions[prefix]
            changes |= {key: getattr(over, key) for key in over.model_fields_set}
    return rule.model_copy(update={k: v for k, v in changes.items() if v is not None})
