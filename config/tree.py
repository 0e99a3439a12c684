"""YAML text → a tree of nodes that know their place. Every scalar stays text.

Built from parser *events*: `compose()` recurses in C and kills the process on a deeply nested
text (docs/decisions). What a text means is decided by the models, so `no`, `12:30`, `010101` and
the key `on` stay what was typed.
"""

from dataclasses import replace
from typing import cast

import yaml

from config.errors import ConfigurationErrors, Place, Problem
from config.language import catalogue
from config.lean import dataclass
from config.syntax import explain_syntax_error, refuse_bad_characters

_ = catalogue("config")

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_ALIASES = 50
MAX_NODES = 100_000

_NOTHING = frozenset({"~", "null"})
_MAX_PROBLEMS = 100
_QUOTES = {"“": "”", "‘": "’", "”": "”", "「": "」"}
_BRACKETS = {"［": "］", "｛": "｝"}


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place: text, a list of nodes, or a mapping; None is a plain `null`.

    `keys` holds the place of each key of a mapping. `plain` is text without quotes. `hidden` is
    text from the environment: never shown.
    """

    value: "str | list[Node] | dict[str, Node] | None"
    place: Place
    keys: dict[str, Place]
    plain: bool = False
    hidden: bool = False


_NO_KEYS: dict[str, Place] = {}


def parse(text: str, file: str) -> Node | None:
    """Read one document; None if it holds nothing.

    Raises:
        ConfigurationErrors: the text is no YAML, is too large, or uses what is not allowed here.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        sentence = _("the file is larger than %(limit)s bytes") % {"limit": MAX_BYTES}
        raise ConfigurationErrors([Problem(Place(file, 1, 1), "", sentence)])
    refuse_bad_characters(text, file)
    loader = yaml.CSafeLoader(text)
    try:
        builder = _Builder(loader, file)
        root = builder.document()
    except yaml.YAMLError as error:
        raise ConfigurationErrors(explain_syntax_error(error, text, file)) from error
    finally:
        loader.dispose()
    if builder.problems:
        raise ConfigurationErrors(builder.problems)
    return root


class _Builder:
    """Turns the events of one document into nodes, within the limits."""

    def __init__(self, loader: yaml.CSafeLoader, file: str) -> None:
        self._loader = loader
        self._file = file
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._aliases = 0
        self._nodes = 0
        self.problems: list[Problem] = []

    def document(self) -> Node | None:
        self._next()  # the start of the stream
        if isinstance(self._next(), yaml.StreamEndEvent):
            return None
        root = self._node(self._next(), 1, in_list=False)
        self._next()  # the end of the document
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse(after, _("a second document (---) begins here; write one per file"))
        return root

    def _next(self) -> yaml.Event:
        return cast("yaml.Event", self._loader.get_event())

    def _place(self, event: yaml.Event) -> Place:
        mark = cast("yaml.Mark", event.start_mark)
        return Place(self._file, mark.line + 1, mark.column + 1)

    def _refuse(self, event: yaml.Event, sentence: str) -> None:
        self.problems.append(Problem(self._place(event), "", sentence))
        if len(self.problems) >= _MAX_PROBLEMS:
            raise ConfigurationErrors(self.problems)

    def _stop(self, event: yaml.Event, sentence: str) -> ConfigurationErrors:
        self._refuse(event, sentence)
        return ConfigurationErrors(self.problems)

    def _count(self, event: yaml.Event, size: int) -> None:
        self._nodes += size
        if self._nodes > MAX_NODES:
            raise self._stop(
                event, _("more than %(limit)s values, aliases included") % {"limit": MAX_NODES}
            )

    def _node(self, event: yaml.Event, depth: int, *, in_list: bool) -> Node | None:
        """Answer the node that begins with `event`; None for a value left empty."""
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if depth > MAX_DEPTH:
            raise self._stop(event, _("nested deeper than %(limit)s levels") % {"limit": MAX_DEPTH})
        before = self._nodes
        self._count(event, 1)
        if getattr(event, "tag", None) not in {None, "!"}:
            self._refuse(event, _("tags such as !!str or !name are not used here; leave it out"))
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event, in_list=in_list)
        elif isinstance(event, yaml.MappingStartEvent):
            node = self._mapping(event, depth)
        else:
            node = self._sequence(event, depth)
        anchor = getattr(event, "anchor", None)
        if anchor and node is not None:
            self._anchors[anchor] = (node, self._nodes - before)
        return node

    def _alias(self, event: yaml.AliasEvent) -> Node | None:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise self._stop(event, _("more than %(limit)s aliases") % {"limit": MAX_ALIASES})
        if event.anchor not in self._anchors:
            self._refuse(
                event,
                _(
                    "the alias *%(name)s has no anchor &%(name)s that ends before it; "
                    "a value that begins with * needs quotes"
                )
                % {"name": event.anchor},
            )
            return None
        node, size = self._anchors[event.anchor]
        self._count(event, size)
        return node

    def _scalar(self, event: yaml.ScalarEvent, *, in_list: bool) -> Node | None:
        plain = not event.style
        if plain:
            if not event.value:
                if in_list:
                    self._refuse(event, _("an empty list item"))
                return None
            self._check_plain(event, in_list=in_list)
            if event.value in _NOTHING:
                return Node(None, self._place(event), _NO_KEYS)
        return Node(event.value, self._place(event), _NO_KEYS, plain)

    def _check_plain(self, event: yaml.ScalarEvent, *, in_list: bool) -> None:
        text = event.value
        if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
            self._refuse(
                event,
                _('full-width quotation marks %(found)s are no YAML quotes; write "…", or nothing')
                % {"found": text[0] + text[-1]},
            )
        elif len(text) > 1 and _BRACKETS.get(text[0]) == text[-1]:
            self._refuse(
                event,
                _("full-width brackets %(found)s are not YAML; write [ ] or { }")
                % {"found": text[0] + text[-1]},
            )
        elif in_list and any(mark in text for mark in "，、"):
            mark = "，" if "，" in text else "、"
            self._refuse(
                event,
                _(
                    "full-width “%(found)s” separates nothing in a list; write “,” "
                    "or put the text in quotes"
                )
                % {"found": mark},
            )

    def _sequence(self, event: yaml.Event, depth: int) -> Node:
        items: list[Node] = []
        flow = bool(getattr(event, "flow_style", False))
        while not isinstance(after := self._next(), yaml.SequenceEndEvent):
            node = self._node(after, depth + 1, in_list=flow)
            if node is not None:
                items.append(node)
            elif isinstance(after, yaml.ScalarEvent) and not flow:
                self._refuse(after, _("an empty list item"))
        return Node(items, self._place(event), _NO_KEYS)

    def _mapping(self, event: yaml.Event, depth: int) -> Node:
        items: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not isinstance(after := self._next(), yaml.MappingEndEvent):
            key = self._key(after, depth, keys)
            node = self._node(self._next(), depth + 1, in_list=False)
            if key is None:
                continue
            keys[key] = self._place(after)
            if node is not None:
                items[key] = node
        return Node(items, self._place(event), keys)

    def _key(self, event: yaml.Event, depth: int, known: dict[str, Place]) -> str | None:
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, depth + 1, in_list=False)
            self._refuse(event, _("a key must be a word, not a list or a mapping"))
            return None
        self._count(event, 1)
        key = event.value
        if not event.style and key == "<<":
            self._refuse(event, _("merge keys (<<) are not used here; write the keys out"))
            return None
        if not key.strip():
            self._refuse(event, _("a key without a name"))
            return None
        if key in known:
            sentence = _("the key “%(key)s” is already there in line %(line)s; keep one")
            self._refuse(event, sentence % {"key": key, "line": known[key].line})
            return None
        return key


def merged(base: Node, over: Node) -> Node:
    """Lay one tree over another, key by key; lists and texts replace, a plain `null` removes."""
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    items = dict(base.value)
    for key, node in over.value.items():
        if node.value is None:
            items.pop(key, None)
        else:
            items[key] = merged(items[key], node) if key in items else node
    keys = {**base.keys, **over.keys}
    return replace(over, value=items, keys={key: keys[key] for key in items})
