"""Why nothing is sent, or not now: pure, from what is known of one entry under one rule."""

from collections.abc import Iterator
from datetime import date

from alerts.explain_owed import Owed
from alerts.explanation import AlertFacts, FailedFilter, MatterStory, Why
from alerts.facts import ACTIVE
from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Situation:
    """One entry under one rule. `absence` is why nothing is owed, `alerts` are the open ones.

    `stale` is what the next pass still has to take up; passes look as far as `seen_until`.
    """

    status: str
    failed: tuple[FailedFilter, ...]
    found: Owed
    absence: Why | None
    matters: tuple[MatterStory, ...]
    alerts: tuple[AlertFacts, ...]
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
    if situation.found.is_run_out:
        return Why.PAST_VALIDITY
    return None if situation.alerts or situation.stale else situation.absence


def _not_now(situation: Situation, on: date) -> Iterator[Why]:
    if situation.stale is not None:
        yield situation.stale
    elif not situation.found.matters and not situation.alerts:
        yield Why.NOT_LOOKED_AT
    if situation.is_silenced:
        yield Why.SILENCED
    if any(one.deferred_until is not None and one.deferred_until >= on for one in situation.alerts):
        yield Why.ACKNOWLEDGED
    if situation.is_held:
        yield Why.DELIVERY_HELD


def _as_it_should(situation: Situation) -> Iterator[Why]:
    if not situation.alerts:
        coming = [one for matter in situation.matters for one in matter.coming]
        seen = any(one.on_date <= situation.seen_until for one in coming)
        yield Why.NOT_LOOKED_AT if seen else Why.NOT_YET
    elif any(step.waiting for alert in situation.alerts for step in alert.steps):
        yield Why.WAITS_FOR_SLOT
    elif not _goes_on(situation):
        yield Why.ALL_TOLD


def _goes_on(situation: Situation) -> bool:
    """Say whether more is to be told of what is open: a step to come, or a rung of a ladder."""
    steps = any(matter.coming for matter in situation.matters if matter.is_open)
    return steps or any(one.signal and one.signal.next_at for one in situation.alerts)
