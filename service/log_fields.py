"""What a line of the log may hold: fields that are declared here, and no number of a person.

Whatever else a line is given, by us or by a library, stays out of it: a field that nobody thought
about may hold a name (DESIGN.md 6).
"""

import re
from collections.abc import MutableMapping
from typing import Any

FIELDS = frozenset(
    {
        # what the log itself adds
        *("event", "level", "timestamp", "error", "at", "exc_info"),
        # ids, names of rules, channels, jobs and workers: words of the site's own configuration
        *("attempt", "channel", "current", "fault", "head", "incident", "job", "notice", "rule"),
        *("subject", "task", "version", "worker"),
        # sentences of our own about a configuration or a receipt, and states
        *("reason", "status", "then", "traceback", "why"),
        # counts
        *("answers", "closed", "count", "dropped", "entries", "expired", "files", "held", "known"),
        *("left", "newest", "notices", "number", "opened", "reports", "resealed", "seconds"),
        *("tellings", "told", "touched", "unclear", "unknown", "unreadable"),
    }
)
"""The names of all fields. Any other is let through only with a count, as kinds of faults have."""

UNDECLARED = "undeclared"
"""The field that names what was left out."""

_DIGITS = 7
_OF_SOMEBODY = re.compile(r"(?<![0-9a-f])(1[3-9]\d{9}|\d{17}[\dXx])(?![0-9a-f])")
_STRUCK_OUT = "…"


def declared_only(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    """Leave out of a line what is not declared, and say so; strike out numbers of persons."""
    left_out = sorted(
        name for name, value in event.items() if name not in FIELDS and not _is_count(value)
    )
    for name in left_out:
        del event[name]
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _OF_SOMEBODY.sub(_STRUCK_OUT, value)
    if left_out:
        event[UNDECLARED] = left_out
    return event


def _is_count(value: object) -> bool:
    shown = str(value).removeprefix("-") if isinstance(value, int | str) else ""
    return isinstance(value, bool) or (shown.isdecimal() and len(shown) <= _DIGITS)
