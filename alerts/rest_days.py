"""Whether a rule's dates hang on which days are days of rest."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from pydantic import BaseModel

from config.calendar_rules import DueDay
from config.common_rule import RollingOverride, RollingRule
from config.durations import Unit
from config.rules import Rule


def hangs_on_rest_days(rule: Rule) -> bool:
    """Say whether another calendar of rest days could move a date of the rule, anywhere."""
    return any(map(_hangs, _parts(rule)))


def _hangs(part: object) -> bool:
    match part:
        case Unit.WORKDAYS | DueDay(workday=True):
            return True
        case RollingRule(roll="before" | "after") | RollingOverride(roll="before" | "after"):
            return True
    return False


def _parts(written: object) -> Iterator[object]:
    """Yield what an admin wrote and, in it, all that it is made of."""
    yield written
    for inner in _inner(written):
        yield from _parts(inner)


def _inner(written: object) -> list[object]:
    match written:
        case BaseModel():
            return [part for _name, part in written]
        case Mapping():
            return list(written.values())
        case tuple():
            return list(written)
    if is_dataclass(written):
        return [getattr(written, field.name) for field in fields(written)]
    return []
