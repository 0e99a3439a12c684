"""How long signals last, which divisions may say otherwise. Pure (DESIGN.md 3a)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from alerts.effective import Variant, WatchedRule
from alerts.timings import OnSignal


def lasts_of(variant: Variant) -> timedelta:
    """Answer how long a signal lasts in a division."""
    timing = variant.timing
    return timing.lasts if isinstance(timing, OnSignal) else timedelta()


def longest(rule: WatchedRule, variant: Variant, region: str | None) -> timedelta:
    """Answer how long a signal lasts where it lasts longest: so long it is kept.

    `variant` holds at its place; `region` None: it is about one entry.
    """
    below = [] if region is None else [v for v in rule.variants if v.prefix.startswith(region)]
    return max(lasts_of(one) for one in (variant, *below))


def ended_early(rule: WatchedRule, signal: Row[Any], now: datetime) -> set[str]:
    """Answer the divisions, by prefix, in which a signal is over before it is elsewhere.

    An end that was given by hand holds everywhere.
    """
    if signal.entry_id is not None:
        return set()
    lasts = longest(rule, rule.variant_of(signal.region), signal.region)
    if signal.expires_at != signal.raised_at + lasts:
        return set()
    shorter = [one for one in rule.variants if lasts_of(one) < lasts]
    return {one.prefix for one in shorter if signal.raised_at + lasts_of(one) <= now}
