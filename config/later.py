"""What the language knows and the engine does not carry yet: refused, in one place.

Emptying a tuple opens what it names. Paths are looked for in what was written; `*` is any name or
number, `**` any path. Nothing is said of what stands inside something that is refused itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from config.findings import Finding, Findings
from config.language import catalogue
from config.shape import Loc
from config.tree import Node

_ = catalogue("config")

LATER_KEYS = (
    "calendars",
    "fields",
    "region_tags",
    "city_districts",
    "stay",
    "records.*.counterpart",
    "records.*.stay",
    "records.*.says",
    "rules.*.spread",
    "rules.*.on_raise",
    "rules.*.during",
    "rules.*.every.by",
    "rules.*.steps.*.by",
    "rules.*.regions.*.source",
    "rules.*.regions.*.on_raise",
    "rules.*.regions.*.during",
    "rules.*.regions.*.every.by",
    "rules.*.regions.*.steps.*.by",
    "**.where.stay",
    "**.where.not_between_districts_of",
    "**.where.crosses",
    "**.where.assignment",
    "**.where.*.tagged",
    "**.where.*.known",
)
"""Keys that come with a later version."""

LATER_WORDS: Mapping[str, tuple[str, ...]] = {
    "rules.*.kind": ("date", "season", "calendar", "signal"),
    "**.ledger": ("institutions", "jurisdictions"),
}
"""Values that come with a later version, by the path they stand at."""

_EVERYTHING = {
    "rules.*.kind": ("duty", "date", "season", "calendar", "signal"),
    "**.ledger": ("children", "institutions", "jurisdictions"),
}


@dataclass(frozen=True, slots=True)
class NotYet:
    """The keys and words that are refused for now; empty: everything the language knows is open."""

    keys: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NOT_YET = NotYet(LATER_KEYS, LATER_WORDS)


def check_later(root: Node, not_yet: NotYet) -> Findings:
    """Answer what is written and comes with a later version."""
    refused: list[Loc] = []
    for loc, node in sorted(_written(root, ()), key=lambda one: len(one[0])):
        for pattern, words in not_yet.words.items():
            if node.value in words and _matches(pattern, loc):
                refused.append(loc[:-1])
                yield Finding(loc, _word(str(node.value), pattern, words))
        inside = any(loc[: len(one)] == one for one in refused)
        if not inside and any(_matches(pattern, loc) for pattern in not_yet.keys):
            refused.append(loc)
            sentence = _("“%(key)s” comes with a later version; leave it out for now")
            yield Finding(loc, sentence % {"key": loc[-1]}, at_key=True)


def _word(found: str, pattern: str, later: tuple[str, ...]) -> str:
    there = [word for word in _EVERYTHING[pattern] if word not in later]
    return _("“%(word)s” comes with a later version; so far there is: %(words)s") % {
        "word": found,
        "words": ", ".join(there),
    }


def _written(node: Node, loc: Loc) -> Iterator[tuple[Loc, Node]]:
    if loc:
        yield loc, node
    inside = node.value
    if isinstance(inside, dict):
        for key, one in inside.items():
            yield from _written(one, (*loc, key))
    elif isinstance(inside, list):
        for number, one in enumerate(inside):
            yield from _written(one, (*loc, number))


def _matches(pattern: str, loc: Loc) -> bool:
    parts = pattern.split(".")
    if parts[0] == "**":
        parts = parts[1:]
        loc = loc[-len(parts) :]
    return len(parts) == len(loc) and all(map(_fits, parts, loc))


def _fits(part: str, found: str | int) -> bool:
    return part in ("*", found)
