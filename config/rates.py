"""How often something may be done: `20 per minute`, `每分钟20条`."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, InstanceOf, WithJsonSchema

from config.language import catalogue
from config.lean import dataclass

_ = catalogue("config")

_ENGLISH = r"\d{1,7} *(?:per|/|a) *(?:\d{1,4} *)?(?:second|minute|hour|day)s?"
_CHINESE = r"每(?:\d{1,4} *)?(?:秒钟?|分钟?|个?小时|天|日) *\d{1,7} *(?:条|次)?"
_COUNT_FIRST = re.compile(
    r"(?P<count>\d{1,7}) *(?:per|/|a) *(?P<many>\d{1,4})? *(?P<unit>second|minute|hour|day)s?"
)
_COUNT_LAST = re.compile(
    r"每(?P<many>\d{1,4})? *(?P<unit>秒|分|个?小时|天|日)钟? *(?P<count>\d{1,7}) *(?:条|次)?"
)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_UNITS = {
    "秒": "second",
    "分": "minute",
    "小时": "hour",
    "个小时": "hour",
    "天": "day",
    "日": "day",
}


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` in any `many` units of time, wherever that stretch begins."""

    count: int
    unit: str  # second, minute, hour, day (24 hours)
    many: int = 1

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """Read `20 per minute`, `5 per 10 seconds`, `每分钟20条` or `每10秒5条`.

        Raises:
            ValueError: the text has another form, or allows nothing at all.
        """
        match = _COUNT_FIRST.fullmatch(text.strip()) or _COUNT_LAST.fullmatch(text.strip())
        count = int(match["count"]) if match else 0
        many = int(match["many"] or 1) if match else 0
        if match is None or count < 1 or many < 1:
            raise ValueError(
                _("“%(text)s” is no rate; write for example 20 per minute or 每分钟20条")
                % {"text": text[:40]}
            )
        unit = match["unit"]
        return cls(count, _UNITS.get(unit, unit), many)

    @property
    def window(self) -> timedelta:
        """The stretch of time that the count is for."""
        return timedelta(seconds=self.many * _SECONDS[self.unit])

    def __str__(self) -> str:
        """Canonical text, the same for every spelling: `20 per minute`, `5 per 10 seconds`."""
        span = self.unit if self.many == 1 else f"{self.many} {self.unit}s"
        return f"{self.count} per {span}"


def _rate(value: Any) -> Any:
    return Rate.parse(value) if isinstance(value, str) else value


def _rates(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


WrittenRate = Annotated[
    InstanceOf[Rate],
    BeforeValidator(_rate),
    WithJsonSchema({"type": "string", "pattern": rf"^({_ENGLISH}|{_CHINESE})$"}),
]

WrittenRates = Annotated[tuple[WrittenRate, ...], BeforeValidator(_rates)]
"""One rate or a list of them, all of which hold."""
