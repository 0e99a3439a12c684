"""Regular expressions that an admin writes for what far sides answer.

They are run by RE2, whose time grows with the text and never with what stands in it: a far side
cannot hang the daemon with an answer, nor an admin with a pattern.
"""

from functools import lru_cache
from typing import Protocol, cast

_MOST_MEMORY = 1 << 15
"""Bytes for one compiled pattern, some hundred steps for each letter; a larger one is refused."""


class Match(Protocol):
    """What was found."""

    def __getitem__(self, group: int) -> str | None:
        """Answer a group of it; None: it has no part in it."""
        ...


class Pattern(Protocol):
    """A compiled pattern."""

    @property
    def groups(self) -> int:
        """Answer how many groups it has."""
        ...

    def search(self, text: str) -> Match | None:
        """Answer the first place it fits; None: there is none."""
        ...


@lru_cache(maxsize=64)
def compiled(pattern: str) -> Pattern:
    """Compile a pattern.

    Raises:
        ValueError: it is none, looks back or ahead, or is too large; with RE2's own words.
    """
    import re2  # loaded by sites that have such a channel only

    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    options.log_errors = False  # they would be on standard error
    try:
        return cast("Pattern", re2.compile(pattern, options))
    except re2.error as error:
        said = error.args[0] if error.args else ""
        raise ValueError(
            said.decode(errors="replace") if isinstance(said, bytes) else said
        ) from None
