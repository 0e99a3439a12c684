"""The configuration that benchmarks evaluate: three duties of different lengths."""

import itertools
from datetime import date
from typing import Any

from config.model import Configuration


def configuration(rules: int = 3) -> Configuration:
    """Answer a county that is told of contacts, visits and updates; by more `rules`, of the same."""
    duties = itertools.cycle(_DUTIES.items())
    named = {
        name if n < len(_DUTIES) else f"{name}-{n}": duty
        for n, (name, duty) in enumerate(itertools.islice(duties, rules))
    }
    return Configuration.model_validate(
        {
            "version": 1,
            "site": {
                "name": "演示县民政局",
                "region": "990101",
                "operator": {"email": "admin@example.invalid"},
            },
            "launch": {
                "on": date(2025, 1, 1),
                "first_due_within": "90 days",
                "escalate_from": date(2025, 4, 1),
            },
            "roles": {
                "director": {"title": "儿童主任", "level": "village", "up": "supervisor"},
                "supervisor": {"title": "儿童督导员", "level": "township"},
            },
            "records": {kind: {"title": kind} for kind in ("contact", "visit", "update")},
            "rules": named,
            "delivery": {"routes": {"director": ["email"]}},
            "channels": {"email": {"type": "memory"}},
        }
    )


def _duty(kind: str, every: str) -> dict[str, Any]:
    return {
        "kind": "duty",
        "title": kind,
        "say": "联系",
        "for": {"ledger": "children", "where": {"status": "active"}},
        "every": every,
        "roll": "before",
        "done_by": kind,
        "steps": [
            {"at": "0 days", "tell": "director"},
            {"at": "+3 days", "tell": "director"},
            {"at": "+7 days", "tell": "supervisor", "escalation": True},
            {"at": "+30 days", "tell": "supervisor", "escalation": True, "repeat": "10 months"},
        ],
    }


_DUTIES = {
    "contacts": _duty("contact", "3 months"),
    "visits": _duty("visit", "6 months"),
    "updates": _duty("update", "1 years"),
}
