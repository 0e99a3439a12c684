"""Waiting times for a far side: seconds or minutes."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, InstanceOf, WithJsonSchema

from config.language import catalogue

_ = catalogue("config")

OFF = frozenset({"off", "关", "不错开"})

_WAIT = re.compile(r"(\d{1,4}) *(seconds?|s|秒钟?|minutes?|min|分钟?)")
_WAIT_SECONDS = {"s": 1, "秒": 1, "m": 60, "分": 60}
_LONGEST_WAIT = 3600


def _wait(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _WAIT.fullmatch(value.strip())
    seconds = int(match[1]) * _WAIT_SECONDS[match[2][0]] if match else 0
    if not 0 < seconds <= _LONGEST_WAIT:
        raise ValueError(
            _("“%(text)s” is no waiting time; write for example 30 seconds or 2分钟")
            % {"text": value[:40]}
        )
    return timedelta(seconds=seconds)


Wait = Annotated[
    InstanceOf[timedelta],
    BeforeValidator(_wait),
    WithJsonSchema({"type": "string", "pattern": rf"^{_WAIT.pattern}$"}),
]
"""How long to wait for the far side: seconds or minutes, at most an hour."""


def _or_off(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip() in OFF else value


WaitOrOff = Annotated[
    Wait | None,
    BeforeValidator(_or_off),
    WithJsonSchema({"type": "string", "pattern": rf"^({_WAIT.pattern}|{'|'.join(sorted(OFF))})$"}),
]
"""The same, or nothing at all."""
