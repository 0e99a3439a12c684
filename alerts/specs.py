"""A rule as JSON: what its versions are compared by, what a changed interval is softened with."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from config.calendar_rules import CalendarOverride, CalendarRule
from config.common_rule import CommonOverride, CommonRule
from config.dates import DateOverride, DateRule
from config.days import MonthDay
from config.durations import Duration
from config.duties import ByLevel, During, DutyOverride, DutyRule
from config.groups import (
    AgeRange,
    AssignmentFilter,
    DateRange,
    Filter,
    NumberRange,
    PlaceFilter,
    SetFilter,
)
from config.model import Configuration
from config.rules import Rule
from config.seasons import SeasonOverride, SeasonRule
from config.signals import SignalOverride, SignalRule
from config.steps import Step
from config.values import Valid
from config.windows import TERMS, AllOf, CalendarWindow, Window, calendars_in

Spec = dict[str, Any]
"""Canonical JSON of a rule. The key `timing` holds all that moves dates or who is in."""


def spec_of(configuration: Configuration, name: str) -> Spec:
    """Write a rule down as it stands; lists that are sets are sorted."""
    rule = configuration.rules[name]
    group = configuration.group_of(rule)
    return {
        "timing": {
            "kind": rule.kind,
            "ledger": group.ledger,
            "where": {field: _filter(value) for field, value in sorted(group.where.items())},
            "counts": sorted(configuration.counting_kinds(rule)),
            "place": rule.place,
            "base": _dates_of(rule),
            "regions": {prefix: _dates_of(over) for prefix, over in sorted(rule.regions.items())},
            **_calendars(configuration, rule),
        },
        "title": rule.title,
        "say": rule.say,
        "source": rule.source,
    }


def _calendars(configuration: Configuration, rule: Rule) -> Spec:
    """Write down the windows that move a rule's dates, as the YAML enters them.

    They are a part of the version: a window that begins earlier now makes nobody overdue overnight.
    """
    entered = configuration.window_calendars()
    names = sorted(calendars_of(rule) & entered.keys())
    if not names:
        return {}
    rows = {
        name: [[one.region, one.year, str(one.start), str(one.end)] for one in entered[name]]
        for name in names
    }
    return {"calendars": rows}


def entered_windows(spec: Spec) -> dict[str, list[CalendarWindow]]:
    """Read back the windows that a version was written with."""
    return {
        name: [
            CalendarWindow(region, year, _day(start), _day(end))
            for region, year, start, end in rows
        ]
        for name, rows in spec["timing"].get("calendars", {}).items()
    }


def _day(text: str) -> date | MonthDay:
    month_day = text.split("-")
    if len(month_day) == 2:
        return MonthDay(int(month_day[0]), int(month_day[1]))
    return date.fromisoformat(text)


def calendars_of(rule: Rule) -> set[str]:
    """Answer the calendars whose windows move a rule's dates."""
    names: set[str] = set()
    for part in (rule, *rule.regions.values()):
        match part:
            case DutyRule() | DutyOverride():
                names.update(name for d in part.during or () for name in calendars_in(d.window))
            case SeasonRule() | SeasonOverride() if part.window is not None:
                names.update(calendars_in(part.window))
            case CalendarRule() | CalendarOverride() if part.period == "term":
                names.add(TERMS)
    return names


def timing_hash(spec: Spec) -> str:
    """Answer the hash of everything that moves dates or who is in, never of texts."""
    return digest_of(spec["timing"])


def digest_of(value: object) -> str:
    """Answer the SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def effective(spec: Spec, prefix: str) -> Mapping[str, Any]:
    """Answer the dates of a rule inside a division, key by key: the longer prefix over the shorter."""
    timing = spec["timing"]
    found = dict(timing["base"])
    for code in sorted(timing["regions"], key=len):
        if prefix.startswith(code):
            found |= timing["regions"][code]
    return found


def _dates_of(part: CommonRule | CommonOverride) -> Spec:
    """Write down what moves dates; what an override leaves out is not there."""
    written = {key: value for key, value in _of_kind(part).items() if value is not None}
    if part.steps is not None:
        written["steps"] = [_step(step) for step in part.steps]
    if part.valid is not None:
        written["valid"] = _valid(part.valid)
    if isinstance(part, CommonRule) and part.spread is not None:
        written["spread"] = str(part.spread)
    return written


def _of_kind(part: CommonRule | CommonOverride) -> Spec:
    match part:
        case DutyRule() | DutyOverride():
            return {
                "every": None if part.every is None else _every(part.every),
                "on_raise": None if part.on_raise is None else str(part.on_raise.within),
                "during": [_during(one) for one in part.during] if part.during else None,
                "roll": part.roll,
            }
        case DateRule() | DateOverride():
            return {"on": part.on and _dump(part.on), "roll": part.roll}
        case SeasonRule() | SeasonOverride():
            return {
                "window": None if part.window is None else _window(part.window),
                "lead": _text(part.lead),
                "tail": _text(part.tail),
            }
        case CalendarRule() | CalendarOverride():
            due = None if part.due is None else str(part.due)
            return {"period": part.period, "due": due, "roll": part.roll}
        case SignalRule():
            return {"on": _dump(part.on), "answer": _answer(part), **_called(part)}
        case SignalOverride():
            return _called(part)
    raise TypeError(type(part).__name__)


def _called(part: SignalRule | SignalOverride) -> Spec:
    ladder = [
        {"tell": list(one.tell), "wait": _text(one.wait), "repeat": _text(one.repeat)}
        for one in part.ladder or ()
    ]
    return {"ladder": ladder or None, "expires_after": _text(part.expires_after)}


def _answer(rule: SignalRule) -> str | None:
    """Answer what an answer settles; None: only a record does."""
    if rule.answer is None and rule.done_by and not rule.ladder:
        return None
    return rule.answer.per if rule.answer else "person"


def _every(every: Duration | ByLevel) -> object:
    if isinstance(every, Duration):
        return str(every)
    return {level: str(span) for level, span in sorted(every.levels.items())}


def _during(during: During) -> Spec:
    return {
        "window": _window(during.window),
        "lead": _text(during.lead),
        "tail": _text(during.tail),
        "every": str(during.every),
    }


def _window(window: Window) -> object:
    if isinstance(window, str):
        return window
    if isinstance(window, AllOf):
        return {"all": [_window(part) for part in window.all]}
    return {"any": [_window(part) for part in window.any]}


def _dump(model: Any) -> Spec:
    written: Spec = {}
    for name in sorted(type(model).model_fields):
        value = getattr(model, name)
        if value is not None:
            written[name] = str(value) if isinstance(value, Duration) else _plain(value)
    return written


def _plain(value: Any) -> object:
    if isinstance(value, tuple):
        return list(value)
    return _dump(value) if hasattr(value, "model_fields_set") else value


def _step(step: Step) -> Spec:
    return {
        "key": step.key,
        "at": str(step.at) if isinstance(step.at, Duration) else step.moment,
        "repeat": None if step.repeat is None else str(step.repeat),
    }


def _valid(valid: Valid) -> list[str | None]:
    return [None if day is None else day.isoformat() for day in (valid.from_, valid.to)]


def read_day(text: str | None) -> date | None:
    """Read a day back."""
    return None if text is None else date.fromisoformat(text)


def _filter(value: Filter) -> object:
    match value:
        case str():
            return [value]
        case SetFilter():
            return {
                name: sorted(words)
                for name in ("any_of", "all_of", "none_of")
                if (words := getattr(value, name)) is not None
            }
        case AgeRange():
            return {"at_least": _text(value.at_least), "under": _text(value.under)}
        case DateRange():
            known = {} if value.known is None else {"known": value.known}
            return {"since": _iso(value.since), "until": _iso(value.until), **known}
        case NumberRange() | PlaceFilter() | AssignmentFilter():
            return _dump(value)
        case _:
            return sorted(value)


def _text(duration: Duration | None) -> str | None:
    return None if duration is None else str(duration)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
