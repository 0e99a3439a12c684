"""Finds the place in a file for a path in the configuration."""

from config.errors import Place, Problem
from config.lean import dataclass
from config.shape import Loc
from config.tree import Node


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a path leads: the last node found, the keys that were really there, the key's place."""

    node: Node
    path: Loc
    key_place: Place


def locate(root: Node, loc: Loc) -> Spot:
    """Follow a path as far as the tree goes; tags of unions, which no file holds, are stepped over."""
    spot = Spot(root, (), root.place)
    for part in loc:
        spot = _step(spot, part) or spot
    return spot


def _step(spot: Spot, part: str | int) -> Spot | None:
    value = spot.node.value
    path = (*spot.path, part)
    if isinstance(value, dict) and isinstance(part, str) and part in value:
        return Spot(value[part], path, spot.node.keys[part])
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return Spot(value[part], path, value[part].place)
    return None


def problem_at(root: Node, loc: Loc, sentence: str, *, at_key: bool = False) -> Problem:
    """Make a problem about the value at `loc`, or about its key."""
    spot = locate(root, loc)
    return Problem(spot.key_place if at_key else spot.node.place, written(spot.path), sentence)


def written(path: Loc) -> str:
    """Answer a path as people read it: `rules.季度联系.steps[2].tell`; items count from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def plain(node: Node) -> object:
    """Answer the values of a tree: text, lists and dictionaries."""
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    if isinstance(node.value, dict):
        return {key: plain(item) for key, item in node.value.items() if item.value is not None}
    return node.value
