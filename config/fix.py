"""`check --fix-punctuation`: puts YAML's own punctuation where a full-width one was typed."""

from config.punctuation import find_misplaced


def fix_punctuation(text: str) -> str:
    """Answer the text with full-width punctuation replaced where it is used as syntax.

    Quoted text, comments and block scalars stay as they are; fixing twice changes nothing more.
    """
    while found := find_misplaced(text):
        lines = text.splitlines(keepends=True)
        for one in reversed(found):
            lines[one.line - 1] = _replaced(lines[one.line - 1], one.column - 1, one.wanted)
        text = "".join(lines)
    return text


def _replaced(line: str, at: int, wanted: str) -> str:
    after = line[at + 1 :]
    # `title：联系` needs a space after its colon, `[甲，乙]` reads better with one
    space = (
        " "
        if wanted in ":," and after.strip("\r\n") and not after.startswith((" ", "\u3000"))
        else ""
    )
    return line[:at] + wanted + space + after
