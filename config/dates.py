"""Date rules: what is owed once, at a date of an entry or some time after a record."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from config.common_rule import REGIONS_TEXT, RollingOverride, RollingRule
from config.durations import Duration, Unit
from config.values import Flag, Model, Span, one_key_of

Snap = Literal["month-start", "month-end"]

_SNAP = "移到当月初或月末 / then moved to the start or end of that month"


class FromField(Model):
    """Counts from a date of the entry: `born_on`, `entered_on`, `stay` or a declared date."""

    field: str = Field(
        description="日期字段：born_on、entered_on、stay 或自定字段 / a date field of the entry"
    )
    plus: Span = Field(
        default=Duration(0, Unit.DAYS), description="加上多久，如 18岁 / this much later"
    )
    to: Snap | None = Field(default=None, description=_SNAP)


class FromRecord(Model):
    """Counts from the date of a record of one kind."""

    record: str = Field(description="记录类别 / kind of record")
    plus: Span = Field(
        default=Duration(0, Unit.DAYS), description="加上多久，如 10个工作日 / this much later"
    )
    to: Snap | None = Field(default=None, description=_SNAP)


def _anchor_form(value: Any) -> str:
    if isinstance(value, FromRecord) or (isinstance(value, dict) and "record" in value):
        return "from-record"
    return "from-field"


DateAnchor = FromField | FromRecord
WrittenAnchor = Annotated[
    Annotated[FromField, Tag("from-field")] | Annotated[FromRecord, Tag("from-record")],
    Discriminator(_anchor_form),
    one_key_of("field", "record"),
]


class DateOverride(RollingOverride):
    """What a region changes of a date rule, key by key."""

    on: WrittenAnchor | None = Field(
        default=None, description="本地的起算日期（整体替换） / the date here, replacing the rule's"
    )


class DateRule(RollingRule):
    """Due once for each date: a field's value or a record's date, plus a span."""

    kind: Literal["date"] = Field(description="规则类别：date 到某日期办 / kind of rule: at a date")
    on: WrittenAnchor = Field(
        description="从哪个日期起算、加上多久 / the date it counts from, and how much later"
    )
    counterpart: Flag = Field(
        default=False,
        description="是否写明记录中的对方地区 / true: names the other region of the record",
    )
    regions: dict[str, DateOverride] = Field(default_factory=dict, description=REGIONS_TEXT)
