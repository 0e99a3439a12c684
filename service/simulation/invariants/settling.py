"""Which records settle which matters, read off the YAML and the rows."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from config.dates import DateRule, FromField
from config.durations import Duration
from config.model import Configuration
from config.rules import Rule


def counting(configuration: Configuration, rule: str) -> set[str]:
    """Answer the kinds of records that close a rule."""
    wanted = set(configuration.rules[rule].done_by)
    return wanted | {
        kind for kind, about in configuration.records.items() if wanted & set(about.counts_as)
    }


def is_newer(configuration: Configuration, act: Row[Any], alert: Row[Any]) -> bool:
    """Say whether an act is of a time at which it settles an alert.

    What a field dates is settled by what is written down since its first step; all else by what
    happened after the day it counts from.
    """
    rule = configuration.rules[alert.rule]
    if isinstance(rule, DateRule) and isinstance(rule.on, FromField):
        return bool(act.recorded_on >= alert.due_on + timedelta(days=first_offset(rule)))
    return bool(alert.anchor_on is None or act.happened_on > alert.anchor_on)


def first_offset(rule: Rule) -> int:
    """Answer how many days after the due date the first step lies; 1 if that cannot be read off."""
    steps = getattr(rule, "steps", ())
    return min((step.at.amount for step in steps if isinstance(step.at, Duration)), default=1)
