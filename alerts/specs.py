"""A rule as JSON: what its versions are compared by, what a changed interval is softened with."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from config.common_rule import CommonOverride, CommonRule
from config.durations import Duration
from config.duties import DutyOverride, DutyRule
from config.groups import (
    AgeRange,
    AssignmentFilter,
    DateRange,
    Filter,
    NumberRange,
    PlaceFilter,
    SetFilter,
)
from config.model import Configuration
from config.steps import Step
from config.values import Valid

Spec = dict[str, Any]
"""Canonical JSON of a rule. The key `timing` holds all that moves dates or who is in."""


def spec_of(configuration: Configuration, name: str) -> Spec:
    """Write a rule down as it stands; lists that are sets are sorted."""
    rule = configuration.rules[name]
    group = configuration.group_of(rule)
    return {
        "timing": {
            "kind": rule.kind,
            "ledger": group.ledger,
            "where": {field: _filter(value) for field, value in sorted(group.where.items())},
            "counts": sorted(configuration.counting_kinds(rule)),
            "place": rule.place,
            "base": _dates_of(rule),
            "regions": {prefix: _dates_of(over) for prefix, over in sorted(rule.regions.items())},
        },
        "title": rule.title,
        "say": rule.say,
        "source": rule.source,
    }


def timing_hash(spec: Spec) -> str:
    """Answer the hash of everything that moves dates or who is in, never of texts."""
    return digest_of(spec["timing"])


def digest_of(value: object) -> str:
    """Answer the SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def effective(spec: Spec, prefix: str) -> Mapping[str, Any]:
    """Answer the dates of a rule inside a division: the longest override that holds there, key by key."""
    timing = spec["timing"]
    holding = [code for code in timing["regions"] if prefix.startswith(code)]
    override = timing["regions"][max(holding, key=len)] if holding else {}
    return {**timing["base"], **override}


def _dates_of(rule: CommonRule | CommonOverride) -> Spec:
    """Write down what moves dates; what an override leaves out is not there."""
    written: Spec = {}
    if isinstance(rule, DutyRule | DutyOverride):
        if isinstance(rule.every, Duration):
            written["every"] = str(rule.every)
        if rule.roll is not None:
            written["roll"] = rule.roll
    if rule.steps is not None:
        written["steps"] = [_step(step) for step in rule.steps]
    if rule.valid is not None:
        written["valid"] = _valid(rule.valid)
    return written


def _step(step: Step) -> Spec:
    return {
        "key": step.key,
        "at": str(step.at),
        "repeat": None if step.repeat is None else str(step.repeat),
    }


def _valid(valid: Valid) -> list[str | None]:
    return [None if day is None else day.isoformat() for day in (valid.from_, valid.to)]


def read_day(text: str | None) -> date | None:
    """Read a day back."""
    return None if text is None else date.fromisoformat(text)


def _filter(value: Filter) -> object:
    match value:
        case str():
            return [value]
        case SetFilter():
            return {
                name: sorted(words)
                for name in ("any_of", "all_of", "none_of")
                if (words := getattr(value, name)) is not None
            }
        case AgeRange():
            return {"at_least": _text(value.at_least), "under": _text(value.under)}
        case DateRange():
            known = {} if value.known is None else {"known": value.known}
            return {"since": _iso(value.since), "until": _iso(value.until), **known}
        case NumberRange() | PlaceFilter() | AssignmentFilter():
            return value.model_dump(exclude_none=True)
        case _:
            return sorted(value)


def _text(duration: Duration | None) -> str | None:
    return None if duration is None else str(duration)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
