"""Signal rules: what is owed because something happened, until somebody answers."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from config.common_rule import REGIONS_TEXT, CommonOverride, CommonRule
from config.durations import Duration, Unit
from config.values import Flag, Model, Span, Words, one_key_of


class OnRecord(Model):
    """Raised by each record of a kind."""

    record: str = Field(description="出现哪类记录 / a record of this kind")


class OnChange(Model):
    """Raised when a field of an entry changes, or a post becomes vacant."""

    changed: str = Field(
        description="哪个字段变了：level、post 或其他明文字段 / the field that changed, level or post"
    )
    to: Literal["raised", "lowered", "vacated"] | None = Field(
        default=None,
        description="怎样变：raised 调高、lowered 调低、vacated 空缺 / how: raised, lowered or vacated",
    )


class OnImport(Model):
    """Raised by what an import found to differ."""

    imported: Literal["difference"] = Field(
        description="导入时发现不一致：difference / an import found a difference"
    )


class OnSignal(Model):
    """Raised by hand or from outside: `shouwang signal NAME`."""

    signal: str = Field(description="信号名称 / name of the signal")


class PublicWarning(Model):
    """Which public warnings raise it (CAP)."""

    event: Words = Field(default=(), description="预警种类，如 暴雨 / kinds of warning; none: all")
    color: Words = Field(default=(), description="预警颜色，如 orange / colours; none: all")


class OnWarning(Model):
    """Raised by a public warning (CAP), or by hand."""

    cap: PublicWarning = Field(description="公共预警 / public warnings")


SignalSource = OnRecord | OnChange | OnImport | OnSignal | OnWarning

_FORMS: dict[type[Model], str] = {
    OnRecord: "record",
    OnChange: "changed",
    OnImport: "imported",
    OnSignal: "signal",
    OnWarning: "cap",
}
"""The key that tells each form of `on`; the tags of the union say `on-` before it."""


def _source_form(value: Any) -> str:
    if type(value) in _FORMS:
        return f"on-{_FORMS[type(value)]}"
    return next((f"on-{key}" for key in _FORMS.values() if key in value), "")


WrittenSource = Annotated[
    Annotated[OnRecord, Tag("on-record")]
    | Annotated[OnChange, Tag("on-changed")]
    | Annotated[OnImport, Tag("on-imported")]
    | Annotated[OnSignal, Tag("on-signal")]
    | Annotated[OnWarning, Tag("on-cap")],
    Discriminator(_source_form),
    one_key_of(*_FORMS.values()),
]


class Answer(Model):
    """Who answers: each person once for all entries, or once for each entry."""

    per: Literal["person", "entry"] = Field(
        default="person",
        description="每人答复一次，还是每个对象答复一次 / one answer per person or per entry",
    )


class Rung(Model):
    """One step of a ladder: who is told, and how long an answer is waited for."""

    tell: Words = Field(description="告知谁（角色，一个或多个） / role or roles to tell")
    wait: Span | None = Field(
        default=None,
        description="等多久没有答复就找下一级 / how long to wait for an answer before the next rung",
    )
    repeat: Span | None = Field(
        default=None,
        description="没有答复时每隔多久再提醒 / tell again after this long, until answered",
    )


class SignalOverride(CommonOverride):
    """What a region changes of a signal rule, key by key; lists replace."""

    ladder: tuple[Rung, ...] | None = Field(
        default=None, description="本地逐级叫应（整体替换） / the ladder here, replacing the rule's"
    )
    expires_after: Span | None = Field(
        default=None, description="本地多久后失效 / expires after this long here"
    )


class SignalRule(CommonRule):
    """One matter for each signal, closed by an answer; told by a ladder or by steps."""

    kind: Literal["signal"] = Field(
        description="规则类别：signal 事件触发 / kind of rule: something happened"
    )
    on: WrittenSource = Field(
        description="由什么触发：record、changed、imported、signal 或 cap / what raises it"
    )
    answer: Answer | None = Field(
        default=None, description="要求怎样答复 / the answer that is asked for"
    )
    ladder: tuple[Rung, ...] = Field(
        default=(), description="逐级叫应，直到有人答复 / rung by rung until somebody answers"
    )
    first_line: str | None = Field(
        default=None,
        description="提醒的第一行，一句话，如 请先拨打110报警 / first line of the message, one sentence",
    )
    all_: Annotated[Flag, Field(alias="all")] = Field(
        default=False,
        description="紧急时是否同时用每人的所有渠道 / urgent only: on all channels of each person at once",
    )
    expires_after: Span = Field(
        default=Duration(24, Unit.HOURS),
        description="多久后失效，默认 24 小时 / expires after this long; 24 hours",
    )
    regions: dict[str, SignalOverride] = Field(default_factory=dict, description=REGIONS_TEXT)
