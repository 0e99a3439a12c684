"""How an open alert ends under which nothing is owed any more. Pure (DESIGN.md 3a)."""

from datetime import date

from alerts.changes import Close, Facts, Horizon, KnownAlert
from alerts.effective import Variant, WatchedRule
from alerts.owing import dated_matter, is_settled
from alerts.states import Closed
from alerts.timings import Duty, FromDay, InSpells


def closing(rule: WatchedRule, facts: Facts, alert: KnownAlert, horizon: Horizon) -> Close:
    """Say how it ends: done, gone with the entry or its dates, or expired."""
    how, counted_on = _how(rule, facts, alert, horizon)
    return Close(alert, facts.entry_id, how, counted_on)


def _how(
    rule: WatchedRule, facts: Facts, alert: KnownAlert, horizon: Horizon
) -> tuple[Closed, date | None]:
    done_on = facts.anchor
    counts = done_on is not None and rule.settles(alert.anchor, done_on)
    if rule.is_duty and counts:
        return Closed.DONE, done_on
    if facts.variant is None:
        return facts.leaving, None
    match facts.variant.timing:
        case Duty() if done_on != alert.anchor:
            return Closed.RECORD_VOIDED, None
        case FromDay() as timing:
            return _of_date(rule, (facts, facts.variant, timing), alert, horizon)
        case InSpells() as timing:
            if rule.counts and counts:
                return Closed.DONE, done_on
            until = max(alert.due_on, horizon.today)
            spells = timing.spells.between(alert.anchor or date.min, until)
            stands = any(spell.key == alert.key for spell in spells)
            return (Closed.EXPIRED if stands else Closed.NO_LONGER_DUE), None
    return Closed.NO_LONGER_DUE, None


def _of_date(
    rule: WatchedRule, of: tuple[Facts, Variant, FromDay], alert: KnownAlert, horizon: Horizon
) -> tuple[Closed, date | None]:
    facts, variant, timing = of
    if facts.value is None or facts.value != alert.anchor:
        return Closed.NO_LONGER_DUE, None
    matter = dated_matter(timing, facts.value, month_only=facts.value_month_only)
    if is_settled(rule, variant, matter, facts, horizon):
        return Closed.DONE, facts.anchor
    return (Closed.NO_LONGER_DUE if rule.counts else Closed.EXPIRED), None
