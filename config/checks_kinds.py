"""Checks on rules of the kinds date, season and calendar."""

from config.calendar_rules import CalendarOverride, CalendarRule, DueDay
from config.checks_spans import check_length
from config.checks_steps import Setting, check_steps
from config.checks_windows import check_window
from config.dates import DateAnchor, DateOverride, DateRule, FromField
from config.fields import Field, Form, Storage, fields_of
from config.findings import Finding, Findings
from config.language import catalogue
from config.model import Configuration
from config.rules import Rule
from config.seasons import SeasonOverride, SeasonRule
from config.shape import Loc
from config.suggest import hint
from config.windows import TERMS

_ = catalogue("config")

_MOST_DAYS = {"month": 31, "quarter": 92, "half-year": 184, "year": 366}
_MOST_WORKDAYS = {"month": 23, "quarter": 66, "half-year": 132, "year": 262}


def ledger_fields(rule: Rule, configuration: Configuration) -> dict[str, Field]:
    """Answer the fields of the ledger a rule is for; none if the group is not there."""
    if isinstance(rule.for_, str) and rule.for_ not in configuration.groups:
        return {}
    return dict(fields_of(configuration, configuration.group_of(rule).ledger))


def sealed_sentence(name: str) -> str:
    """Answer why no rule may look at a field."""
    return _(
        "“%(name)s” is sealed: it is stored encrypted to protect the child, and no rule "
        "may look at it"
    ) % {"name": name}


def unordered_sentence() -> str:
    """Answer why nothing can be said of a level that is raised or lowered."""
    return _(
        "which level is higher is not known here; put levels in order, from low to high, and write "
        "levels_in_order: yes"
    )


def check_date(
    part: DateRule | DateOverride, rule: DateRule, loc: Loc, setting: Setting
) -> Findings:
    """Answer what is wrong with a date rule, or with what a region changes of it."""
    if part.on is not None:
        yield from _anchor(part.on, rule, (*loc, "on"), setting)
    if part.steps is not None:
        yield from check_steps(part.steps, (*loc, "steps"), setting)
    if not isinstance(part, DateRule) or not part.counterpart:
        return
    kind = None if isinstance(part.on, FromField) else part.on.record
    about = setting.configuration.records.get(kind) if kind else None
    if kind is None or (about is not None and not about.counterpart):
        sentence = _("only a record of a kind with counterpart: yes names another region")
        yield Finding((*loc, "counterpart"), sentence)


def _anchor(on: DateAnchor, rule: DateRule, loc: Loc, setting: Setting) -> Findings:
    yield from check_length(on.plus, (*loc, "plus"))
    if not isinstance(on, FromField):
        if on.record not in setting.names.records:
            sentence = _("there is no record kind “%(name)s”.") % {"name": on.record}
            yield Finding((*loc, "record"), sentence + hint(on.record, setting.names.records))
        return
    known = ledger_fields(rule, setting.configuration)
    if not known:
        return
    dates = [
        one.name
        for one in known.values()
        if one.form in (Form.DATES, Form.STAY) and one.storage is Storage.PLAIN
    ]
    field = known.get(on.field)
    if field is None:
        sentence = _("the ledger has no field “%(name)s”.") % {"name": on.field}
        yield Finding((*loc, "field"), sentence + hint(on.field, dates))
    elif field.storage is not Storage.PLAIN:
        yield Finding((*loc, "field"), sealed_sentence(on.field))
    elif field.name not in dates:
        sentence = _("“%(name)s” is no date.") % {"name": on.field}
        yield Finding((*loc, "field"), sentence + hint(on.field, dates))


def check_season(part: SeasonRule | SeasonOverride, loc: Loc, setting: Setting) -> Findings:
    """Answer what is wrong with a season rule, or with what a region changes of it."""
    if part.window is not None:
        yield from check_window(part.window, (*loc, "window"), setting.configuration)
    yield from check_length(part.lead, (*loc, "lead"))
    yield from check_length(part.tail, (*loc, "tail"))
    if part.steps is not None:
        yield from check_steps(part.steps, (*loc, "steps"), setting)


def check_calendar(
    part: CalendarRule | CalendarOverride, rule: CalendarRule, loc: Loc, setting: Setting
) -> Findings:
    """Answer what is wrong with a calendar rule, or with what a region changes of it."""
    period = part.period or rule.period
    if part.period == "term" and TERMS not in setting.configuration.calendars:
        sentence = _("terms are entered in the calendar “%(name)s”; add it under calendars")
        yield Finding((*loc, "period"), sentence % {"name": TERMS})
    if part.due is not None:
        yield from _due(part.due, period, (*loc, "due"))
    if part.steps is not None:
        yield from check_steps(part.steps, (*loc, "steps"), setting)


def _due(due: DueDay, period: str, loc: Loc) -> Findings:
    most = (_MOST_WORKDAYS if due.workday else _MOST_DAYS).get(period)
    if due.number is not None and most is not None and due.number > most:
        sentence = _("no %(period)s is so long; write a number up to %(most)s, or end")
        yield Finding(loc, sentence % {"period": _period(period), "most": most})


def _period(period: str) -> str:
    return {
        "month": _("month"),
        "quarter": _("quarter"),
        "half-year": _("half-year"),
        "year": _("year"),
    }[period]
