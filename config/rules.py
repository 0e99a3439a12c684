"""Rules: what is owed, by when, and who is told at which point. One model per `kind`."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from config.durations import Duration
from config.groups import Group
from config.values import Flag, Model, Span, Valid, Words

Roll = Literal["before", "after", "none"]

LATER_KINDS = ("date", "season", "calendar", "signal")
"""Kinds of DESIGN.md 1 that this version knows by name only."""


class Step(Model):
    """A point relative to the due date at which somebody is told."""

    id: str | None = Field(
        default=None, description="节点的固定名称，可不写 / a lasting name; default: the text of at"
    )
    at: Span = Field(
        description="相对到期日的时间，如 -7 days、0 days、+3 days / offset from the due date"
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

    @property
    def key(self) -> str:
        """The step's id in the database: `id`, else the canonical text of `at`."""
        return self.id or self.at.as_offset()


class Late(Model):
    """What to do with a step that could only be told late because the engine stood still."""

    send_within: Span = Field(
        description="迟到多久以内仍照常发送 / how late it may still be sent as usual"
    )
    then: Literal["record", "escalate"] = Field(
        description="再晚则只记录，或提请上级 / after that: record it only, or tell the next rung"
    )


class DutyOverride(Model):
    """What a region changes of a duty, key by key; lists replace."""

    every: Span | None = Field(default=None, description="本地间隔 / interval here")
    roll: Roll | None = Field(default=None, description="本地顺延方式 / how due dates roll here")
    steps: tuple[Step, ...] | None = Field(
        default=None, description="本地节点（整体替换） / steps here, replacing all of the rule's"
    )
    late: Late | None = Field(default=None, description="本地迟发处理 / lateness policy here")
    valid: Valid | None = Field(default=None, description="本地有效期 / when it holds here")


def _group_form(value: Any) -> str:
    return "named" if isinstance(value, str) else "in-place"


class DutyRule(Model):
    """A recurring duty: due `every` after the last counting record (DESIGN.md 3a)."""

    kind: Literal["duty"] = Field(description="规则类别：duty 定期事项 / kind of rule")
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
    every: Span = Field(description="间隔，如 3个月 / interval, such as 3 months")
    done_by: Annotated[Words, Field(min_length=1)] = Field(
        description="哪类记录算办结（任一即可） / record kinds that close it; any one does"
    )
    steps: Annotated[tuple[Step, ...], Field(min_length=1)] = Field(
        description="节点：什么时候告知谁 / when to tell whom, in order"
    )
    source: str | None = Field(
        default=None, description="依据的文件和条款 / the document this rests on"
    )
    valid: Valid | None = Field(default=None, description="规则有效期 / when the rule holds")
    roll: Roll = Field(
        default="none",
        description="到期日遇休息日：before 提前、after 顺延、none 不动 / rest days: roll before, after, or not",
    )
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
    regions: dict[str, DutyOverride] = Field(
        default_factory=dict,
        description="按行政区划代码的本地改动 / changes by division code, longest prefix wins",
    )

    @model_validator(mode="before")
    @classmethod
    def _titled(cls, data: Any) -> Any:
        if isinstance(data, dict) and "title" not in data and isinstance(data.get("say"), str):
            return {**data, "title": data["say"]}
        return data


Rule = DutyRule
"""The union of rule kinds, discriminated by `kind`."""

RULE_KINDS: dict[str, type[Rule]] = {"duty": DutyRule}
"""The kinds that can be written, by the word after `kind:`."""


def _known_kind(value: Any) -> Any:
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind in RULE_KINDS:
        return value
    error = "later_word" if kind in LATER_KINDS else "unknown_word"
    raise PydanticCustomError(
        error, "kind {found}", {"found": kind, "allowed": list(RULE_KINDS), "key": "kind"}
    )


WrittenRule = Annotated[Rule, BeforeValidator(_known_kind)]
"""A `Rule` as read: told apart by `kind` first, so that a wrong kind is one message."""

DEFAULT_LATE = Late(send_within=Duration.parse("7 days"), then="escalate")
"""What holds where a rule says nothing about lateness."""
