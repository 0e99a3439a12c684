"""Which keys the models know at a place of the configuration."""

from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from config.model import Configuration
from config.values import Model

Loc = tuple[str | int, ...]
"""A path of keys and indexes, as pydantic reports it: tags of unions may stand in between."""

_KINDS = ("kind", "type")


def keys_of(model: type[Model]) -> dict[str, Any]:
    """Answer the keys a model is written with, and the annotation of each."""
    return {
        field.alias or name.rstrip("_"): field.annotation
        for name, field in model.model_fields.items()
    }


def known_keys(loc: Loc) -> list[str]:
    """Answer the keys that may be written at `loc`; none where names are free."""
    models = [one for one in _types_at(loc) if _is_model(one)]
    return list(dict.fromkeys(key for model in models for key in keys_of(model)))


def all_models() -> list[type[Model]]:
    """Answer every model reachable from `Configuration`, that one first."""
    found: list[type[Model]] = []
    waiting: list[Any] = [Configuration]
    while waiting:
        one = waiting.pop(0)
        if _is_model(one):
            if one not in found:
                found.append(one)
                waiting += [part for hint in keys_of(one).values() for part in _members(hint)]
        else:
            waiting += [part for hint in get_args(one) for part in _members(hint)]
    return found


def _types_at(loc: Loc) -> list[Any]:
    types: list[Any] = [Configuration]
    for part in loc:
        types = [new for old in types for new in _inside(old, part)] or _narrowed(types, part)
    return types


def _inside(hint: Any, part: str | int) -> list[Any]:
    if _is_model(hint):
        keys = keys_of(hint)
        return _members(keys[part]) if part in keys else []
    if get_origin(hint) is dict and isinstance(part, str):
        return _members(get_args(hint)[1])
    if get_origin(hint) is tuple and isinstance(part, int):
        return _members(get_args(hint)[0])
    return []


def _narrowed(types: list[Any], tag: str | int) -> list[Any]:
    """Keep the members of a union that a tag names; all of them if it names none."""
    named = [
        one
        for one in types
        if _is_model(one)
        and any(tag in get_args(keys_of(one).get(key, Literal[""])) for key in _KINDS)
    ]
    return named or types


def _members(hint: Any) -> list[Any]:
    """Answer the types an annotation may stand for, without Annotated, None and unions."""
    if get_origin(hint) in (Union, UnionType):
        return [part for one in get_args(hint) for part in _members(one)]
    if hasattr(hint, "__metadata__"):
        return _members(get_args(hint)[0])
    return [] if hint is type(None) else [hint]


def _is_model(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Model)
