"""Small values every part of the configuration uses, and the base of all its models."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, WithJsonSchema

from config.durations import Duration
from config.language import catalogue

_ = catalogue("config")

DURATION_PATTERN = (
    r"^\s*[+-]?\s*\d{1,5}\s*(minutes?|min|hours?|h|days?|workdays?|working days?|weeks?|months?|years?"
    r"|分钟|个?小时|天|日|个?工作日|周|个?星期|个?月|周?岁|年)\s*$"
)
"""The spellings `Duration.parse` reads, for editors."""

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日)")
_TRUE = frozenset({"true", "yes", "是"})
_FALSE = frozenset({"false", "no", "否"})


class Model(BaseModel):
    """What an admin writes: nothing unknown, nothing changed after loading.

    A validator of its own is built for a model only when one is made by itself: most are only
    ever part of a configuration, whose validator holds all theirs.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        defer_build=True,
    )


def one_key_of(*keys: str) -> BeforeValidator:
    """Refuse a mapping that has none or several of the keys by which its forms are told apart."""

    def told_apart(value: Any) -> Any:
        if isinstance(value, dict) and len(value.keys() & set(keys)) != 1:
            raise ValueError(
                _("write exactly one of these keys: %(keys)s") % {"keys": ", ".join(keys)}
            )
        return value

    return BeforeValidator(told_apart)


def _duration(value: Any) -> Any:
    return Duration.parse(value) if isinstance(value, str) else value


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def as_day(value: Any) -> Any:
    """Read a date from text; anything else passes.

    Raises:
        ValueError: the text is no date, or there is no such day.
    """
    if not isinstance(value, str):
        return value
    match = _DAY.fullmatch(value.strip())
    if match is None:
        raise ValueError(
            _("“%(text)s” is not a date; write it as 2026-12-01") % {"text": value[:40]}
        )
    try:
        return date(*(int(part) for part in match.groups() if part is not None))
    except ValueError as error:
        raise ValueError(_("there is no day %(text)s in the calendar") % {"text": value}) from error


def _flag(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ValueError(
        _("“%(text)s” is neither yes nor no; write true or false (是 or 否)") % {"text": value[:40]}
    )


def _number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"[0-9]{1,9}", value) is None:
        raise ValueError(_("“%(text)s” is not a whole number") % {"text": value[:40]})
    return int(value)


Span = Annotated[
    InstanceOf[Duration],
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": DURATION_PATTERN}),
]
"""`3 months`, `3个月`; as an offset with a sign: `+7 days`, `-15 days`."""

Words = Annotated[
    tuple[str, ...],
    BeforeValidator(_one_or_many),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One word or a list of them."""

Day = Annotated[
    date,
    BeforeValidator(as_day),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{4}(-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|年\d{1,2}月\d{1,2}日)$",
        }
    ),
]
"""A day of the calendar: `2026-12-01`, also `2026/12/1` and `2026年12月1日`."""

Flag = Annotated[
    bool,
    BeforeValidator(_flag),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no", "是", "否"]}]}),
]
"""`true` or `false`, `yes` or `no`, 是 or 否; nothing else means yes or no."""

Number = Annotated[int, BeforeValidator(_number)]
"""Digits only: no octal, no underscores, no `12:30` read as 750."""


class Valid(Model):
    """From when to when something holds, both days included; None is open."""

    from_: Day | None = Field(
        default=None, description="从哪天起有效（含当天） / first day it holds; empty: always has"
    )
    to: Day | None = Field(
        default=None, description="到哪天止有效（含当天） / last day it holds; empty: open"
    )

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, alias_generator=lambda n: n.rstrip("_")
    )
