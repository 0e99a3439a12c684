"""The recorded forms that ledgers show (tests/data), as the tests want them."""

import json
from pathlib import Path
from typing import Any

_DATA = Path(__file__).resolve().parents[2] / "data"


def messy_inputs() -> dict[str, Any]:
    """Answer the forms of dates, phones, yes/no and headers, with what they mean."""
    return _load("ledger/messy_inputs.json")


def id_samples() -> dict[str, Any]:
    """Answer ID numbers with and without mistakes."""
    return _load("ids/gb11643.json")


def _load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((_DATA / name).read_text(encoding="utf-8"))
    return loaded
