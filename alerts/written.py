"""What the configuration says of a rule in one region: words, policy and steps, for telling."""

from alerts.rungs import step_of
from config.common_rule import DEFAULT_LATE, Late
from config.durations import Duration, Unit
from config.model import Configuration
from config.rules import Override, Rule
from config.signals import SignalOverride, SignalRule
from config.steps import Step

_AT_ONCE = Duration(0, Unit.DAYS)


def late_policy(configuration: Configuration, rule: str, variant: str) -> Late:
    """Answer the lateness policy of a rule in a region; the default for a rule that is gone."""
    written = configuration.rules.get(rule)
    if written is None:
        return DEFAULT_LATE
    changed = _override(written, variant)
    return (changed and changed.late) or written.late or DEFAULT_LATE


def written_step(configuration: Configuration, rule: str, variant: str, key: str) -> Step | None:
    """Answer a rule's step as written for a region; None if it is no longer there."""
    written = configuration.rules.get(rule)
    if written is None:
        return None
    changed = _override(written, variant)
    steps = (changed and changed.steps) or written.steps
    return next((step for step in steps if step.key == key), None) or _rung(written, changed, key)


def _rung(written: Rule, changed: Override | None, key: str) -> Step | None:
    """Answer a rung of a ladder as if it were a step."""
    if not isinstance(written, SignalRule):
        return None
    here = changed.ladder if isinstance(changed, SignalOverride) and changed.ladder else None
    for number, rung in enumerate(here or written.ladder):
        if step_of(number) == key:
            return Step(id=key, at=_AT_ONCE, tell=rung.tell)
    return None


def first_line(configuration: Configuration, rule: str) -> str:
    """Answer the sentence that messages of a rule begin with; empty if there is none."""
    written = configuration.rules.get(rule)
    return (written.first_line or "") if isinstance(written, SignalRule) else ""


def _override(rule: Rule, variant: str) -> Override | None:
    return rule.regions.get(variant)
