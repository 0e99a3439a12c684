"""What an admin writes about any channel of SMS: the signature, and the texts a vendor approved."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from config.channels.base import SmsModel
from config.language import catalogue
from config.sms_rules import SmsRules
from config.values import Flag, Model, Number

_ = catalogue("config")

DEFAULT = "default"
"""The key of the approved text for every notice that has none of its own."""

URGENT = "urgent-"
"""Before a kind of notice: the key of the approved text for urgent ones."""

VARIABLE = re.compile(r"\$\{(\w*)\}")
"""A variable in an approved text: `${list}`."""

SMS_FIELDS = (
    "list",
    "total",
    "due",
    "overdue",
    "older",
    "village",
    "villages",
    "office",
    "reports_to",
    "today",
    "first",
    "relayed",
    "escalated",
    "uncovered",
    "asked",
    "concerns",
    "sent",
    "failed",
    "waiting",
    "held",
)
"""What a variable of an approved text may stand for: fields of `alerts.views.ShortView`."""

_BRACKETS = "【】[]"


def _signature(value: Any) -> Any:
    """Read a signature with or without its brackets."""
    if not isinstance(value, str):
        return value
    bare = value.strip().removeprefix("【").removesuffix("】").strip()
    if any(mark in bare for mark in _BRACKETS):
        raise ValueError(_("a signature is one name, such as 演示县民政局; brackets are added"))
    return bare


def _switch(value: Any) -> Any:
    """Read on and off beside what every flag may be."""
    return {"on": True, "off": False}.get(value, value) if isinstance(value, str) else value


Signature = Annotated[str, BeforeValidator(_signature), Field(min_length=2, max_length=20)]
"""The name before each SMS, without 【】."""


class ApprovedText(Model):
    """A text as a vendor approved it, with its variables as `${list}`."""

    code: str | None = Field(
        default=None, description="模板编号，如 SMS_123456789 / code of the template at the vendor"
    )
    text: Annotated[str, Field(min_length=1)] = Field(
        description="模板内容，变量写成 ${list}，不含签名 / its text, with variables as ${list}"
    )
    status: Literal["draft", "pending", "approved", "rejected"] = Field(
        default="pending",
        description="审核状态：draft 草稿、pending 审核中、approved 已通过、rejected 未通过 / where it stands",
    )

    def variables(self) -> tuple[str, ...]:
        """Answer the names of its variables in their order."""
        return tuple(match[1] for match in VARIABLE.finditer(self.text))


class SmsWriting(SmsModel):
    """What all channels of SMS have in common; their models inherit it."""

    signature: Signature | None = Field(
        default=None, description="短信签名，不写【】 / the signature, without brackets"
    )
    parts: Annotated[Number, Field(ge=1, le=7)] = Field(
        default=1,
        description="一条提醒最多用几条短信的长度 / how many SMS one message may be billed as",
    )
    templates: dict[str, ApprovedText] = Field(
        default_factory=dict,
        description="报备通过的模板：按提醒种类，default 为通用 / approved texts by kind of notice; default: all others",
    )
    longest_variable: Annotated[Number, Field(ge=1, le=500)] = Field(
        default=35, description="模板里每个变量最多多少字 / longest a variable of a template may be"
    )
    links: Annotated[Flag, BeforeValidator(_switch)] = Field(
        default=False, description="短信里是否可以带链接 / whether a text may hold links"
    )

    @property
    def rules(self) -> SmsRules:
        """What the vendor refuses in an approved text."""
        return SmsRules()

    def approved(self, kind: str, *, urgent: bool) -> tuple[str, ApprovedText] | None:
        """Answer the approved text of a kind of notice, with its key; None: there is none."""
        keys = ([URGENT + kind] if urgent else []) + [kind, DEFAULT]
        return next(((key, self.templates[key]) for key in keys if key in self.templates), None)
