"""Puts values of the environment where `${NAME}` stands. Only channels may have them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from config.channels.http_sms_places import FILLED_LATER, OF_A_VARIABLE, PLACES
from config.channels.sms import SMS_FIELDS
from config.errors import Problem
from config.language import catalogue
from config.places import written
from config.shape import Loc
from config.suggest import hint
from config.tree import Node

_ = catalogue("config")

_REFERENCE = re.compile(r"\$(\$\{)|\$\{([^}]*)\}?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECTION = "channels"
_WRITTEN_OUT = "templates"
"""The key of a channel whose `${…}` are variables of a vendor's texts, not of the environment."""


@dataclass
class _Filling:
    environment: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def fill(self, node: Node, path: Loc) -> Node:
        if isinstance(node.value, dict):
            items = {key: self.fill(item, (*path, key)) for key, item in node.value.items()}
            return replace(node, value=items)
        if isinstance(node.value, list):
            items_ = [self.fill(item, (*path, at)) for at, item in enumerate(node.value)]
            return replace(node, value=items_)
        if node.value is None or "${" not in node.value or _is_written_out(path):
            return node
        if path[:1] != (_SECTION,):
            self._refuse(node, path, _("${…} is allowed in channels only"))
            return node
        return self._text(node, node.value, path)

    def _text(self, node: Node, text: str, path: Loc) -> Node:
        def value(match: re.Match[str]) -> str:
            if match[1]:
                return "${"
            return self._value(node, match, path)

        return replace(node, value=_REFERENCE.sub(value, text), hidden=True)

    def _value(self, node: Node, match: re.Match[str], path: Loc) -> str:
        name = match[2]
        is_later = match[0].endswith("}") and bool(FILLED_LATER & set(path[2:3]))
        if is_later and name in PLACES:
            return match[0]
        if is_later and name.startswith(OF_A_VARIABLE):
            variable = name.removeprefix(OF_A_VARIABLE)
            sentence = _("there is no variable “%(name)s”.") % {"name": variable}
            self._refuse(node, path, sentence + hint(variable, SMS_FIELDS))
        elif not match[0].endswith("}") or _NAME.fullmatch(name) is None:
            sentence = _("${ begins no variable here; write ${NAME}, or $${ for the text itself")
            self._refuse(node, path, sentence)
        elif name not in self.environment:
            sentence = _("the environment variable %(name)s is not set.") % {"name": name}
            near = [one for one in self.environment if one[:3] == name[:3]]
            self._refuse(node, path, sentence + hint(name, near))
        else:
            return self.environment[name]
        return ""

    def _refuse(self, node: Node, path: Loc, sentence: str) -> None:
        self.problems.append(Problem(node.place, written(path), sentence))


def _is_written_out(path: Loc) -> bool:
    return path[:1] == (_SECTION,) and path[2:3] == (_WRITTEN_OUT,)


def filled(root: Node, environment: Mapping[str, str]) -> tuple[Node, list[Problem]]:
    """Answer the tree with its variables replaced, and what was wrong with them.

    A value from the environment is marked hidden: no error shows it.
    """
    filling = _Filling(environment)
    return filling.fill(root, ()), filling.problems
