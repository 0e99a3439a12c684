"""What cannot wait: somebody is told within a pass, a ladder climbs until it is answered or over."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from config.durations import Unit
from config.signals import SignalRule
from service.simulation.invariants.evidence import Breach, Evidence
from service.simulation.invariants.reading import members
from service.simulation.invariants.told import SAID

_SLACK = timedelta(minutes=5)
"""How much later than at once a rung may be reached, and somebody told: a pass, a round of sending."""

_REASONS = frozenset({"no-recipient", "silenced", "suppressed"})
"""Why a step may end that nobody was told of in time; that it is over is no reason."""

_MINUTES = {Unit.MINUTES: 1, Unit.HOURS: 60, Unit.DAYS: 24 * 60}


def alarms_are_told(evidence: Evidence) -> Iterator[Breach]:
    """Every signal has alerts for those it concerns, and somebody was told of each within a pass."""
    of_signal, heard = evidence.grouped("alerts", "anchor"), _heard(evidence)
    for rule, signal in _in_calm(evidence):
        opened = of_signal.get(signal.id, [])
        if not opened and _concerns_anybody(evidence, rule, signal):
            yield Breach("alarms-are-told", signal.id, f"{signal.rule}: no alert")
        by = signal.raised_at + _SLACK
        for alert in opened if by < evidence.now else ():
            if _ended_by(alert, by) or _is_put_off(evidence, alert):
                continue
            if alert.id not in heard or heard[alert.id] > by:
                yield Breach("alarms-are-told", alert.id, f"{signal.rule}: nobody was told")


def ladders_climb(evidence: Evidence) -> Iterator[Breach]:
    """As long as nobody answers and it is not over, each rung is reached when its time has come."""
    of_signal, steps = evidence.grouped("alerts", "anchor"), evidence.grouped("steps", "alert_id")
    for rule, signal in _in_calm(evidence):
        for alert in of_signal.get(signal.id, ()):
            reached = {step.step for step in steps.get(alert.id, ())}
            for step, by in _rungs(rule, signal.raised_at):
                if by >= min(evidence.now, signal.expires_at) or _ended_by(alert, by):
                    break
                if step not in reached and not _is_put_off(evidence, alert):
                    yield Breach("ladders-climb", alert.id, f"{signal.rule}: no {step} by {by}")


def _rungs(rule: SignalRule, at: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the steps of a ladder that begins at an instant, and by when each must be there."""
    for number, rung in enumerate(rule.ladder, start=1):
        yield f"rung {number}", at + number * _SLACK
        if rung.wait is None:
            return
        at += timedelta(minutes=rung.wait.amount * _MINUTES[rung.wait.unit])


def what_is_over_is_told_no_more(evidence: Evidence) -> Iterator[Breach]:
    """Nothing that cannot wait is handed over after its signal is over."""
    if evidence.clock_was_wrong:
        return
    over = {row.id: row.expires_at for row in evidence.table("signals")}
    for outcome in evidence.table("outcomes"):
        if outcome.became != "sending":
            continue
        telling = evidence.tellings.get(outcome.telling_id)
        anchor = None if telling is None else evidence.alerts[telling.alert_id].anchor
        if anchor in over and outcome.at > over[anchor]:
            yield Breach("what-is-over-is-told-no-more", outcome.telling_id, f"at {outcome.at}")


def _in_calm(evidence: Evidence) -> Iterator[tuple[SignalRule, Row[Any]]]:
    """Yield the signals that were raised after the last trouble, with their rules."""
    if evidence.clock_was_wrong or any(
        r.name == "delivery_held" for r in evidence.table("site_state")
    ):
        return
    for signal in evidence.table("signals"):
        rule = evidence.configuration.rules.get(signal.rule)
        if isinstance(rule, SignalRule) and signal.raised_at > evidence.calm_since:
            yield rule, signal


def _concerns_anybody(evidence: Evidence, rule: SignalRule, signal: Row[Any]) -> bool:
    """Say whether an entry of the rule lives there that has not moved of late."""
    moved = {row.entry_id for row in evidence.table("entry_changes")}
    return any(
        signal.entry_id in (None, entry.id)
        and entry.lives_in.startswith(signal.region)
        and entry.id not in moved
        for entry in members(evidence, rule)
    )


def _heard(evidence: Evidence) -> dict[str, datetime]:
    """Answer when somebody first heard of each alert, or a step said itself why nobody could."""
    heard: dict[str, datetime] = {}
    for row in evidence.table("steps"):
        if row.ended in _REASONS:
            heard[row.alert_id] = evidence.began
    for row in evidence.table("outcomes"):
        telling = evidence.tellings.get(row.telling_id)
        if telling is not None and row.became in SAID:
            heard[telling.alert_id] = min(row.at, heard.get(telling.alert_id, row.at))
    return heard


def _ended_by(alert: Row[Any], by: datetime) -> bool:
    return alert.closed_at is not None and bool(alert.closed_at <= by)


def _is_put_off(evidence: Evidence, alert: Row[Any]) -> bool:
    """Say whether it was acknowledged, or a silence lay over anything that day."""
    day = evidence.local(alert.opened_at).date()
    silenced = any(s.from_on <= day <= s.to_on for s in evidence.table("silences"))
    return silenced or alert.deferred_until is not None
