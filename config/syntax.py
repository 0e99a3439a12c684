"""Says in words, with the place, why a text is no YAML."""

import re

import yaml

from config.errors import ConfigurationErrors, Place, Problem
from config.language import catalogue
from config.punctuation import find_misplaced

_ = catalogue("config")

_BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
)
_MOST = 100
_OPEN_QUOTE = re.compile(r"""[^"'#]*?[:\-,\[{] *(?P<quote>["'])(?:(?!(?P=quote)).)*$""")
_TAB_INDENT = re.compile(r"^ *\t[ \t]*(?=[^\s#])")


def refuse_bad_characters(text: str, file: str) -> None:
    """Refuse what YAML cannot hold.

    Raises:
        ConfigurationErrors: a control character, naming each place.
    """
    problems = []
    for match in _BAD.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - text.rfind("\n", 0, match.start())
        sentence = _("an invisible control character (%(code)s); delete it") % {
            "code": f"U+{ord(match[0]):04X}"
        }
        problems.append(Problem(Place(file, line, column), "", sentence))
        if len(problems) == 10:
            break
    if problems:
        raise ConfigurationErrors(problems)


def explain_syntax_error(error: yaml.YAMLError, text: str, file: str) -> list[Problem]:
    """Answer the likeliest causes: full-width punctuation, tabs, else what the parser met."""
    lines = text.splitlines()
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    causes = punctuation_problems(text, file) + _tabs(lines, file)
    causes = causes or _open_quotes(lines[:line], file)
    if causes:
        return sorted(causes)
    return [Problem(Place(file, max(1, min(line, len(lines))), column), "", _words(error))]


def punctuation_problems(text: str, file: str) -> list[Problem]:
    """Answer one problem for each full-width character used as YAML syntax."""
    sentence = _(
        "full-width “%(found)s” is not YAML; write “%(wanted)s” (check --fix-punctuation does it)"
    )
    return [
        Problem(
            Place(file, one.line, one.column),
            "",
            sentence % {"found": one.found, "wanted": one.wanted},
        )
        for one in find_misplaced(text)[:_MOST]
    ]


def _tabs(lines: list[str], file: str) -> list[Problem]:
    sentence = _("a tab in the indentation; YAML wants spaces")
    return [
        Problem(Place(file, number, line.index("\t") + 1), "", sentence)
        for number, line in enumerate(lines, start=1)
        if _TAB_INDENT.match(line)
    ][:_MOST]


def _open_quotes(lines: list[str], file: str) -> list[Problem]:
    """Answer values whose quotation mark is not closed in their line, the likeliest cause."""
    sentence = _("a quotation mark that is not closed")
    return [
        Problem(Place(file, number, match.start("quote") + 1), "", sentence)
        for number, line in enumerate(lines, start=1)
        if (match := _OPEN_QUOTE.match(line))
    ]


def _words(error: yaml.YAMLError) -> str:
    problem = f"{getattr(error, 'context', '')} {getattr(error, 'problem', '')}"
    known = {
        "mapping values are not allowed": _(
            "a second “: ” in one line, or wrong indentation; text with “: ” in it needs quotes"
        ),
        "could not find expected ':'": _("a key without “: ” after it"),
        "quoted scalar": _("a quotation mark that is not closed"),
        "cannot start any token": _("a value cannot begin with this character; put it in quotes"),
        "flow sequence": _("a [ that is not closed with ], or a missing comma"),
        "flow mapping": _("a { that is not closed with }, or a missing comma"),
        "block mapping": _("wrong indentation: keys of one level must begin in the same column"),
        "block collection": _("wrong indentation: items of one list must begin in the same column"),
        "undefined alias": _("a value that begins with * needs quotes"),
        "while scanning an alias": _("a value that begins with * needs quotes"),
        "while scanning an anchor": _("a value that begins with & needs quotes"),
        "block scalar": _("text after | or > must be indented evenly, on lines of its own"),
        "directive": _("a line that begins with % needs quotes"),
    }
    for part, sentence in known.items():
        if part in problem:
            return sentence
    return _("not valid YAML here; check colons, quotes, brackets and indentation of this line")
