"""What the configuration says of a rule in one region: words, policy and steps, for telling."""

from alerts.rungs import step_of
from config.common_rule import DEFAULT_LATE, Late
from config.durations import Duration, Unit
from config.model import Configuration
from config.rules import Override, Rule
from config.seasons import SeasonRule
from config.signals import SignalOverride, SignalRule
from config.spans import days
from config.steps import Moment, Step

_AT_ONCE = Duration(0, Unit.DAYS)


def late_policy(configuration: Configuration, rule: str, variant: str) -> Late:
    """Answer the lateness policy of a rule in a region; the default for a rule that is gone."""
    written = configuration.rules.get(rule)
    if written is None:
        return DEFAULT_LATE
    changed = (one.late for one in _overrides(written, variant) if one.late is not None)
    return next(changed, written.late) or DEFAULT_LATE


def written_step(configuration: Configuration, rule: str, variant: str, key: str) -> Step | None:
    """Answer a rule's step as written for a region; None if it is no longer there."""
    written = configuration.rules.get(rule)
    if written is None:
        return None
    steps = _steps(written, variant)
    return next((step for step in steps if step.key == key), None) or _rung(written, variant, key)


def ends_with(configuration: Configuration, rule: str, variant: str, key: str) -> bool:
    """Say whether a season's last step is this one: then nobody is told after it until the next.

    Where steps stand on fixed days, or one repeats for ever, that cannot be read off the YAML.
    """
    written = configuration.rules.get(rule)
    if not isinstance(written, SeasonRule):
        return False
    steps = _steps(written, variant)
    if any(step.repeat or step.on for step in steps):
        return False
    return max(steps, key=_position).key == key if steps else False


def _position(step: Step) -> tuple[bool, float]:
    """Answer where a step stands in its window: its weekdays go on to the end."""
    match step.at:
        case Moment(edge="start", offset=offset):
            return False, days(offset)
        case Moment(offset=offset) | (Duration() as offset):
            return True, days(offset)
    return True, 0.0


def _steps(written: Rule, variant: str) -> tuple[Step, ...]:
    changed = (one.steps for one in _overrides(written, variant) if one.steps is not None)
    return next(changed, written.steps)


def _rung(written: Rule, variant: str, key: str) -> Step | None:
    """Answer a rung of a ladder as if it were a step."""
    if not isinstance(written, SignalRule):
        return None
    changed = _overrides(written, variant)
    ladders = (one.ladder for one in changed if isinstance(one, SignalOverride) and one.ladder)
    for number, rung in enumerate(next(ladders, written.ladder)):
        if step_of(number) == key:
            return Step(id=key, at=_AT_ONCE, tell=rung.tell)
    return None


def first_line(configuration: Configuration, rule: str) -> str:
    """Answer the sentence that messages of a rule begin with; empty if there is none."""
    written = configuration.rules.get(rule)
    return (written.first_line or "") if isinstance(written, SignalRule) else ""


def _overrides(rule: Rule, variant: str) -> list[Override]:
    """Answer what divisions change that a variant lies in, the smallest first."""
    inside = (code for code in rule.regions if variant.startswith(code))
    return [rule.regions[code] for code in sorted(inside, key=len, reverse=True)]
