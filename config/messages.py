"""Turns what pydantic found into a sentence an admin understands, with its place."""

import re
from collections.abc import Callable

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from config.errors import Problem
from config.language import catalogue
from config.model import REGION_PATTERN
from config.places import Spot, locate, written
from config.punctuation import find_misplaced
from config.shape import known_keys
from config.suggest import closest, hint
from config.tree import Node

_ = catalogue("config")


def problems_of(error: ValidationError, root: Node) -> list[Problem]:
    """Answer one problem for each of pydantic's errors."""
    errors = error.errors(include_url=False)
    return [_problem(one, root) for one in errors if not _follows(one, errors, root)]


def _follows(one: ErrorDetails, errors: list[ErrorDetails], root: Node) -> bool:
    """Tell whether an error only follows from another.

    A list counts as too short when its items are wrong; a key is missing when it is misspelt.
    """
    if one["type"] == "too_short":
        return locate(root, one["loc"]).node.value != []
    if one["type"] != "missing":
        return False
    above, key = one["loc"][:-1], str(one["loc"][-1])
    if isinstance(one["loc"][-1], int):  # of two items that are not there, the last is told
        after = (*above, one["loc"][-1] + 1)
        return any(other["type"] == "missing" and other["loc"] == after for other in errors)
    return any(
        other["type"] == "extra_forbidden"
        and other["loc"][:-1] == above
        and closest(str(other["loc"][-1]), known_keys(above)) == key
        for other in errors
    )


def _meant_rule(error: ErrorDetails, root: Node) -> str | None:
    """Answer the rule that a change of another name was meant for; None: it is a rule of its own."""
    rules = locate(root, ("rules",)).node.value
    if error["loc"][:1] != ("rules",) or not isinstance(rules, dict):
        return None
    whole = [
        name
        for name, rule in rules.items()
        if isinstance(rule.value, dict) and "kind" in rule.value
    ]
    name = str(error["loc"][1])
    return None if name in whole else closest(name, whole)


def _problem(error: ErrorDetails, root: Node) -> Problem:
    spot = locate(root, error["loc"])
    if error["type"] == "kind_missing" and (meant := _meant_rule(error, root)):
        sentence = _("there is no rule of this name to change. Did you mean “%(name)s”?")
        return Problem(spot.key_place, written(spot.path), sentence % {"name": meant})
    make = _SENTENCES.get(error["type"], _fallback)
    if error["type"] == "extra_forbidden":
        return _unknown_key(error, root)
    if error["type"] in {"missing", "kind_missing"}:
        return Problem(spot.key_place, written(spot.path), make(error, spot))
    key = error.get("ctx", {}).get("key")
    if key is not None and isinstance(spot.node.value, dict) and key in spot.node.value:
        spot = locate(root, (*error["loc"], key))
    return Problem(spot.node.place, written(spot.path), make(error, spot))


def _unknown_key(error: ErrorDetails, root: Node) -> Problem:
    *above, key = error["loc"]
    spot = locate(root, tuple(above))
    place = spot.node.keys.get(str(key), spot.node.place)
    allowed = known_keys(tuple(above))
    sentence = _("unknown key “%(key)s”.") % {"key": key} + hint(str(key), allowed)
    return Problem(place, written((*spot.path, key)), sentence)


def describe(node: Node) -> str:
    """Answer what stands at a node, in words; nothing from the environment is shown."""
    if node.hidden:
        return _("a value from the environment")
    if isinstance(node.value, str):
        shown = node.value if len(node.value) <= 60 else node.value[:60] + "…"
        return _("the text “%(text)s”") % {"text": shown}
    if isinstance(node.value, list):
        return _("a list")
    return _("a mapping (keys with values)") if node.value is not None else _("nothing")


def _missing(error: ErrorDetails, spot: Spot) -> str:
    key = error["loc"][-1]
    if isinstance(key, int):
        return _("the list is too short; items needed: %(count)s") % {"count": key + 1}
    return _("the key “%(key)s” is missing") % {"key": key}


def _word(error: ErrorDetails, spot: Spot) -> str:
    allowed = error.get("ctx", {}).get("allowed")
    if allowed is None:
        allowed = re.findall(r"'([^']*)'", error.get("ctx", {}).get("expected", ""))
        allowed = allowed or [error.get("ctx", {}).get("expected", "")]
    found = spot.node.value if isinstance(spot.node.value, str) else ""
    return _("%(found)s is not allowed here.") % {"found": describe(spot.node)} + hint(
        found, allowed
    )


def _pattern(error: ErrorDetails, spot: Spot) -> str:
    if error.get("ctx", {}).get("pattern") == REGION_PATTERN:
        return _("%(found)s is no division code; it has 2, 4, 6, 9 or 12 digits") % {
            "found": describe(spot.node)
        }
    return _fallback(error, spot)


def _own(error: ErrorDetails, spot: Spot) -> str:
    if spot.node.hidden:  # the sentence would show the value
        return _fallback(error, spot)
    return str(error.get("ctx", {}).get("error", error["msg"]))


def _least(error: ErrorDetails, spot: Spot) -> str:
    return _("the number must be at least %(limit)s") % {"limit": error["ctx"]["ge"]}


def _most(error: ErrorDetails, spot: Spot) -> str:
    return _("the number must be at most %(limit)s") % {"limit": error["ctx"]["le"]}


def _short(error: ErrorDetails, spot: Spot) -> str:
    return _("the list is empty; at least one item is needed")


def _long(error: ErrorDetails, spot: Spot) -> str:
    return _("the list is too long; items allowed: %(count)s") % {
        "count": error["ctx"].get("max_length", 0)
    }


def _wanted(wanted: Callable[[], str]) -> Callable[[ErrorDetails, Spot], str]:
    def sentence(error: ErrorDetails, spot: Spot) -> str:
        node = spot.node
        if node.plain and isinstance(node.value, str) and (marks := find_misplaced(node.value)):
            return _(
                "full-width “%(found)s” is not YAML; write “%(wanted)s” "
                "(check --fix-punctuation does it)"
            ) % {"found": marks[0].found, "wanted": marks[0].wanted}
        return _("expected %(wanted)s, found %(found)s") % {
            "wanted": wanted(),
            "found": describe(node),
        }

    return sentence


def _no_tag(error: ErrorDetails, spot: Spot) -> str:
    return _("the key “%(key)s” is missing") % {"key": "type"}


def _no_kind(error: ErrorDetails, spot: Spot) -> str:
    return _("the key “%(key)s” is missing") % {"key": "kind"}


def _fallback(error: ErrorDetails, spot: Spot) -> str:
    return _("%(found)s does not fit here") % {"found": describe(spot.node)}


_MAPPING = _wanted(lambda: _("a mapping (keys with values)"))
_TEXT = _wanted(lambda: _("a text"))
_LIST = _wanted(lambda: _("a list"))

_SENTENCES: dict[str, Callable[[ErrorDetails, Spot], str]] = {
    "missing": _missing,
    "literal_error": _word,
    "unknown_word": _word,
    "kind_missing": _no_kind,
    "string_pattern_mismatch": _pattern,
    "value_error": _own,
    "greater_than_equal": _least,
    "less_than_equal": _most,
    "too_short": _short,
    "too_long": _long,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dict_type": _MAPPING,
    "string_type": _TEXT,
    "is_instance_of": _TEXT,
    "int_type": _TEXT,
    "bool_type": _TEXT,
    "date_type": _TEXT,
    "time_delta_type": _TEXT,
    "date_from_datetime_inexact": _TEXT,
    "tuple_type": _LIST,
    "union_tag_not_found": _no_tag,
}
