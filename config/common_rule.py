"""What rules of every kind have: who they are for, what may be said, who is told."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from config.durations import Duration
from config.groups import Group
from config.steps import Step
from config.values import Flag, Model, Span, Valid, Words

Roll = Literal["before", "after", "none"]

ROLL_TEXT = (
    "到期日遇休息日：before 提前、after 顺延、none 不动 / rest days: roll before, after, or not"
)
REGIONS_TEXT = "按行政区划代码的本地改动 / changes by division code, the longer over the shorter"
STEPS_TEXT = "节点：什么时候告知谁 / when to tell whom, in order"

Steps = Annotated[tuple[Step, ...], Field(min_length=1)]


class Late(Model):
    """What to do with a step that could only be told late because the engine stood still."""

    send_within: Span = Field(
        description="迟到多久以内仍照常发送 / how late it may still be sent as usual"
    )
    then: Literal["record", "escalate"] = Field(
        description="再晚则只记录，或提请上级 / after that: record it only, or tell the next rung"
    )


DEFAULT_LATE = Late(send_within=Duration.parse("7 days"), then="escalate")
"""What holds where a rule says nothing about lateness."""


def _group_form(value: Any) -> str:
    return "named" if isinstance(value, str) else "in-place"


class CommonRule(Model):
    """The keys of every kind. Without `done_by` a rule only informs."""

    kind: str
    title: str = Field(
        default="",
        description="内部名称，不写就用 say / internal name, never in a message; default: say",
    )
    say: str = Field(
        description="提醒里唯一可用的词，如 联系、走访 / the only word a message may use"
    )
    for_: Annotated[
        Annotated[str, Tag("named")] | Annotated[Group, Tag("in-place")],
        Discriminator(_group_form),
        Field(alias="for"),
    ] = Field(
        description="适用对象：对象组名称，或就地写条件 / a group's name, or a group in place"
    )
    source: str | None = Field(
        default=None, description="依据的文件和条款 / the document this rests on"
    )
    valid: Valid | None = Field(default=None, description="规则有效期 / when the rule holds")
    done_by: Words = Field(
        default=(),
        description="哪类记录算办结（任一即可），不写则只作提示"
        " / record kinds that close it, any one does; none: information only",
    )
    steps: tuple[Step, ...] = Field(default=(), description=STEPS_TEXT)
    late: Late | None = Field(
        default=None, description="系统停运后补发的处理 / what to do when told late"
    )
    urgent: Flag = Field(default=False, description="是否立即发送 / send at once, not at a slot")
    place: Literal["lives_in", "registered_in"] = Field(
        default="lives_in",
        description="按居住地还是户籍地找责任人 / whose region decides who is told",
    )
    was: str | None = Field(
        default=None, description="规则的旧名称（改名后保留待办） / former name; keeps its alerts"
    )
    spread: Span | None = Field(
        default=None,
        description="在到期前这段时间内分散建议日期 / spread suggested dates over this long before due",
    )

    @model_validator(mode="before")
    @classmethod
    def _titled(cls, data: Any) -> Any:
        if isinstance(data, dict) and "title" not in data and isinstance(data.get("say"), str):
            return {**data, "title": data["say"]}
        return data


class SteppedRule(CommonRule):
    """A rule that is told by steps and nothing else."""

    steps: Steps = Field(description=STEPS_TEXT)


class RollingRule(SteppedRule):
    """A rule whose due dates may fall on days of rest."""

    roll: Roll = Field(default="none", description=ROLL_TEXT)


class CommonOverride(Model):
    """What a region may change of a rule of any kind; lists replace."""

    source: str | None = Field(
        default=None, description="本地依据的文件和条款 / the document that says so here"
    )
    steps: tuple[Step, ...] | None = Field(
        default=None, description="本地节点（整体替换） / steps here, replacing all of the rule's"
    )
    late: Late | None = Field(default=None, description="本地迟发处理 / lateness policy here")
    valid: Valid | None = Field(default=None, description="本地有效期 / when it holds here")


class RollingOverride(CommonOverride):
    """What a region may change of a rule whose due dates may fall on days of rest."""

    roll: Roll | None = Field(default=None, description="本地顺延方式 / how due dates roll here")
