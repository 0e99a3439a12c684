"""What one line of a sheet says: its values, and its problems with their places."""

import re
from dataclasses import dataclass, field
from typing import Any

from ledgers.problems import ProblemCode
from ledgers.reading.headers import Column
from ledgers.reading.text import as_text, value_class
from ledgers.reading.vocabulary import Kind
from ledgers.reading.workbook import Cell
from ledgers.rows import Place, Problem, Severity

_REFUSING = frozenset(
    {
        ProblemCode.DATE_AMBIGUOUS,
        ProblemCode.DATE_IMPOSSIBLE,
        ProblemCode.DATE_MISSING,
        ProblemCode.DATE_TWO_DIGIT_YEAR,
        ProblemCode.DATE_UNREADABLE,
        ProblemCode.DATE_WITHOUT_MONTH,
        ProblemCode.DATE_WITHOUT_YEAR,
        ProblemCode.ID_DAMAGED,
        ProblemCode.NAME_MISSING,
        ProblemCode.NUMBER_MISSING,
        ProblemCode.REGION_CODE_MISSING,
    }
)
_REFUSING_TOO = {  # what a row of this kind cannot be without
    Kind.RECORDS: frozenset({ProblemCode.NUMBER_MALFORMED}),
    Kind.REGIONS: frozenset({ProblemCode.REGION_CODE_MALFORMED}),
}
_PUBLIC_DATES = frozenset(
    {
        "happened",
        "last_contact",
        "last_visit",
        "last_update",
        "last_arrival",
        "last_departure",
        "held_from",
        "held_to",
        "last_inspection",
        "permit_until",
    }
)
_DATE_LIKE = re.compile(r"[\d年月日号./\-:\s〇零一二三四五六七八九十]{1,24}")


@dataclass(slots=True)
class Findings:
    """What one line says while it is being read."""

    place: Place
    kind: Kind
    values: dict[str, Any] = field(default_factory=dict)
    extras: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def object_to(self, code: ProblemCode, *, column: Column | None, cell: Cell = "") -> None:
        """Note a problem; the value itself only where it is a date of no personal kind."""
        refusing = code in _REFUSING or code in _REFUSING_TOO.get(self.kind, ())
        name = column.field if column and column.field else ""
        text = as_text(cell)
        shown = name in _PUBLIC_DATES and _DATE_LIKE.fullmatch(text) is not None
        title = column.title if column else None
        self.problems.append(
            Problem(
                place=Place(self.place.file, self.place.sheet, self.place.row, title),
                field=name,
                code=code,
                severity=Severity.REFUSED if refusing else Severity.WARNING,
                value_class=value_class(cell),
                value=text if shown else None,
            )
        )

    @property
    def is_refused(self) -> bool:
        """Tell whether the line goes to quarantine."""
        return any(problem.severity is Severity.REFUSED for problem in self.problems)
