"""Reads a notice's templates before they are ever used, and refuses what they may not do.

A template may show the fields of its view, walk through lists of them, ask, join and count. It may
not call, index, multiply, or reach for anything else: what is not declared does not exist.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import get_args, get_origin, get_type_hints

from jinja2 import nodes

from alerts.errors import Refusal
from config.labels import labels_in
from config.language import catalogue
from config.lean import dataclass

_ = catalogue("alerts")

FILTERS = frozenset(
    {"join", "length", "count", "first", "last", "e", "escape", "trim", "upper", "lower"}
)
TESTS = frozenset({"none", "odd", "even", "equalto", "eq", "ne", "gt", "ge", "lt", "le", "in"})
_LONGEST_WORD = 20
"""Letters that a filter may be given, such as those between joined words."""

LOOP_FIELDS = frozenset({"index", "index0", "first", "last", "length", "revindex"})

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.Name,
    nodes.Getattr,
    nodes.If,
    nodes.CondExpr,
    nodes.For,
    nodes.Include,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Add,
    nodes.Sub,
    nodes.Concat,
)
_NAMES = {
    nodes.Call: "()",
    nodes.Getitem: "[ ]",
    nodes.Mul: "*",
    nodes.Pow: "**",
    nodes.Mod: "%",
    nodes.List: "[…]",
    nodes.Assign: "set",
}
_LOOP = object()
Scope = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Reviews one parsed template. `more_labels` are the site's own labelling words."""

    template: str
    sources: Mapping[str, nodes.Template]
    more_labels: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()  # the parts that led here: none may include itself

    def review(self, view: type) -> Iterator[Refusal]:
        """Yield everything the template may not do with its view, in the order of lines."""
        scope = dict(_field_types(view))
        yield from self._walk(self.sources[self.template], scope, loops=())

    def _walk(self, node: nodes.Node, scope: Scope, *, loops: tuple[str, ...]) -> Iterator[Refusal]:
        if not isinstance(node, _ALLOWED):
            name = _NAMES.get(type(node), type(node).__name__)
            yield self._refuse(
                node, name, _("“%(what)s” is not for templates; show only fields") % {"what": name}
            )
            return
        yield from self._own_faults(node, scope, loops)
        if isinstance(node, nodes.For):
            yield from self._walk_loop(node, scope, loops)
        elif isinstance(node, nodes.Include):
            yield from self._walk_include(node, scope, loops)
        else:
            for child in node.iter_child_nodes():
                yield from self._walk(child, scope, loops=loops)

    def _own_faults(
        self, node: nodes.Node, scope: Scope, loops: tuple[str, ...]
    ) -> Iterator[Refusal]:
        match node:
            case nodes.Name() | nodes.Getattr():
                yield from self._check_field(node, scope)
            case nodes.Filter():
                yield from self._check_filter(node, scope)
            case nodes.Test(name=name) if name not in TESTS:
                yield self._refuse(node, name, _("there is no test “%(what)s”") % {"what": name})
            case nodes.TemplateData(data=text) | nodes.Const(value=str(text)):
                for word in labels_in(text, self.more_labels):
                    yield self._refuse(
                        node,
                        word,
                        _("“%(what)s” labels children and may not be said") % {"what": word},
                    )

    def _check_field(self, node: nodes.Name | nodes.Getattr, scope: Scope) -> Iterator[Refusal]:
        """Refuse a name or field that is not declared."""
        if isinstance(node, nodes.Name):
            if node.ctx == "load" and node.name not in scope:
                yield self._unknown(node, node.name)
            return
        owner = self._type(node.node, scope)
        if owner is not None and self._type(node, scope) is None:
            yield self._unknown(node, _path(node))

    def _check_filter(self, node: nodes.Filter, scope: Scope) -> Iterator[Refusal]:
        """Refuse filters that are not listed, and those that make much of little.

        Joining a text puts the words between its letters: a few of these in each other, and no
        machine holds the result.
        """
        name = node.name
        if name not in FILTERS:
            yield self._refuse(node, name, _("there is no filter “%(what)s”") % {"what": name})
            return
        said = [one.value for one in node.args if isinstance(one, nodes.Const)]
        is_plain = len(said) == len(node.args) and not (
            node.kwargs or node.dyn_args or node.dyn_kwargs
        )
        if not is_plain or any(len(str(one)) > _LONGEST_WORD for one in said):
            sentence = _("“%(what)s” takes a few letters here, and nothing else")
            yield self._refuse(node, name, sentence % {"what": name})
        if name == "join" and node.node and _item_type(self._type(node.node, scope)) is None:
            what = _path(node.node)
            yield self._refuse(node, what, _("“%(what)s” is no list") % {"what": what})

    def _walk_loop(
        self, node: nodes.For, scope: Scope, loops: tuple[str, ...]
    ) -> Iterator[Refusal]:
        if node.recursive or not isinstance(node.target, nodes.Name):
            yield self._refuse(node, "for", _("this form of “for” is not for templates"))
            return
        if loops and _root(node.iter) != loops[-1]:
            # Loops over lists that hang on each other cost what the message has lines, not more;
            # the same list walked in itself would cost that many times over.
            yield self._refuse(
                node, "for", _("a loop in a loop may only walk what belongs to the outer one")
            )
            return
        yield from self._walk(node.iter, scope, loops=loops)
        item = _item_type(self._type(node.iter, scope))
        if item is None:
            what = _path(node.iter)
            yield self._refuse(node, what, _("“%(what)s” is no list") % {"what": what})
            return
        inner = {**scope, node.target.name: item, "loop": _LOOP}
        parts = [*node.body, *([node.test] if node.test else [])]
        for part in parts:
            yield from self._walk(part, inner, loops=(*loops, node.target.name))
        for part in node.else_:
            yield from self._walk(part, scope, loops=loops)

    def _walk_include(
        self, node: nodes.Include, scope: Scope, loops: tuple[str, ...]
    ) -> Iterator[Refusal]:
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        if not isinstance(name, str) or name not in self.sources or name in self.inside:
            yield self._refuse(node, "include", _("only the site's own parts can be included"))
            return
        part = Reviewer(name, self.sources, self.more_labels, (*self.inside, name))
        for child in self.sources[name].iter_child_nodes():
            yield from part._walk(child, scope, loops=loops)

    def _type(self, node: nodes.Node, scope: Scope) -> object | None:
        """Answer the declared type of an expression; None where there is none."""
        if isinstance(node, nodes.Name):
            return scope.get(node.name)
        if isinstance(node, nodes.Getattr):
            owner = self._type(node.node, scope)
            if owner is _LOOP:
                return int if node.attr in LOOP_FIELDS else None
            if isinstance(owner, type) and is_dataclass(owner):
                return _field_types(owner).get(node.attr)
            return None
        return str

    def _unknown(self, node: nodes.Node, what: str) -> Refusal:
        return self._refuse(
            node, what, _("“%(what)s” is not among the fields a message may show") % {"what": what}
        )

    def _refuse(self, node: nodes.Node, what: str, sentence: str) -> Refusal:
        return Refusal(self.template, node.lineno or 1, what, sentence)


def _field_types(view: type) -> dict[str, object]:
    hints = get_type_hints(view)
    return {field.name: hints[field.name] for field in fields(view)}


def _item_type(of: object) -> object | None:
    if get_origin(of) is tuple:
        return get_args(of)[0] if not isinstance(get_args(of)[0], UnionType) else None
    return None


def _root(node: nodes.Node) -> str | None:
    while isinstance(node, nodes.Getattr):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else None


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else type(node).__name__
