"""Season rules: what is owed, or only said, in a window of the calendar."""

from typing import Literal

from pydantic import Field

from config.common_rule import REGIONS_TEXT, CommonOverride, SteppedRule
from config.values import Span
from config.windows import WrittenWindow


class SeasonOverride(CommonOverride):
    """What a region changes of a season rule, key by key."""

    window: WrittenWindow | None = Field(default=None, description="本地时段 / the window here")
    lead: Span | None = Field(
        default=None, description="本地提前多久算起 / begins this much before, here"
    )
    tail: Span | None = Field(
        default=None, description="本地延后多久结束 / ends this much after, here"
    )


class SeasonRule(SteppedRule):
    """One matter for each time a window comes; due when it ends."""

    kind: Literal["season"] = Field(
        description="规则类别：season 时段事项 / kind of rule: in a window of the calendar"
    )
    window: WrittenWindow = Field(
        description="时段：calendars 里的名称，或 all、any 组合 / a calendar's name, or all or any of several"
    )
    lead: Span | None = Field(
        default=None, description="时段提前多久算起 / begins this much before"
    )
    tail: Span | None = Field(default=None, description="时段延后多久结束 / ends this much after")
    regions: dict[str, SeasonOverride] = Field(default_factory=dict, description=REGIONS_TEXT)
