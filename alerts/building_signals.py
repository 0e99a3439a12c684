"""From the version of a signal rule to what raises it and who is called. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from alerts.rungs import RungTiming
from alerts.timings import Cause, OnSignal
from config.durations import Duration


def on_signal(now: Mapping[str, Any]) -> OnSignal:
    """Read what a version says inside a division."""
    on = now["on"]
    cause = Cause(
        record=on.get("record"),
        changed=on.get("changed"),
        to=on.get("to"),
        imported="imported" in on,
        name=on.get("signal"),
    )
    ladder = tuple(
        RungTiming(tuple(one["tell"]), _lasting(one["wait"]), _lasting(one["repeat"]))
        for one in now.get("ladder", ())
    )
    lasts = _lasting(now["expires_after"])
    return OnSignal(cause, ladder, lasts or timedelta(), now.get("answer"))


def _lasting(text: str | None) -> timedelta | None:
    """Answer a span of minutes, hours or days."""
    if text is None:
        return None
    span = Duration.parse(text)
    return timedelta(**{span.unit.value: span.amount})
