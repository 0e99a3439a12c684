"""Which divisions somebody sees, and the one place where that becomes a condition in SQL."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_

from config.lean import dataclass
from ledgers.codes import LENGTHS, TOWN


@dataclass(frozen=True, slots=True)
class Scope:
    """Divisions, each with all below it. Without any nothing is seen.

    Raises:
        ValueError: a code that is none: half a code would open its neighbours too.
    """

    regions: frozenset[str]

    def __post_init__(self) -> None:
        for code in self.regions:
            if len(code) not in LENGTHS or not (code.isascii() and code.isdigit()):
                raise ValueError("a scope holds division codes of 2, 4, 6, 9 or 12 digits")

    @classmethod
    def of(cls, codes: Iterable[str]) -> "Scope":
        """Answer the scope of some division codes."""
        return cls(frozenset(codes))

    def covers(self, code: str) -> bool:
        """Say whether a division lies within."""
        return any(code.startswith(region) for region in self.regions)

    @property
    def holds_towns(self) -> bool:
        """Say whether a whole township lies within, and not villages only."""
        return any(len(region) <= TOWN for region in self.regions)

    def where(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Answer the condition that a column of division codes lies within; no code, no row."""
        inside = (column.startswith(region, autoescape=True) for region in sorted(self.regions))
        return or_(false(), *inside)
