"""Checks on steps: roles that exist, moments that fit the kind of rule, in order of time."""

from collections.abc import Sequence

from config.calendar_rules import CalendarRule
from config.checks_names import MOST_TOLD
from config.durations import Duration
from config.findings import Finding, Findings, Names
from config.language import catalogue
from config.lean import dataclass
from config.model import Configuration
from config.rules import Rule, informs_only
from config.seasons import SeasonRule
from config.shape import Loc
from config.signals import SignalRule
from config.spans import SHORT, days
from config.steps import Moment, Step
from config.suggest import hint
from config.values import Words

_ = catalogue("config")

_ABOVE = frozenset({"county", "city", "province"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What steps are looked at against; `longest` is the longest interval of a duty."""

    configuration: Configuration
    names: Names
    rule: Rule
    longest: Duration | None = None


def check_steps(steps: Sequence[Step], loc: Loc, setting: Setting) -> Findings:
    """Answer what is wrong with the steps of a rule, or of a region of it."""
    keys: dict[str, int] = {}
    for number, step in enumerate(steps):
        if step.key in keys:
            sentence = _("this step is called “%(key)s” like step %(number)s; give it an id")
            place = (*loc, number, "id" if step.id else _key_of(step))
            yield Finding(place, sentence % {"key": step.key, "number": keys[step.key] + 1})
        keys.setdefault(step.key, number)
        yield from _moment(step, (*loc, number), setting)
        yield from check_told(step.tell, (*loc, number, "tell"), setting.names)
        yield from _repeated(step, (*loc, number), setting)
        yield from _shown(step, (*loc, number), setting)
    yield from _order(steps, loc, setting.rule)


def check_told(tell: Words, loc: Loc, names: Names) -> Findings:
    """Answer what is wrong with the roles that are told."""
    if not tell:
        yield Finding(loc, _("the list is empty; at least one item is needed"))
    if len(tell) > MOST_TOLD:
        yield Finding(loc, _("a step tells at most %(limit)s roles") % {"limit": MOST_TOLD})
    for number, role in enumerate(tell):
        if role not in names.roles:
            sentence = _("there is no role “%(name)s”.") % {"name": role}
            yield Finding((*loc, number), sentence + hint(role, names.roles))


def _key_of(step: Step) -> str:
    return next(key for key in ("at", "every", "on") if getattr(step, key) is not None)


def _moment(step: Step, loc: Loc, setting: Setting) -> Findings:
    place = (*loc, _key_of(step))
    if not isinstance(step.at, Duration) and not isinstance(
        setting.rule, SeasonRule | CalendarRule
    ):
        sentence = _(
            "“%(found)s” belongs to a window or a period (kinds season and calendar); write days from "
            "the due date with at, such as -7 days, 0 days or +3 days"
        )
        yield Finding(place, sentence % {"found": step.moment})
    span = step.at.offset if isinstance(step.at, Moment) else step.at
    if span is None:
        return
    if span.unit in SHORT:
        yield Finding(place, _("a deadline is counted in days or more, not in hours or minutes"))
    elif isinstance(setting.rule, SignalRule) and span.amount < 0:
        yield Finding(place, _("nothing is known before the signal; write 0 days or later"))
    elif (every := setting.longest) and every.amount > 0 and -days(span) >= days(every):
        yield Finding(
            place,
            _("this step never comes: it lies %(at)s before a due date that is only %(every)s away")
            % {"at": str(span).lstrip("-"), "every": every},
        )


def _repeated(step: Step, loc: Loc, setting: Setting) -> Findings:
    if step.repeat is not None and (step.repeat.unit in SHORT or step.repeat.amount < 1):
        yield Finding((*loc, "repeat"), _("write at least one day; more often helps nobody"))
    if not informs_only(setting.rule):
        return
    sentence = _("nothing closes this rule, so it only informs: leave out %(key)s, or add done_by")
    for key, written in (("escalation", step.escalation), ("repeat", step.repeat)):
        if written:
            yield Finding((*loc, key), sentence % {"key": key})


def _shown(step: Step, loc: Loc, setting: Setting) -> Findings:
    if step.by is not None and step.shown_as != "summary":
        yield Finding((*loc, "by"), _("only a summary is split by divisions; add as: summary"))
    if step.shown_as == "summary" or setting.rule.urgent:
        return
    roles = setting.configuration.roles
    for number, name in enumerate(step.tell):
        if name in roles and roles[name].level in _ABOVE:
            sentence = _(
                "“%(role)s” would get single entries; counts are enough there: as: summary"
            )
            yield Finding((*loc, "tell", number), sentence % {"role": name}, warning=True)


def _order(steps: Sequence[Step], loc: Loc, rule: Rule) -> Findings:
    """Compare what counts from the same day; a season is due when its window ends."""
    latest: dict[str, float] = {}
    for number, step in enumerate(steps):
        if step.at is None:
            continue
        moment = step.at if isinstance(step.at, Moment) else None
        span = moment.offset if moment else step.at
        start = moment.edge if moment else "end" if isinstance(rule, SeasonRule) else "due"
        if isinstance(span, Duration):
            if days(span) < latest.get(start, days(span)):
                sentence = _("steps stand in order of time; this one is earlier")
                yield Finding((*loc, number, "at"), sentence)
            latest[start] = days(span)
