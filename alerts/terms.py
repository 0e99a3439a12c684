"""The periods that statistics are made for: a quarter, half a year, a year, a month."""

import re
from calendar import monthrange
from datetime import date

from alerts.errors import TermInvalid
from config.lean import dataclass

_FORM = re.compile(r"(?P<year>20\d\d)(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|-(?P<month>\d\d))?")


@dataclass(frozen=True, slots=True)
class Term:
    """From the first to the last day, both included. `name` is as written: `2027Q1`."""

    name: str
    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> "Term":
        """Read `2027Q1`, `2027H1`, `2027` or `2027-03`.

        Raises:
            TermInvalid: the text has another form.
        """
        name = text.strip().upper()
        match = _FORM.fullmatch(name)
        if match is None:
            raise TermInvalid(text)
        year, length, number = int(match["year"]), 12, 1
        for part, months in (("quarter", 3), ("half", 6), ("month", 1)):
            if match[part] is not None:
                length, number = months, int(match[part])
        last_month = number * length
        if not 1 <= last_month <= 12:
            raise TermInvalid(text)
        last = date(year, last_month, monthrange(year, last_month)[1])
        return cls(name, date(year, last_month - length + 1, 1), last)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last
