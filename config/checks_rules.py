"""Checks on rules: what holds for every kind, and which checks each kind has."""

from config.calendar_rules import CalendarOverride, CalendarRule
from config.checks_duties import check_duty, check_duty_override
from config.checks_kinds import check_calendar, check_date, check_season, ledger_fields
from config.checks_signals import check_signal, check_signal_override
from config.checks_spans import check_interval
from config.checks_steps import Setting
from config.codes import check_region_key
from config.common_rule import Late
from config.dates import DateOverride, DateRule
from config.duties import DutyOverride, DutyRule
from config.findings import Finding, Findings, Names
from config.labels import labels_in
from config.language import catalogue
from config.model import Configuration
from config.rules import Override, Rule
from config.seasons import SeasonOverride, SeasonRule
from config.shape import Loc
from config.signals import SignalOverride, SignalRule
from config.suggest import hint
from config.values import Valid

_ = catalogue("config")

_LONGEST_SAY = 20


def check_rules(configuration: Configuration, names: Names) -> Findings:
    """Answer what is wrong with the rules, each and among themselves."""
    for name, rule in configuration.rules.items():
        loc: Loc = ("rules", name)
        setting = Setting(configuration, names, rule)
        yield from check_said(rule.say, (*loc, "say"), configuration)
        yield from _references(rule, loc, setting)
        yield from _sourced(rule, loc)
        if rule.spread is not None:
            yield from check_interval(rule.spread, (*loc, "spread"))
            if not rule.done_by:
                sentence = _("a rule without done_by only informs; there is nothing to spread")
                yield Finding((*loc, "spread"), sentence)
        yield from _late(rule.late, (*loc, "late"))
        yield from _valid(rule.valid, (*loc, "valid"))
        yield from _of_kind(rule, loc, setting)
        for region, override in rule.regions.items():
            place = (*loc, "regions", region)
            yield from check_region_key(region, place, configuration.site.region)
            yield from _override(override, place, setting)
    yield from _renames(configuration, names)
    yield from _unused_groups(configuration)


def check_said(word: str, loc: Loc, configuration: Configuration) -> Findings:
    """Answer why a word may not stand in a message."""
    labels = labels_in(word, configuration.labelling_words)
    if labels:
        yield Finding(
            loc,
            _(
                "“%(word)s” labels a child and may not stand in a message; write what is to be done, "
                "such as 联系 or 走访"
            )
            % {"word": labels[0]},
        )
    if not word.strip() or len(word) > _LONGEST_SAY or not word.isprintable():
        yield Finding(
            loc, _("write a short word of at most %(limit)s letters") % {"limit": _LONGEST_SAY}
        )


def _of_kind(rule: Rule, loc: Loc, setting: Setting) -> Findings:
    match rule:
        case DutyRule():
            return check_duty(rule, loc, setting)
        case DateRule():
            return check_date(rule, rule, loc, setting)
        case SeasonRule():
            return check_season(rule, loc, setting)
        case SignalRule():
            return check_signal(rule, loc, setting)
        case _:
            return check_calendar(rule, rule, loc, setting)


def _override(override: Override, loc: Loc, setting: Setting) -> Findings:
    yield from _late(override.late, (*loc, "late"))
    yield from _valid(override.valid, (*loc, "valid"))
    if override.steps is not None and not override.steps:
        sentence = _("the list is empty; at least one item is needed")
        yield Finding((*loc, "steps"), sentence)
    match setting.rule, override:
        case DutyRule() as rule, DutyOverride():
            yield from check_duty_override(override, rule, loc, setting)
        case DateRule() as rule, DateOverride():
            yield from check_date(override, rule, loc, setting)
        case SeasonRule(), SeasonOverride():
            yield from check_season(override, loc, setting)
        case SignalRule() as rule, SignalOverride():
            yield from check_signal_override(override, rule, loc, setting)
        case CalendarRule() as rule, CalendarOverride():
            yield from check_calendar(override, rule, loc, setting)
        case _:
            pass


def _references(rule: Rule, loc: Loc, setting: Setting) -> Findings:
    names = setting.names
    if isinstance(rule.for_, str) and rule.for_ not in names.groups:
        sentence = _("there is no group “%(name)s”.") % {"name": rule.for_}
        yield Finding((*loc, "for"), sentence + hint(rule.for_, names.groups))
    for number, kind in enumerate(rule.done_by):
        if kind not in names.records:
            sentence = _("there is no record kind “%(name)s”.") % {"name": kind}
            yield Finding((*loc, "done_by", number), sentence + hint(kind, names.records))
    known = ledger_fields(rule, setting.configuration)
    if known and rule.place not in known:
        sentence = _("the ledger has no field “%(name)s”.") % {"name": rule.place}
        yield Finding((*loc, "place"), sentence)


def _sourced(rule: Rule, loc: Loc) -> Findings:
    if not (rule.source or "").strip():
        sentence = _("source is missing: name the document this rule rests on")
        yield Finding(loc, sentence, at_key=True, warning=True)


def _late(late: Late | None, loc: Loc) -> Findings:
    if late is not None and late.send_within.amount < 0:
        yield Finding((*loc, "send_within"), _("a span of time cannot be negative here"))


def _valid(valid: Valid | None, loc: Loc) -> Findings:
    if valid and valid.from_ and valid.to and valid.from_ > valid.to:
        yield Finding((*loc, "to"), _("the last day is before the first"))


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
