"""Checks on rules: roles and records that exist, steps in order, spans that make sense."""

from collections.abc import Sequence

from config.checks_names import MOST_TOLD
from config.durations import Duration, Unit
from config.findings import Finding, Findings, Names
from config.labels import labels_in
from config.language import catalogue
from config.model import Configuration
from config.rules import DutyOverride, Late, Rule, Step
from config.shape import Loc
from config.suggest import hint
from config.values import Valid

_ = catalogue("config")

_DAYS = {
    Unit.MINUTES: 1 / 1440,
    Unit.HOURS: 1 / 24,
    Unit.DAYS: 1.0,
    Unit.WORKDAYS: 1.4,
    Unit.WEEKS: 7.0,
    Unit.MONTHS: 30.44,
    Unit.YEARS: 365.25,
}
"""About how many days a unit is: for comparing spans, never for a deadline."""

_SHORT = {Unit.MINUTES, Unit.HOURS}
_REGION_LENGTHS = {2, 4, 6, 9, 12}
_LONGEST_SAY = 20


def days(span: Duration) -> float:
    """Answer about how many days a span is."""
    return span.amount * _DAYS[span.unit]


def check_rules(configuration: Configuration, names: Names) -> Findings:
    """Answer what is wrong with the rules, each and among themselves."""
    for name, rule in configuration.rules.items():
        loc: Loc = ("rules", name)
        yield from _words(rule, loc, configuration)
        yield from _references(rule, loc, names)
        yield from _every(rule.every, (*loc, "every"))
        yield from _steps(rule.steps, (*loc, "steps"), every=rule.every, names=names)
        yield from _late(rule.late, (*loc, "late"))
        yield from _valid(rule.valid, (*loc, "valid"))
        for region, override in rule.regions.items():
            yield from _region(region, (*loc, "regions", region), configuration)
            yield from _override(override, rule, (*loc, "regions", region), names=names)
    yield from _renames(configuration, names)
    yield from _unused_groups(configuration)


def _words(rule: Rule, loc: Loc, configuration: Configuration) -> Findings:
    labels = labels_in(rule.say, configuration.labelling_words)
    if labels:
        yield Finding(
            (*loc, "say"),
            _(
                "“%(word)s” labels a child and may not stand in a message; write what is to be done, "
                "such as 联系 or 走访"
            )
            % {"word": labels[0]},
        )
    if not rule.say.strip() or len(rule.say) > _LONGEST_SAY or not rule.say.isprintable():
        yield Finding(
            (*loc, "say"),
            _("write a short word of at most %(limit)s letters") % {"limit": _LONGEST_SAY},
        )


def _references(rule: Rule, loc: Loc, names: Names) -> Findings:
    if isinstance(rule.for_, str) and rule.for_ not in names.groups:
        sentence = _("there is no group “%(name)s”.") % {"name": rule.for_}
        yield Finding((*loc, "for"), sentence + hint(rule.for_, names.groups))
    for number, kind in enumerate(rule.done_by):
        if kind not in names.records:
            sentence = _("there is no record kind “%(name)s”.") % {"name": kind}
            yield Finding((*loc, "done_by", number), sentence + hint(kind, names.records))


def _every(every: Duration, loc: Loc) -> Findings:
    if every.unit in _SHORT:
        yield Finding(loc, _("a deadline is counted in days or more, not in hours or minutes"))
    elif every.amount < 1:
        yield Finding(loc, _("an interval must be at least one day"))


def _steps(steps: Sequence[Step], loc: Loc, *, every: Duration, names: Names) -> Findings:
    keys: dict[str, int] = {}
    for number, step in enumerate(steps):
        place = (*loc, number)
        if step.key in keys:
            sentence = _("this step is called “%(key)s” like step %(number)s; give it an id")
            yield Finding(
                (*place, "id" if step.id else "at"),
                sentence % {"key": step.key, "number": keys[step.key] + 1},
            )
        keys.setdefault(step.key, number)
        if number and days(step.at) < days(steps[number - 1].at):
            yield Finding((*place, "at"), _("steps stand in order of time; this one is earlier"))
        yield from _step(step, place, every=every, names=names)


def _step(step: Step, loc: Loc, *, every: Duration, names: Names) -> Findings:
    if step.at.unit in _SHORT:
        yield Finding(
            (*loc, "at"), _("a deadline is counted in days or more, not in hours or minutes")
        )
    elif every.amount > 0 and -days(step.at) >= days(every):
        yield Finding(
            (*loc, "at"),
            _("this step never comes: it lies %(at)s before a due date that is only %(every)s away")
            % {"at": str(step.at).lstrip("-"), "every": every},
        )
    if not step.tell:
        yield Finding((*loc, "tell"), _("the list is empty; at least one item is needed"))
    if len(step.tell) > MOST_TOLD:
        sentence = _("a step tells at most %(limit)s roles") % {"limit": MOST_TOLD}
        yield Finding((*loc, "tell"), sentence)
    for number, role in enumerate(step.tell):
        if role not in names.roles:
            sentence = _("there is no role “%(name)s”.") % {"name": role}
            yield Finding((*loc, "tell", number), sentence + hint(role, names.roles))
    if step.repeat is not None and (step.repeat.unit in _SHORT or step.repeat.amount < 1):
        yield Finding((*loc, "repeat"), _("write at least one day; more often helps nobody"))


def _late(late: Late | None, loc: Loc) -> Findings:
    if late is not None and late.send_within.amount < 0:
        yield Finding((*loc, "send_within"), _("a span of time cannot be negative here"))


def _valid(valid: Valid | None, loc: Loc) -> Findings:
    if valid and valid.from_ and valid.to and valid.from_ > valid.to:
        yield Finding((*loc, "to"), _("the last day is before the first"))


def _region(region: str, loc: Loc, configuration: Configuration) -> Findings:
    site = configuration.site.region
    if not (region.isascii() and region.isdecimal() and len(region) in _REGION_LENGTHS):
        sentence = _("“%(text)s” is no division code; it has 2, 4, 6, 9 or 12 digits")
        yield Finding(loc, sentence % {"text": region}, at_key=True)
    elif not region.startswith(site) and not site.startswith(region):
        sentence = _("the region %(region)s lies outside %(site)s, so this never applies here")
        words = {"region": region, "site": site}
        yield Finding(loc, sentence % words, at_key=True, warning=True)


def _override(override: DutyOverride, rule: Rule, loc: Loc, *, names: Names) -> Findings:
    every = override.every or rule.every
    if override.every is not None:
        yield from _every(override.every, (*loc, "every"))
    if override.steps is not None:
        if not override.steps:
            sentence = _("the list is empty; at least one item is needed")
            yield Finding((*loc, "steps"), sentence)
        yield from _steps(override.steps, (*loc, "steps"), every=every, names=names)
    elif override.every is not None and any(-days(step.at) >= days(every) for step in rule.steps):
        yield Finding(
            (*loc, "every"), _("so short an interval leaves no room for the rule's first step")
        )
    yield from _late(override.late, (*loc, "late"))
    yield from _valid(override.valid, (*loc, "valid"))


def _renames(configuration: Configuration, names: Names) -> Findings:
    renamed: dict[str, str] = {}
    for name, rule in configuration.rules.items():
        if rule.was is None:
            continue
        loc = ("rules", name, "was")
        if rule.was in names.rules:
            yield Finding(loc, _("the rule “%(name)s” is still there") % {"name": rule.was})
        elif rule.was in renamed:
            yield Finding(
                loc,
                _("the rule %(other)s also says it was “%(name)s”; only one can be")
                % {"other": renamed[rule.was], "name": rule.was},
            )
        renamed.setdefault(rule.was, name)


def _unused_groups(configuration: Configuration) -> Findings:
    used = {rule.for_ for rule in configuration.rules.values() if isinstance(rule.for_, str)}
    for name in configuration.groups:
        if name not in used:
            sentence = _("no rule uses the group “%(name)s”") % {"name": name}
            yield Finding(("groups", name), sentence, at_key=True, warning=True)
