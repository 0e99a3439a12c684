"""Rules: what is owed, by when, and who is told at which point. One model per `kind`."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from config.calendar_rules import CalendarOverride, CalendarRule
from config.dates import DateOverride, DateRule
from config.duties import DutyOverride, DutyRule
from config.seasons import SeasonOverride, SeasonRule
from config.signals import SignalOverride, SignalRule

Rule = DutyRule | DateRule | SeasonRule | CalendarRule | SignalRule
"""The union of rule kinds, discriminated by `kind`."""

Override = DutyOverride | DateOverride | SeasonOverride | CalendarOverride | SignalOverride
"""What a region changes of a rule, by kind."""

RULE_KINDS = ("duty", "date", "season", "calendar", "signal")
"""The words after `kind:`."""


def _known_kind(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    kind = value.get("kind")
    if kind is None:
        raise PydanticCustomError("kind_missing", "kind")
    if not isinstance(kind, str) or kind not in RULE_KINDS:
        raise PydanticCustomError(
            "unknown_word",
            "kind {found}",
            {"found": str(kind), "allowed": list(RULE_KINDS), "key": "kind"},
        )
    return value


WrittenRule = Annotated[Rule, Field(discriminator="kind"), BeforeValidator(_known_kind)]
"""A `Rule` as read: told apart by `kind` first, so that a wrong kind is one message."""


def informs_only(rule: Rule) -> bool:
    """Tell whether nothing ever closes a rule's alerts."""
    answered = isinstance(rule, SignalRule) and (rule.answer is not None or bool(rule.ladder))
    return not rule.done_by and not answered
