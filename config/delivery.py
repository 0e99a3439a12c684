"""When notices go out, on which channels, and how many."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, InstanceOf, WithJsonSchema

from config.days import WrittenWeekday
from config.language import catalogue
from config.lean import dataclass
from config.values import Model, Number, Span, Words

_ = catalogue("config")

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_AT_MOST = re.compile(
    r"(?P<count>\d{1,3})\s*(?:per|/|a)\s*(?P<per>day|week|month)|每(?P<every>天|日|周|星期|月)\s*(?P<times>\d{1,3})\s*次"
)
_PER = {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month"}

Period = Literal["day", "week", "month"]
RELAY = "relay"
"""The route that is no channel: through the next rung's digest."""


def _clock_time(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _CLOCK.fullmatch(value.strip().replace("：", ":"))
    if match is None:
        raise ValueError(
            _("“%(text)s” is not a time of day; write it as 09:10") % {"text": value[:40]}
        )
    return f"{int(match[1]):02d}:{match[2]}"


ClockTime = Annotated[
    str, BeforeValidator(_clock_time), Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
]


@dataclass(frozen=True, slots=True)
class AtMost:
    """A cap on one person's notices: `count` in each calendar `per` of the site's zone."""

    count: int
    per: Period

    @classmethod
    def parse(cls, text: str) -> "AtMost":
        """Read `2 per week` or `每周2次`.

        Raises:
            ValueError: the text has another form, or allows none at all.
        """
        match = _AT_MOST.fullmatch(text.strip())
        count = int(match["count"] or match["times"]) if match else 0
        if match is None or count < 1:
            raise ValueError(
                _("“%(text)s” is no limit; write for example 2 per week or 每周2次")
                % {"text": text[:40]}
            )
        per: Any = match["per"] or _PER[match["every"]]
        return cls(count, per)

    def __str__(self) -> str:
        return f"{self.count} per {self.per}"


def _at_most(value: Any) -> Any:
    return AtMost.parse(value) if isinstance(value, str) else value


WrittenAtMost = Annotated[
    InstanceOf[AtMost],
    BeforeValidator(_at_most),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(\d{1,3} *(per|/|a) *(day|week|month)|每(天|日|周|星期|月) *\d{1,3} *次)$",
        }
    ),
]


class Digest(Model):
    """The slots of one role: weekdays and a time of day in the site's zone."""

    days: Annotated[tuple[WrittenWeekday, ...], Field(min_length=1)] = Field(
        description="每周哪几天发送 / weekdays of the slot"
    )
    at: ClockTime = Field(description="几点发送，如 09:10 / time of day of the slot")
    looks_ahead: Literal["until-next-slot", "none"] = Field(
        default="until-next-slot",
        description="是否提前列出下次发送前到期的事项 / whether what falls due before the next slot is listed",
    )
    between: tuple[Literal["overdue"], ...] = Field(
        default=(),
        description="两次发送之间还发哪些：overdue 刚逾期的 / what also goes out between slots",
    )


DEFAULT_DIGEST = Digest(days=("monday",), at="09:00")
"""The slot of a role that has none of its own."""


class Delivery(Model):
    """Slots, quiet hours, caps and routes; `relay` as a route means: through the next rung."""

    quiet_hours: tuple[ClockTime, ClockTime] = Field(
        default=("21:00", "08:00"),
        description="免打扰时段，起止时间 / no messages from the first time to the second",
    )
    digest: dict[str, Digest] = Field(
        default_factory=dict, description="各角色的定期消息时间 / slots by role"
    )
    at_most: dict[str, WrittenAtMost] = Field(
        default_factory=dict,
        description="各角色每人最多几条，如 每周2次 / cap per person by role, such as 2 per week",
    )
    hold_backlog_over: Annotated[Number, Field(ge=1)] = Field(
        default=500,
        description="迟发提醒超过多少条时先由人审核 / late notices above this wait for an operator",
    )
    routes: dict[str, Words] = Field(
        description="各角色按顺序使用的渠道，relay 为由上级转告 / channels by role, in order; relay: through the next rung"
    )
    urgent_routes: dict[str, Words] = Field(
        default_factory=dict,
        description="紧急提醒各角色按顺序使用的渠道，不写的角色同 routes"
        " / channels for urgent messages by role, in order; a role without any: as in routes",
    )
    keep_trying: Span | None = Field(
        default=None,
        description="发送失败后重试多久，默认 48 小时 / how long to retry; default 48 hours, urgent 2 hours",
    )

    def digest_of(self, role: str) -> Digest:
        """Answer the slots of a role, `DEFAULT_DIGEST` where none are written."""
        return self.digest.get(role, DEFAULT_DIGEST)

    def routes_of(self, role: str, *, urgent: bool = False) -> tuple[str, ...]:
        """Answer the channels of a role in their order, with `relay` among them."""
        usual = self.routes.get(role, ())
        return self.urgent_routes.get(role, usual) if urgent else usual
