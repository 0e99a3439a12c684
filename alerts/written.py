"""What the configuration says of a rule in one region: words, policy and steps, for telling."""

from config.common_rule import DEFAULT_LATE, Late
from config.model import Configuration
from config.rules import Override, Rule
from config.steps import Step


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
    return next((step for step in steps if step.key == key), None)


def _override(rule: Rule, variant: str) -> Override | None:
    return rule.regions.get(variant)
