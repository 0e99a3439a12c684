"""Leaves out what is wrong, so that the checks on meaning can still read the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from config.delivery import DEFAULT_DIGEST, Delivery
from config.durations import Duration, Unit
from config.model import Configuration, Launch, Operator, Site
from config.shape import Loc
from config.steps import Step

_ROUNDS = 30
_ANY = "*"

_OPERATOR = Operator(email="nobody@example.invalid")
_LAUNCH = Launch(on=date.min, first_due_within=Duration(1, Unit.DAYS), escalate_from=date.max)
_NEVER = Duration(9999, Unit.YEARS)

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
    ("roles", _ANY, "title"): "-",
    ("roles", _ANY, "level"): "village",
    ("records", _ANY, "title"): "-",
    ("groups", _ANY, "ledger"): "children",
    ("rules", _ANY, "title"): "-",
    ("rules", _ANY, "say"): "-",
    ("rules", _ANY, "for"): "?",
    ("rules", _ANY, "every"): _NEVER,
    ("rules", _ANY, "done_by"): ("?",),
    ("rules", _ANY, "on"): {"record": "?"},
    ("rules", _ANY, "window"): "?",
    ("rules", _ANY, "period"): "month",
    ("fields", _ANY, _ANY, "title"): "-",
    ("rules", _ANY, "steps"): (Step(at=Duration(0, Unit.DAYS), tell=("?",)),),
    ("delivery", "digest", _ANY, "days"): DEFAULT_DIGEST.days,
    ("delivery", "digest", _ANY, "at"): DEFAULT_DIGEST.at,
}
"""Something harmless for a key that the rest around it cannot do without."""


@dataclass
class Mended:
    """What could be read around the mistakes: `made_up` sections and places `left_out` are void."""

    configuration: Configuration
    made_up: frozenset[str] = frozenset()
    left_out: frozenset[Loc] = frozenset()

    def is_void(self, loc: Loc) -> bool:
        """Tell whether a finding at `loc` speaks of something left out, or of what lacks a key."""
        return any(loc[: len(one)] == one or loc == one[:-1] for one in self.left_out)


@dataclass
class _Mending:
    values: Any
    made_up: set[str] = field(default_factory=set)
    left_out: set[Loc] = field(default_factory=set)

    def leave_out(self, error: ValidationError) -> None:
        """Delete each wrong value; all places are found before the first one goes."""
        for path, missing in [self._place(one) for one in error.errors(include_url=False)]:
            self.left_out.add(path)
            if not missing or not self._put_instead(path):
                self._delete(path[:-1] if missing else path)

    def _place(self, error: ErrorDetails) -> tuple[Loc, bool]:
        missing = error["type"] == "missing"
        loc = error["loc"]
        if missing:
            return (*_path(self.values, loc[:-1]), loc[-1]), True
        return _path(self.values, loc), False

    def _delete(self, path: Loc) -> None:
        """Take a value away; a list goes as a whole, so that its items keep their numbers."""
        while len(path) > 1 and isinstance(path[-1], int):
            path = path[:-1]
        if path and path == _path(self.values, path):
            self.left_out.add(path)
            _inside(self.values, path[:-1]).pop(path[-1])

    def _put_instead(self, wanted: Loc) -> bool:
        if len(wanted) == 1:
            self.made_up.add(str(wanted[0]))
            self.values[wanted[0]] = _SECTIONS[str(wanted[0])]
            return True
        if wanted[:-1] != _path(self.values, wanted[:-1]):
            return True  # gone with something around it
        for pattern, value in _INSIDE.items():
            if len(pattern) == len(wanted) and all(map(_fits, pattern, wanted)):
                _inside(self.values, wanted[:-1])[wanted[-1]] = value
                return True
        return False


def mended(values: Any, error: ValidationError) -> Mended:
    """Answer a configuration without the wrong parts."""
    mending = _Mending(values)
    for _round in range(_ROUNDS):
        mending.leave_out(error)
        try:
            configuration = _without_region(Configuration.model_validate(values))
        except ValidationError as another:
            error = another
        else:
            return Mended(configuration, frozenset(mending.made_up), frozenset(mending.left_out))
    return Mended(Configuration.model_validate(dict(_SECTIONS)), frozenset(_SECTIONS))


def _fits(pattern: str | int, part: str | int) -> bool:
    return pattern in (_ANY, part)


def _inside(values: Any, path: Loc) -> Any:
    for part in path:
        values = values[part]
    return values


def _path(values: Any, loc: Loc) -> Loc:
    """Answer the part of a path that is really there, without tags of unions."""
    path: list[str | int] = []
    for part in loc:
        inside = isinstance(values, dict) and part in values
        if inside or (isinstance(values, list) and isinstance(part, int) and part < len(values)):
            path.append(part)
            values = values[part]
    return tuple(path)


def _without_region(configuration: Configuration) -> Configuration:
    """Answer a site of no region if its own was wrong: nothing is said to lie outside of it."""
    if configuration.site.region != "00":
        return configuration
    site = configuration.site.model_copy(update={"region": ""})
    return configuration.model_copy(update={"site": site})
