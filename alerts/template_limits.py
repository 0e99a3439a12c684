"""How large a template may be, judged before anything walks through it: parsing, reviewing and
compiling cost what is in it, and parts that include parts can double with every step.

With these limits all that an admin writes is read in well under a second; what a page may then
cost while it runs is bound by `Reviewer` (no counting up, no list walked within itself) and by
`render.LONGEST` and `render.MOST_STEPS`.
"""

from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from alerts.errors import Refusal
from config.language import catalogue

_ = catalogue("alerts")

LONGEST_SOURCE = 16_000
"""Bytes of a file; the largest that is shipped has a sixth of it."""

DEEPEST = 60
"""How far parts of a template may lie in each other; shipped ones go down to 16."""

MOST_NODES = 10_000
"""Parts of a page with all that it includes; the largest that is shipped has a seventh of it."""


def read_templates(folder: Path, refusals: list[Refusal]) -> dict[str, str]:
    """Read the templates in a folder by their names; what cannot be read is added to `refusals`."""
    found = {}
    for path in sorted(folder.glob("*/**/*")):
        if path.suffix not in (".txt", ".html") or path.is_dir():
            continue
        name = path.relative_to(folder).as_posix()
        text = _text(path)
        if text is None:
            sentence = _("this is no text file of at most %(size)s bytes") % {
                "size": LONGEST_SOURCE
            }
            refusals.append(Refusal(name, 1, "size", sentence))
        else:
            found[name] = text
    return found


def parse_templates(
    environment: Environment, sources: Mapping[str, str], refusals: list[Refusal]
) -> dict[str, nodes.Template]:
    """Parse what is small enough to be reviewed; the rest is added to `refusals`."""
    parsed = {}
    for name, source in sources.items():
        try:
            parsed[name] = environment.parse(source, name)
        except TemplateSyntaxError as error:
            sentence = _("this is not a template: %(why)s") % {"why": error.message}
            refusals.append(Refusal(name, error.lineno, "syntax", sentence))
        except (RecursionError, ValueError):  # brackets in brackets; a number of many digits
            refusals.append(_too_large(name))
    deep = {name for name, tree in parsed.items() if _is_deep(tree)}
    heavy = set(_heavy({name: it for name, it in parsed.items() if name not in deep}))
    refusals += [_too_large(name) for name in sorted(deep | heavy)]
    return {name: tree for name, tree in parsed.items() if name not in deep | heavy}


def _text(path: Path) -> str | None:
    if not path.is_file() or path.stat().st_size > LONGEST_SOURCE:  # a pipe would never end
        return None
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _is_deep(tree: nodes.Node) -> bool:
    """Tell without going down itself, so that no depth is too much for it."""
    level: list[nodes.Node] = [tree]
    for _step in range(DEEPEST):
        level = [child for node in level for child in node.iter_child_nodes()]
        if not level:
            return False
    return True


def _heavy(parsed: Mapping[str, nodes.Template]) -> Iterator[str]:
    weights: dict[str, int] = {}
    for name in parsed:
        if _weight(name, parsed, weights, frozenset()) > MOST_NODES:
            yield name


def _weight(
    name: str,
    parsed: Mapping[str, nodes.Template],
    weights: dict[str, int],
    inside: Set[str],
) -> int:
    """Count what a page is made of; each part is looked at once, however often it is included."""
    if name not in parsed or name in inside:
        return 0
    if name not in weights:
        within = inside | {name}
        included = [
            node.template.value
            for node in parsed[name].find_all(nodes.Include)
            if isinstance(node.template, nodes.Const)
        ]
        own = sum(1 for _node in parsed[name].find_all(nodes.Node))
        weights[name] = own + sum(_weight(one, parsed, weights, within) for one in included)
    return weights[name]


def _too_large(name: str) -> Refusal:
    sentence = _("it is too large or too deep, with all that it includes; write it more simply")
    return Refusal(name, 1, "size", sentence)
