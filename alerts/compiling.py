"""How templates are compiled: in a sandbox, a page together with all its parts."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from jinja2 import StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.filters import sync_do_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from alerts.reviewing import FILTERS, TESTS
from alerts.views import Area, Concern, Count, Day, Line, Relayed, Village

_FIELDS = {
    seen: frozenset(field.name for field in fields(seen))
    for seen in (Area, Concern, Count, Day, Line, Relayed, Village)
}


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, without asking it about the plain fields that make up most of a message."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if attribute in _FIELDS.get(type(obj), ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


class _Plain(CodeGenerator):
    """Reads fields as Python does, in our own templates: the review has seen that they are there."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802  # jinja2's
        """Write `(of).field`, which asks nobody."""
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")


class Whole(NodeTransformer):
    """Puts included parts in their place: jinja2 would copy all fields for each of them.

    `counts_turns`: each turn of a loop gives a piece, an empty one if need be, for `MOST_STEPS`.
    """

    def __init__(
        self,
        environment: ImmutableSandboxedEnvironment,
        sources: Mapping[str, str],
        *,
        counts_turns: bool,
    ) -> None:
        self.environment = environment
        self._sources = sources
        self._counts_turns = counts_turns

    def page(self, name: str) -> nodes.Template:
        """Answer a page with all its parts."""
        whole: nodes.Template = self.visit(self.environment.parse(self._sources[name], name))
        return whole

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802  # jinja2's
        """Answer the loop, its turns counted where that is wanted."""
        whole = self.generic_visit(node)
        if self._counts_turns:
            node.body.insert(0, nodes.Output([nodes.TemplateData("")]))
        return whole

    def visit_Include(self, node: nodes.Include) -> list[nodes.Node]:  # noqa: N802  # jinja2's
        """Answer the part's own nodes: it is reviewed, in no circle, and sets no names."""
        return self.page(node.template.as_const()).body


def compile_page(whole: Whole, name: str) -> Template:
    """Compile a reviewed page with all its parts, which are escaped as the page is."""
    environment = whole.environment
    code = environment.compile(whole.page(name), name=name, filename=name)
    return environment.template_class.from_code(environment, code, {})


def environment_of(*, is_ours: bool) -> ImmutableSandboxedEnvironment:
    """Answer what templates may use: fields, a few filters and tests. `is_ours`: they are shipped."""
    environment = _Sandbox(
        undefined=StrictUndefined,
        autoescape=lambda name: bool(name and name.endswith(".html")),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.globals.clear()
    if is_ours:
        environment.code_generator_class = _Plain
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    # jinja2's own asks each time whether it runs in an event loop.
    environment.filters["join"] = sync_do_join
    environment.tests = {name: environment.tests[name] for name in TESTS}
    return environment
