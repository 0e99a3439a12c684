"""What can be wrong with a configuration.

ConfigurationErrors     every mistake of a configuration at once
"""

from collections.abc import Sequence

from config.language import catalogue
from config.lean import dataclass

_ = catalogue("config")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake or warning: where it is, the path of its key, and a sentence about it."""

    place: Place
    key: str
    sentence: str

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.place), self.key, self.sentence) if part)


class ConfigurationErrors(Exception):
    """Every mistake of a configuration, in the order of files and lines. Nothing was loaded."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = _("The configuration has mistakes: %(count)s") % {"count": len(self.problems)}
        return "\n".join([*map(str, self.problems), count])
