"""Checks on duties: intervals for all or by level, on a raised level, inside windows."""

from collections.abc import Sequence

from config.checks_kinds import unordered_sentence
from config.checks_spans import check_interval, check_length
from config.checks_steps import Setting, check_steps
from config.checks_windows import check_window
from config.durations import Duration
from config.duties import ByLevel, During, DutyOverride, DutyRule, Every, OnRaise
from config.findings import Finding, Findings
from config.groups import Group, SetFilter
from config.language import catalogue
from config.model import Configuration
from config.shape import Loc
from config.spans import days
from config.suggest import hint

_ = catalogue("config")


def check_duty(rule: DutyRule, loc: Loc, setting: Setting) -> Findings:
    """Answer what is wrong with a duty and what its regions change."""
    configuration = setting.configuration
    yield from _every(rule.every, (*loc, "every"), rule, configuration)
    yield from _raised(rule.on_raise, (*loc, "on_raise"), rule.every, configuration)
    yield from _during(rule.during, (*loc, "during"), every=rule.every, configuration=configuration)
    yield from _spread(rule, loc)
    yield from check_steps(rule.steps, (*loc, "steps"), _against(setting, rule.every))


def check_duty_override(over: DutyOverride, rule: DutyRule, loc: Loc, setting: Setting) -> Findings:
    """Answer what is wrong with what a region changes."""
    every = over.every or rule.every
    against = _against(setting, every)
    if over.every is not None:
        yield from _every(over.every, (*loc, "every"), rule, setting.configuration)
    if over.during is not None:
        during = (*loc, "during")
        yield from _during(over.during, during, every=every, configuration=setting.configuration)
    yield from _raised(over.on_raise, (*loc, "on_raise"), every, setting.configuration)
    if over.steps is not None:
        yield from check_steps(over.steps, (*loc, "steps"), against)
    elif over.every is not None and against.longest is not None:
        longest = days(against.longest)
        spans = [step.at for step in rule.steps if isinstance(step.at, Duration)]
        if any(-days(span) >= longest for span in spans):
            sentence = _("so short an interval leaves no room for the rule's first step")
            yield Finding((*loc, "every"), sentence)


def _against(setting: Setting, every: Every) -> Setting:
    spans = _spans(every)
    longest = max(spans, key=days) if spans else None
    return Setting(setting.configuration, setting.names, setting.rule, longest)


def _spans(every: Every) -> list[Duration]:
    return [every] if isinstance(every, Duration) else list(every.levels.values())


def _every(every: Every, loc: Loc, rule: DutyRule, configuration: Configuration) -> Findings:
    if isinstance(every, Duration):
        yield from check_interval(every, loc)
        return
    known = [level.id for level in configuration.levels]
    if not known:
        yield Finding(loc, _("this site has no levels yet; write them under levels"))
        return
    for level, span in every.levels.items():
        place = (*loc, "levels", level)
        if level not in known:
            sentence = _("there is no level “%(name)s”.") % {"name": level}
            yield Finding(place, sentence + hint(level, known), at_key=True)
        yield from check_interval(span, place)
    missing = [level for level in _levels_of(rule, configuration) if level not in every.levels]
    if missing:
        sentence = _("not configured for: %(levels)s; shown and told, never guessed")
        yield Finding(loc, sentence % {"levels": ", ".join(missing)}, at_key=True, warning=True)


def _levels_of(rule: DutyRule, configuration: Configuration) -> list[str]:
    """Answer the levels a rule's group lets in, from low to high."""
    known = [level.id for level in configuration.levels]
    group = rule.for_ if isinstance(rule.for_, Group) else configuration.groups.get(rule.for_)
    wanted = group.where.get("level") if group else None
    match wanted:
        case str():
            return [level for level in known if level == wanted]
        case tuple():
            return [level for level in known if level in wanted]
        case SetFilter():
            inside = [one for one in known if wanted.any_of is None or one in wanted.any_of]
            return [level for level in inside if level not in (wanted.none_of or ())]
        case _:
            return known


def _raised(
    on_raise: OnRaise | None, loc: Loc, every: Every, configuration: Configuration
) -> Findings:
    if on_raise is None:
        return
    if not configuration.levels_in_order:
        yield Finding(loc, unordered_sentence())
    if not isinstance(every, ByLevel):
        yield Finding(loc, _("on_raise needs an interval by level: every: {by: level, levels: …}"))
    yield from check_interval(on_raise.within, (*loc, "within"))


def _during(
    during: Sequence[During], loc: Loc, *, every: Every, configuration: Configuration
) -> Findings:
    spans = _spans(every)
    for number, one in enumerate(during):
        place = (*loc, number)
        yield from check_window(one.window, (*place, "window"), configuration)
        yield from check_length(one.lead, (*place, "lead"))
        yield from check_length(one.tail, (*place, "tail"))
        yield from check_interval(one.every, (*place, "every"))
        if spans and days(one.every) >= max(map(days, spans)):
            yield Finding((*place, "every"), _("inside a window an interval can only be shorter"))


def _spread(rule: DutyRule, loc: Loc) -> Findings:
    spans = _spans(rule.every)
    if rule.spread is not None and spans and days(rule.spread) >= max(map(days, spans)):
        yield Finding((*loc, "spread"), _("this is as long as the interval; write a shorter span"))
