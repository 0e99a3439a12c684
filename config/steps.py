"""Steps: the points of a matter at which somebody is told."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, InstanceOf, WithJsonSchema, model_validator

from config.days import FixedDay, WrittenWeekday
from config.durations import Duration, Unit
from config.language import catalogue
from config.lean import dataclass
from config.values import DURATION_PATTERN, Flag, Model, Span, Words

_ = catalogue("config")

Edge = Literal["start", "end"]

_EDGES: dict[str, Edge] = {"start": "start", "end": "end", "开始": "start", "结束": "end"}
_MOMENT = re.compile(r"(start|end|开始|结束)(?:\s*([+-]|前|后)\s*(\d.*))?", re.IGNORECASE)
_MOMENT_PATTERN = r"^\s*(start|end|开始|结束)(\s*([+-]|前|后)\s*\d{1,5}\s*\S.*)?$"
_AT_ONCE = Duration(0, Unit.DAYS)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day counted from the start or the end of a window or period; `offset` may be negative."""

    edge: Edge
    offset: Duration = _AT_ONCE

    def __str__(self) -> str:
        """Canonical text, the same for every spelling: `start`, `end - 30 days`."""
        if not self.offset.amount:
            return self.edge
        sign = "-" if self.offset.amount < 0 else "+"
        return f"{self.edge} {sign} {abs(self.offset.amount)} {self.offset.unit.value}"


def _when(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _MOMENT.fullmatch(value.strip())
    if match is None and value.strip().lower().startswith(tuple(_EDGES)):
        sentence = _("“%(text)s” is no moment; write start, end, start + 7 days or end - 30 days")
        raise ValueError(sentence % {"text": value[:40]})
    if match is None:
        return Duration.parse(value)
    edge = _EDGES[match[1].lower()]
    if match[2] is None:
        return Moment(edge)
    back = match[2] in {"-", "前"}
    return Moment(edge, Duration.parse(f"{'-' if back else ''}{match[3]}"))


When = Annotated[
    InstanceOf[Duration] | InstanceOf[Moment],
    BeforeValidator(_when),
    WithJsonSchema(
        {
            "type": "string",
            "anyOf": [{"pattern": DURATION_PATTERN}, {"pattern": _MOMENT_PATTERN}],
        }
    ),
]
"""`+3 days` counts from the due date; `start`, `end - 30 days` from a window or period."""


class Step(Model):
    """A point at which somebody is told: exactly one of `at`, `every` and `on` says when."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [key]} for key in ("at", "every", "on")]}
    )

    id: str | None = Field(
        default=None, description="节点的固定名称，可不写 / a lasting name; default: the text of at"
    )
    at: When | None = Field(
        default=None,
        description="相对到期日，如 -7 days、0 days、+3 days；时段和周期也可写 start、end - 30 days"
        " / offset from the due date, or from start or end of a window or period",
    )
    every: WrittenWeekday | None = Field(
        default=None,
        description="时段或周期内每周的哪一天 / this weekday, each week of the window or period",
    )
    on: FixedDay | None = Field(
        default=None,
        description="固定的某一天，如 06-01 或 2027-06-01 / a fixed day, of every year or of one",
    )
    tell: Words = Field(description="告知谁（角色，一个或多个） / role or roles to tell")
    escalation: Flag = Field(
        default=False, description="是否属于提请上级 / true if this tells a higher rung"
    )
    repeat: Span | None = Field(
        default=None, description="未办结时每隔多久再提醒 / tell again after this long, until done"
    )
    shown_as: Annotated[Literal["entries", "summary"], Field(alias="as")] = Field(
        default="entries",
        description="逐条列出还是只给汇总数 / list single entries, or a summary only",
    )
    by: Literal["village", "township", "county"] | None = Field(
        default=None,
        description="汇总数按哪一级分列 / level of the divisions a summary is split by",
    )

    @model_validator(mode="after")
    def _one_moment(self) -> "Step":
        written = [one for one in (self.at, self.every, self.on) if one is not None]
        if len(written) != 1:
            raise ValueError(_("a step has exactly one of at, every and on"))
        return self

    @property
    def key(self) -> str:
        """The step's id in the database: `id`, else the canonical text of its moment."""
        return self.id or self.moment

    @property
    def moment(self) -> str:
        """Canonical text of when: `+3 days`, `end - 30 days`, `every monday`, `on 06-01`."""
        if isinstance(self.at, Duration):
            return self.at.as_offset()
        if self.at is not None:
            return str(self.at)
        return f"every {self.every}" if self.every is not None else f"on {self.on}"
