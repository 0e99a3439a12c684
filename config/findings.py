"""What the checks on meaning answer, and the names they go by."""

from collections.abc import Iterator
from dataclasses import fields

from config.lean import dataclass
from config.shape import Loc
from config.tree import Node


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake in meaning, or a warning; `at_key` says the key is meant, not its value."""

    loc: Loc
    sentence: str
    at_key: bool = False
    warning: bool = False


Findings = Iterator[Finding]


@dataclass(frozen=True, slots=True)
class Names:
    """Every name that is written, also of parts that are wrong: a wrong role is still a role."""

    roles: tuple[str, ...]
    records: tuple[str, ...]
    groups: tuple[str, ...]
    rules: tuple[str, ...]
    channels: tuple[str, ...]
    calendars: tuple[str, ...]
    region_tags: tuple[str, ...]

    @classmethod
    def of(cls, root: Node) -> "Names":
        """Read the names from the keys of the tree."""
        return cls(**{one.name: _keys(root, one.name) for one in fields(cls)})


def _keys(root: Node, section: str) -> tuple[str, ...]:
    node = root.value.get(section) if isinstance(root.value, dict) else None
    return tuple(node.keys) if node is not None else ()
