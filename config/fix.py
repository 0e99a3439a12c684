"""`check --fix-punctuation`: puts YAML's own punctuation where a full-width one was typed."""

from itertools import groupby

from config.punctuation import Misplaced, find_misplaced


def fix_punctuation(text: str) -> str:
    """Answer the text with full-width punctuation replaced where it is used as syntax.

    Quoted text, comments and block scalars stay as they are; fixing twice changes nothing more.
    """
    while found := find_misplaced(text):
        lines = text.splitlines(keepends=True)
        for number, ones in groupby(found, key=lambda one: one.line):
            lines[number - 1] = _replaced(lines[number - 1], list(ones))
        text = "".join(lines)
    return text


def _replaced(line: str, ones: list[Misplaced]) -> str:
    parts: list[str] = []
    end = 0
    for one in ones:
        after = line[one.column : one.column + 1]
        # `title：联系` needs a space after its colon, `[甲，乙]` reads better with one
        space = " " if one.wanted in ":," and after.strip("\r\n \u3000") else ""
        parts += [line[end : one.column - 1], one.wanted, space]
        end = one.column
    return "".join([*parts, line[end:]])
