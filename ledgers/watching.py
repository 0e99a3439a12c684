"""Watches for a column that has moved: too many rows that would change who an entry is."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ledgers.imports import SheetAlarm
from ledgers.matching import MatchProblem
from ledgers.verdicts import Refused, Same, Verdict

ALARM_PERCENT = 10
ALARM_ROWS = 2  # one row by itself is a correction, not a shifted column


class Watch:
    """Counts, by sheet, the rows that would change a name, a birth date or an ID number."""

    def __init__(self) -> None:
        self._changing: Counter[str] = Counter()

    def look_at(self, verdicts: Sequence[Verdict]) -> None:
        """Count the rows that would change who an entry is."""
        for verdict in verdicts:
            is_other = isinstance(verdict, Refused) and verdict.problem in (
                MatchProblem.OTHER_PERSON,
                MatchProblem.TWO_ENTRIES,
            )
            if is_other or (isinstance(verdict, Same) and verdict.identity):
                self._changing[verdict.facts.place.sheet] += 1

    def alarms(self, sizes: Mapping[str, int]) -> tuple[SheetAlarm, ...]:
        """Answer the sheets of which too many rows would; `sizes` are their rows."""
        return tuple(
            SheetAlarm(sheet, sizes[sheet], changing)
            for sheet, changing in self._changing.items()
            if changing >= ALARM_ROWS and changing * 100 > sizes[sheet] * ALARM_PERCENT
        )
