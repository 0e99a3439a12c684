"""What the language knows and the engine does not carry yet: refused, in one place.

Emptying a tuple opens what it names. Paths are looked for in what was written; `*` is any name or
number, `**` any path. Nothing is said of what stands inside something that is refused itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from config.findings import Finding, Findings
from config.language import catalogue
from config.shape import Loc
from config.tree import Node

_ = catalogue("config")

LATER_KEYS: tuple[str, ...] = ()
"""Keys that come with a later version."""

LATER_WORDS: Mapping[str, tuple[str, ...]] = {}
"""Values that come with a later version, by the path they stand at."""

IDLE_KEYS = ("records.*.counterpart", "records.*.says", "rules.*.counterpart")
"""Keys that do no harm and no good yet: warned of."""

IDLE_WORDS: Mapping[str, tuple[str, ...]] = {}
"""Values of which nothing comes yet: no workbook of institutions can be imported."""

_EVERYTHING = {
    "rules.*.kind": ("duty", "date", "season", "calendar", "signal"),
    "**.ledger": ("children", "institutions", "jurisdictions"),
}


@dataclass(frozen=True, slots=True)
class NotYet:
    """The keys and words that are refused for now, and those of which nothing comes yet.

    All empty: everything the language knows is open.
    """

    keys: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    idle_keys: tuple[str, ...] = ()
    idle_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NOT_YET = NotYet(LATER_KEYS, LATER_WORDS, IDLE_KEYS, IDLE_WORDS)


def check_later(root: Node, not_yet: NotYet) -> Findings:
    """Answer what is written and comes with a later version, or comes to nothing in this one."""
    ends = frozenset(pattern.rpartition(".")[2] for pattern in (*not_yet.keys, *not_yet.words))
    yield from _inside(root, (), not_yet, ends)
    yield from _idle(root, (), not_yet)


def _idle(node: Node, loc: Loc, not_yet: NotYet) -> Findings:
    for place, part in _parts(node, loc):
        is_key = any(_matches(pattern, place) for pattern in not_yet.idle_keys)
        words = (said for pattern, said in not_yet.idle_words.items() if _matches(pattern, place))
        if is_key or any(part.value in said for said in words):
            sentence = _("“%(word)s” is read, but nothing comes of it in this version")
            word = place[-1] if is_key else part.value
            yield Finding(place, sentence % {"word": word}, at_key=is_key, warning=True)
        else:
            yield from _idle(part, place, not_yet)


def _inside(node: Node, loc: Loc, not_yet: NotYet, ends: frozenset[str]) -> Findings:
    words = [one for one in _parts(node, loc) if one[0][-1] in ends]
    refused = False
    for place, part in words:
        for pattern, later in not_yet.words.items():
            if part.value in later and _matches(pattern, place):
                refused = True
                yield Finding(place, _word(str(part.value), pattern, later))
    if refused:
        return
    for place, part in _parts(node, loc):
        if place[-1] in ends and any(_matches(pattern, place) for pattern in not_yet.keys):
            sentence = _("“%(key)s” comes with a later version; leave it out for now")
            yield Finding(place, sentence % {"key": place[-1]}, at_key=True)
        else:
            yield from _inside(part, place, not_yet, ends)


def _word(found: str, pattern: str, later: tuple[str, ...]) -> str:
    there = [word for word in _EVERYTHING[pattern] if word not in later]
    return _("“%(word)s” comes with a later version; so far there is: %(words)s") % {
        "word": found,
        "words": ", ".join(there),
    }


def _parts(node: Node, loc: Loc) -> list[tuple[Loc, Node]]:
    if isinstance(node.value, dict):
        return [((*loc, key), one) for key, one in node.value.items()]
    if isinstance(node.value, list):
        return [((*loc, number), one) for number, one in enumerate(node.value)]
    return []


def _matches(pattern: str, loc: Loc) -> bool:
    parts = pattern.split(".")
    if parts[0] == "**":
        parts = parts[1:]
        loc = loc[-len(parts) :]
    return len(parts) == len(loc) and all(map(_fits, parts, loc))


def _fits(part: str, found: str | int) -> bool:
    return part in ("*", found)
