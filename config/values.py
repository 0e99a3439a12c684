"""Small values every part of the configuration uses, and the base of all its models."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from config.durations import Duration


class Model(BaseModel):
    """What an admin writes: nothing unknown, nothing changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _duration(value: Any) -> Any:
    return Duration.parse(value) if isinstance(value, str) else value


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Span = Annotated[Duration, BeforeValidator(_duration)]
"""`3 months`, `3个月`; as an offset with a sign: `+7 days`, `-15 days`."""

Words = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
"""One word or a list of them."""


class Valid(Model):
    """From when to when something holds, both days included; None is open."""

    from_: date | None = None
    to: date | None = None

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, alias_generator=lambda n: n.rstrip("_")
    )
