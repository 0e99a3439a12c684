"""Calendar rules: what is owed once in each month, quarter, half-year, year or term."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, InstanceOf, WithJsonSchema

from config.common_rule import REGIONS_TEXT, RollingOverride, RollingRule
from config.language import catalogue
from config.lean import dataclass

_ = catalogue("config")

RulePeriod = Literal["month", "quarter", "half-year", "year", "term"]

_LAST = -1
_NUMBER = re.compile(r"(?:第)?(\d{1,3})(?:日|天)?")
_WORKDAY = re.compile(r"(\d{1,3})(?:st|nd|rd|th)? workday|第?(\d{1,3})个工作日", re.IGNORECASE)
_ENDS = frozenset({"end", "last day", "期末", "最后一天"})
_LAST_WORKDAYS = frozenset({"last workday", "最后一个工作日"})


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day of a period: the `number`-th, counted from 1 at its opening; None is the last.

    A number beyond the end means the end. With `workday` only workdays count.
    """

    number: int | None
    workday: bool = False

    def __str__(self) -> str:
        """Canonical text: `end`, `10`, `workday 5`, `last workday`."""
        if self.number is None:
            return "last workday" if self.workday else "end"
        return f"workday {self.number}" if self.workday else str(self.number)


def _due(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = " ".join(value.split()).lower()
    if text in _ENDS or text in _LAST_WORKDAYS:
        return DueDay(None, workday=text in _LAST_WORKDAYS)
    plain, work = _NUMBER.fullmatch(text), _WORKDAY.fullmatch(text)
    number = int(plain[1]) if plain else int(work[1] or work[2]) if work else 0
    if number < 1:
        raise ValueError(
            _("“%(text)s” is no day of a period; write end, 10, 5th workday or last workday")
            % {"text": value[:40]}
        )
    return DueDay(number, workday=work is not None)


WrittenDue = Annotated[
    InstanceOf[DueDay],
    BeforeValidator(_due),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]}),
]

END = DueDay(None)


class CalendarOverride(RollingOverride):
    """What a region changes of a calendar rule, key by key."""

    period: RulePeriod | None = Field(default=None, description="本地周期 / the period here")
    due: WrittenDue | None = Field(default=None, description="本地到期日 / the day it is due here")


class CalendarRule(RollingRule):
    """One matter for each period, opened on its first day."""

    kind: Literal["calendar"] = Field(
        description="规则类别：calendar 按月、季、年办 / kind of rule: once in each period"
    )
    period: RulePeriod = Field(
        description="周期：月、季度、半年、年、学期 / month, quarter, half-year, year or term"
    )
    due: WrittenDue = Field(
        default=END,
        description="到期日：end、10、第5个工作日、最后一个工作日 / end, 10, 5th workday or last workday",
    )
    regions: dict[str, CalendarOverride] = Field(default_factory=dict, description=REGIONS_TEXT)
