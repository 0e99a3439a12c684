"""Duties: what is owed again and again, each time a span after it was last done."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from config.common_rule import REGIONS_TEXT, RollingOverride, RollingRule
from config.durations import Duration
from config.values import Model, Span, Words
from config.windows import WrittenWindow


class ByLevel(Model):
    """An interval for each level. A level that is not there is not configured, never guessed."""

    by: Literal["level"] = Field(description="按什么区分，现为 level / what it goes by: level")
    levels: dict[str, Span] = Field(
        description="各等级的间隔，没写的等级为“未配置” / interval by level; missing: not configured"
    )


Every = Duration | ByLevel
"""The interval of a duty, one for all or one for each level."""


def _every_form(value: Any) -> str:
    return "by-level" if isinstance(value, (dict, ByLevel)) else "one-span"


WrittenEvery = Annotated[
    Annotated[Span, Tag("one-span")] | Annotated[ByLevel, Tag("by-level")],
    Discriminator(_every_form),
]


class OnRaise(Model):
    """What is owed when the level of an entry is raised."""

    within: Span = Field(
        description="等级调高后多久内要办 / how soon it is due after the level was raised"
    )


class During(Model):
    """A shorter interval inside a window; what fell due there stays due after it closes."""

    window: WrittenWindow = Field(description="在哪个时段内 / the window it holds in")
    lead: Span | None = Field(
        default=None, description="时段提前多久算起 / begins this much before"
    )
    tail: Span | None = Field(default=None, description="时段延后多久结束 / ends this much after")
    every: Span = Field(description="时段内的间隔 / interval inside the window")


class DutyOverride(RollingOverride):
    """What a region changes of a duty, key by key; lists replace."""

    every: WrittenEvery | None = Field(default=None, description="本地间隔 / interval here")
    on_raise: OnRaise | None = Field(
        default=None, description="本地等级调高后的期限 / what is owed here when a level is raised"
    )
    during: tuple[During, ...] | None = Field(
        default=None, description="本地时段内的间隔（整体替换） / intervals inside windows here"
    )


class DutyRule(RollingRule):
    """A recurring duty: due `every` after the last counting record (DESIGN.md 3a)."""

    kind: Literal["duty"] = Field(description="规则类别：duty 定期事项 / kind of rule")
    done_by: Annotated[Words, Field(min_length=1)] = Field(
        description="哪类记录算办结（任一即可） / record kinds that close it; any one does"
    )
    every: WrittenEvery = Field(
        description="间隔，如 3个月，或按等级分别写 / interval, such as 3 months, or one for each level"
    )
    on_raise: OnRaise | None = Field(
        default=None, description="等级调高后的期限 / what is owed when a level is raised"
    )
    during: tuple[During, ...] = Field(
        default=(), description="某些时段内更短的间隔 / shorter intervals inside windows"
    )
    regions: dict[str, DutyOverride] = Field(default_factory=dict, description=REGIONS_TEXT)
