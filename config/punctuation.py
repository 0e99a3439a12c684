"""Finds full-width punctuation that stands where YAML wants its own: `title：联系`, `［甲，乙］`.

Text inside quotes, comments and block scalars is left alone, and so is punctuation inside a value
(`title: 重点：季度联系`). A line-by-line reading on purpose: it must work on text YAML refuses.
"""

import re

from config.lean import dataclass

ASCII_OF = {
    "：": ":",
    "，": ",",
    "、": ",",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "［": "[",
    "］": "]",
    "【": "[",
    "】": "]",
    "｛": "{",
    "｝": "}",
    "＃": "#",
    "－": "-",
    "\u3000": " ",
}
"""What YAML wants instead."""

_OPEN = {"[": "[", "{": "{", "［": "[", "【": "[", "｛": "{"}
_CLOSE = {"]": "[", "}": "{", "］": "[", "】": "[", "｝": "{"}
_PAIR = {"“": "”", "‘": "’", "”": "”", '"': '"', "'": "'"}
_BLOCK_SCALAR = re.compile(r"(?::|：|-)\s+[|>][+-]?\d?[+-]?\s*(?:#.*)?$")
_KEY = re.compile(r"""[^\s:：#'"“”‘’\[\]{}［］【】｛｝,，&*!|>%@`][^:：#，,]*?(?=[：:])""")
_QUOTED_KEY = re.compile(r"""“[^”]*”|‘[^’]*’|"[^"]*"|'[^']*'""")
_LIKELY_KEY = re.compile(r"""["“]?(?:[A-Za-z_][\w-]*["”]?：|[^：]+：\s*(?:$|#))""")
_SPACES = {"", " ", "\u3000"}
_NO_TEXT = {"", "#", "＃", "|", ">", "[", "{", "［", "｛", "【", '"', "'", "“", "‘", "&", "*"}
_NEXT_KEY = re.compile(r"""\s*["“]?[^\s:：,，、\[\]{}]{1,40}["”]?\s*[:：]""")


@dataclass(frozen=True, slots=True)
class Misplaced:
    """One full-width character used as syntax; line and column count from 1."""

    line: int
    column: int
    found: str

    @property
    def wanted(self) -> str:
        """The character YAML knows."""
        return ASCII_OF[self.found]


def find_misplaced(text: str) -> list[Misplaced]:
    """Answer every full-width character used as YAML syntax, in order."""
    reader = _Reader()
    for number, line in enumerate(text.splitlines(), start=1):
        reader.read(number, line)
    return reader.found


class _Reader:
    """Reads line after line; remembers open brackets, an open quote and block scalars."""

    def __init__(self) -> None:
        self.found: list[Misplaced] = []
        self._brackets: list[str] = []
        self._quote = ""
        self._block_indent: int | None = None
        self._value_column = -1  # of the key whose text may go on in the next line

    def read(self, number: int, line: str) -> None:
        indent = len(line) - len(line.lstrip(" \u3000"))
        if self._block_indent is not None:
            if not line.strip() or indent > self._block_indent:
                return
            self._block_indent = None
        self._number, self._line = number, line
        start = 0
        if not self._quote:
            start = self._indentation(indent)
            if not self._brackets:
                start = self._block_start(start)
        self._values(start)
        if not self._brackets and not self._quote and _BLOCK_SCALAR.search(line):
            self._block_indent = indent

    def _mark(self, at: int) -> None:
        if self._line[at] in ASCII_OF:
            self.found.append(Misplaced(self._number, at + 1, self._line[at]))

    def _indentation(self, indent: int) -> int:
        for at in range(indent):
            self._mark(at)
        return indent

    def _block_start(self, at: int) -> int:
        """Read list dashes and a key; answer where its value begins."""
        line = self._line
        if at > self._value_column >= 0:
            return at  # goes on with the text of the line before
        self._value_column = -1
        item = False
        while line[at : at + 1] in {"-", "－"} and line[at + 1 : at + 2] in _SPACES:
            self._mark(at)
            at = self._spaces(at + 1)
            item = True
        colon = self._colon(at, item=item)
        if colon is None:
            return at
        self._mark(colon)
        start = self._spaces(colon + 1)
        if line[start : start + 1] not in _NO_TEXT:
            self._value_column = at
        return start

    def _colon(self, at: int, *, item: bool) -> int | None:
        """Answer where the colon after a key stands; None if no key begins at `at`."""
        line = self._line
        quoted = _QUOTED_KEY.match(line, at)
        key = quoted or _KEY.match(line, at)
        if key is None or line[key.end() : key.end() + 1] not in {":", "："}:
            return None
        if line[key.end()] == ":":
            return key.end() if line[key.end() + 1 : key.end() + 2] in _SPACES else None
        if item and not _LIKELY_KEY.match(line, at):
            return None  # `- 注意：先打电话` is a text
        if quoted and line[at] in "“‘":
            self._mark(at)
            self._mark(key.end() - 1)
        return key.end()

    def _spaces(self, at: int) -> int:
        while at < len(self._line) and self._line[at] in " \u3000":
            self._mark(at)
            at += 1
        return at

    def _values(self, at: int) -> None:
        """Read the rest of a line: quotes, brackets, commas, plain text, a comment."""
        fresh = True  # a value may begin here
        while at < len(self._line):
            character = self._line[at]
            if self._quote:
                at = self._inside_quote(at)
                fresh = False
            elif self._comments(at):
                self._mark(at)
                return
            elif fresh and character in _PAIR:
                at = self._open_quote(at)
            elif character in " \u3000":
                at += 1
            else:
                at, fresh = self._plain(at, fresh=fresh)

    def _comments(self, at: int) -> bool:
        """Tell whether a comment begins; `＃` begins one only where nothing stands before it."""
        before = self._line[:at]
        if self._line[at] == "#":
            return not before or before[-1] in " \u3000"
        return self._line[at] == "＃" and not before.strip(" \u3000")

    def _open_quote(self, at: int) -> int:
        character = self._line[at]
        if character in "\"'":
            self._quote = character
            return at + 1
        end = self._line.find(_PAIR[character], at + 1)
        if end < 0 or not self._ends_value(end + 1):
            return self._plain(at, fresh=False)[0]
        self._mark(at)
        self._mark(end)
        return end + 1

    def _ends_value(self, at: int) -> bool:
        rest = self._line[at:].lstrip(" \u3000")
        return (
            not rest or rest[0] in "#＃:：" or bool(self._brackets and rest[0] in ",，、]}］】｝")
        )

    def _inside_quote(self, at: int) -> int:
        character = self._line[at]
        if character == "\\" and self._quote == '"':
            return at + 2
        if character == self._quote:
            if character == "'" and self._line[at + 1 : at + 2] == "'":
                return at + 2
            self._quote = ""
        return at + 1

    def _plain(self, at: int, *, fresh: bool) -> tuple[int, bool]:
        character = self._line[at]
        if character in _OPEN and fresh:
            self._brackets.append(_OPEN[character])
        elif character in _CLOSE and self._brackets and self._brackets[-1] == _CLOSE[character]:
            self._brackets.pop()
            self._mark(at)
            return at + 1, False
        elif self._brackets and self._separates(at):
            pass
        else:
            return at + 1, False
        self._mark(at)
        return self._spaces(at + 1), True

    def _separates(self, at: int) -> bool:
        character, after = self._line[at], self._line[at + 1 :]
        if character == ",":
            return True
        if self._brackets[-1] == "[":
            return character in "，、"
        if character in "，、":
            return _NEXT_KEY.match(after) is not None
        return character in ":：" and (character == "：" or after[:1] in {"", " ", "\u3000"})
