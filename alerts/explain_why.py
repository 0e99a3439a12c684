"""Why nothing is sent, or not now: pure, from what is known of one entry under one rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from alerts.explain_rule import Owed, is_run_out
from alerts.explanation import AlertFacts, Coming, FailedFilter, Why
from alerts.facts import ACTIVE


@dataclass(frozen=True, slots=True)
class Situation:
    """One entry under one rule. `alert`: the open one of what is owed now.

    `stale` is what the next pass still has to take up; passes look as far as `seen_until`.
    """

    status: str
    failed: tuple[FailedFilter, ...]
    found: Owed
    alert: AlertFacts | None
    coming: tuple[Coming, ...]
    is_silenced: bool
    is_held: bool
    stale: Why | None
    seen_until: date


def whys_of(situation: Situation, on: date) -> list[Why]:
    """Answer why nothing is sent today: one reason why never, or all why not now."""
    never = _never(situation, on)
    if never is not None:
        return [never]
    whys = list(_not_now(situation, on))
    return whys or list(_as_it_should(situation))


def _never(situation: Situation, on: date) -> Why | None:
    if situation.status != ACTIVE:
        return Why.ENTRY_LEFT
    if situation.failed:
        return Why.NOT_FOR_IT
    if not situation.found.variant.in_force(on):
        return Why.NOT_IN_FORCE
    return Why.PAST_VALIDITY if is_run_out(situation.found) else None


def _not_now(situation: Situation, on: date) -> Iterator[Why]:
    if situation.stale is not None:
        yield situation.stale
    elif situation.found.matter is None:
        yield Why.NOT_LOOKED_AT
    if situation.is_silenced:
        yield Why.SILENCED
    alert = situation.alert
    if alert is not None and alert.deferred_until is not None and alert.deferred_until >= on:
        yield Why.ACKNOWLEDGED
    if situation.is_held:
        yield Why.DELIVERY_HELD


def _as_it_should(situation: Situation) -> Iterator[Why]:
    alert = situation.alert
    if alert is None:
        seen = any(coming.on_date <= situation.seen_until for coming in situation.coming)
        yield Why.NOT_LOOKED_AT if seen else Why.NOT_YET
    elif any(step.waiting for step in alert.steps):
        yield Why.WAITS_FOR_SLOT
    elif not situation.coming:
        yield Why.ALL_TOLD
