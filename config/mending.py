"""Leaves out what is wrong, so that the checks on meaning can still read the rest."""

from datetime import date
from typing import Any

from pydantic import ValidationError

from config.delivery import Delivery
from config.durations import Duration, Unit
from config.model import Configuration, Launch, Operator, Site
from config.shape import Loc

_ROUNDS = 30


def mended(values: Any, error: ValidationError) -> tuple[Configuration, frozenset[str]]:
    """Answer a configuration without the wrong parts, and the sections that had to be made up."""
    made_up: set[str] = set()
    for _round in range(_ROUNDS):
        for one in error.errors(include_url=False, include_input=False):
            _leave_out(values, one["loc"], missing=one["type"] == "missing", made_up=made_up)
        try:
            return Configuration.model_validate(values), frozenset(made_up)
        except ValidationError as another:
            error = another
    return Configuration.model_validate(_fillers()), frozenset(_fillers())


def _leave_out(values: Any, loc: Loc, *, missing: bool, made_up: set[str]) -> None:
    """Delete the wrong value; a list goes as a whole, so that its items keep their numbers."""
    path = _path(values, loc[:-1] if missing else loc)
    if not path:
        if missing:
            made_up.add(str(loc[-1]))
            values[str(loc[-1])] = _fillers()[str(loc[-1])]
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


def _fillers() -> dict[str, Any]:
    """Answer something for each required section; no check that needs it is run."""
    return {
        "version": 1,
        "site": Site.model_construct(name="", region="", operator=Operator()),
        "launch": Launch(
            on=date.min, first_due_within=Duration(1, Unit.DAYS), escalate_from=date.max
        ),
        "roles": {},
        "records": {},
        "rules": {},
        "delivery": Delivery(routes={}),
        "channels": {},
    }
