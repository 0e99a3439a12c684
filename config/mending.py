"""Leaves out what is wrong, so that the checks on meaning can still read the rest."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from config.delivery import Delivery
from config.durations import Duration, Unit
from config.model import Configuration, Launch, Operator, Site
from config.shape import Loc

_ROUNDS = 30

_OPERATOR = Operator(email="nobody@example.invalid")
_LAUNCH = Launch(on=date.min, first_due_within=Duration(1, Unit.DAYS), escalate_from=date.max)

_SECTIONS: Mapping[str, object] = {
    "version": 1,
    "site": Site(name="-", region="00", operator=_OPERATOR),
    "launch": _LAUNCH,
    "roles": {},
    "records": {},
    "rules": {},
    "delivery": Delivery(routes={}),
    "channels": {},
}
"""Something for each required section; no check that needs it is run."""

_INSIDE: Mapping[Loc, object] = {
    ("site", "name"): "-",
    ("site", "region"): "00",
    ("site", "operator"): _OPERATOR,
    ("launch", "on"): _LAUNCH.on,
    ("launch", "first_due_within"): _LAUNCH.first_due_within,
    ("launch", "escalate_from"): _LAUNCH.escalate_from,
}
"""Something harmless for a key that sections cannot do without, to keep their other keys."""


def mended(values: Any, error: ValidationError) -> tuple[Configuration, frozenset[str]]:
    """Answer a configuration without the wrong parts, and the sections that had to be made up."""
    made_up: set[str] = set()
    for _round in range(_ROUNDS):
        for one in error.errors(include_url=False, include_input=False):
            _leave_out(values, one["loc"], missing=one["type"] == "missing", made_up=made_up)
        try:
            return _without_region(Configuration.model_validate(values)), frozenset(made_up)
        except ValidationError as another:
            error = another
    return Configuration.model_validate(dict(_SECTIONS)), frozenset(_SECTIONS)


def _leave_out(values: Any, loc: Loc, *, missing: bool, made_up: set[str]) -> None:
    """Delete the wrong value; a list goes as a whole, so that its items keep their numbers."""
    if missing and loc in _INSIDE:
        values[loc[0]][loc[1]] = _INSIDE[loc]
        return
    path = _path(values, loc[:-1] if missing else loc)
    if not path:
        if missing:
            made_up.add(str(loc[-1]))
            values[str(loc[-1])] = _SECTIONS[str(loc[-1])]
        return
    while len(path) > 1 and isinstance(path[-1], int):
        path.pop()
    parent = values
    for part in path[:-1]:
        parent = parent[part]
    parent.pop(path[-1], None)


def _path(values: Any, loc: Loc) -> list[str | int]:
    """Answer the part of a path that is really there, without tags of unions."""
    path: list[str | int] = []
    for part in loc:
        inside = isinstance(values, dict) and part in values
        if inside or (isinstance(values, list) and isinstance(part, int) and part < len(values)):
            path.append(part)
            values = values[part]
    return path


def _without_region(configuration: Configuration) -> Configuration:
    """Answer a site of no region if its own was wrong: nothing is said to lie outside of it."""
    if configuration.site.region != "00":
        return configuration
    site = configuration.site.model_copy(update={"region": ""})
    return configuration.model_copy(update={"site": site})
