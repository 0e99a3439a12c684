"""Checks on delivery: routes that lead somewhere, slots that people are awake for."""

from config.delivery import DEFAULT_DIGEST, RELAY, Digest
from config.durations import Unit
from config.findings import Finding, Findings, Names
from config.language import catalogue
from config.model import Configuration
from config.rules import Rule
from config.shape import Loc
from config.signals import SignalOverride, SignalRule
from config.spans import SHORT
from config.suggest import hint

_ = catalogue("config")

_WAITS = SHORT | {Unit.DAYS}


def told_roles(rule: Rule) -> dict[str, Loc]:
    """Answer the roles a rule tells, regions included, each with the place of its first mention."""
    told: dict[str, Loc] = {}
    for where, part in (
        ((), rule),
        *((("regions", region), over) for region, over in rule.regions.items()),
    ):
        for number, step in enumerate(part.steps or ()):
            for at, role in enumerate(step.tell):
                told.setdefault(role, (*where, "steps", number, "tell", at))
        ladder = part.ladder if isinstance(part, SignalRule | SignalOverride) else ()
        for number, rung in enumerate(ladder or ()):
            for at, role in enumerate(rung.tell):
                told.setdefault(role, (*where, "ladder", number, "tell", at))
    return told


def check_delivery(configuration: Configuration, names: Names) -> Findings:
    """Answer what is wrong with slots, caps and routes."""
    delivery = configuration.delivery
    for section, named in (
        ("digest", delivery.digest),
        ("at_most", delivery.at_most),
        ("routes", delivery.routes),
        ("urgent_routes", delivery.urgent_routes),
    ):
        for role in named:
            if role not in names.roles:
                sentence = _("there is no role “%(name)s”.") % {"name": role}
                loc = ("delivery", section, role)
                yield Finding(loc, sentence + hint(role, names.roles), at_key=True)
    for role, digest in delivery.digest.items():
        yield from _slot(configuration, digest, ("delivery", "digest", role))
    for section, written in (
        ("routes", delivery.routes),
        ("urgent_routes", delivery.urgent_routes),
    ):
        for role, routes in written.items():
            place: Loc = ("delivery", section, role)
            yield from _routes(configuration, place, routes=routes, names=names)
    if delivery.keep_trying is not None and delivery.keep_trying.amount < 1:
        yield Finding(("delivery", "keep_trying"), _("write at least one hour"))
    for name, channel in configuration.channels.items():
        within = channel.confirm_within
        if within is not None and (within.unit not in _WAITS or within.amount < 1):
            sentence = _("waiting is counted in minutes, hours or days")
            yield Finding(("channels", name, "confirm_within"), sentence)
    yield from _told(configuration, names)
    yield from _unused(configuration)


def _slot(configuration: Configuration, digest: Digest, loc: Loc) -> Findings:
    start, end = configuration.delivery.quiet_hours
    quiet = start <= digest.at < end if start <= end else digest.at >= start or digest.at < end
    if quiet:
        yield Finding(
            (*loc, "at"),
            _("%(at)s lies in the quiet hours (%(start)s to %(end)s); nothing would go out then")
            % {"at": digest.at, "start": start, "end": end},
        )
    if len(set(digest.days)) < len(digest.days):
        yield Finding((*loc, "days"), _("one weekday is named twice"))


def _routes(
    configuration: Configuration, loc: Loc, *, routes: tuple[str, ...], names: Names
) -> Findings:
    role = str(loc[-1])
    if not routes:
        yield Finding(loc, _("the list is empty; at least one item is needed"))
    for number, route in enumerate(routes):
        place = (*loc, number)
        if route in routes[:number]:
            yield Finding(place, _("the channel “%(name)s” is named twice") % {"name": route})
        elif route == RELAY:
            known = configuration.roles.get(role)
            if known is not None and known.up is None:
                sentence = _("nobody can relay for “%(role)s”: the role has no up")
                yield Finding(place, sentence % {"role": role})
        elif route not in names.channels:
            sentence = _("there is no channel “%(name)s”.") % {"name": route}
            yield Finding(place, sentence + hint(route, [*names.channels, RELAY]))


def _told(configuration: Configuration, names: Names) -> Findings:
    """Say which roles are told by rules but have no route, or no slot of their own."""
    told: dict[str, Loc] = {}
    for name, rule in configuration.rules.items():
        for role, loc in told_roles(rule).items():
            if role in names.roles:
                told.setdefault(role, ("rules", name, *loc))
    for role, loc in told.items():
        if role not in configuration.delivery.routes:
            sentence = _("“%(role)s” is told here but has no route; add delivery.routes.%(role)s")
            yield Finding(loc, sentence % {"role": role})
        if role not in configuration.delivery.digest:
            sentence = _("“%(role)s” has no slot under delivery.digest; %(days)s at %(at)s is used")
            words = {"role": role, "days": _weekday(DEFAULT_DIGEST), "at": DEFAULT_DIGEST.at}
            yield Finding(("delivery", "digest"), sentence % words, at_key=True, warning=True)
    if not any(role not in configuration.delivery.digest for role in told):
        return
    quiet = list(_slot(configuration, DEFAULT_DIGEST, ("delivery", "quiet_hours")))
    if quiet:
        sentence = _("the usual slot (%(at)s) lies in these quiet hours; write delivery.digest")
        yield Finding(("delivery", "quiet_hours"), sentence % {"at": DEFAULT_DIGEST.at})


def _weekday(digest: Digest) -> str:
    return _("Monday") if digest.days == ("monday",) else ", ".join(digest.days)


def _unused(configuration: Configuration) -> Findings:
    reached = _reached(configuration)
    for role in configuration.delivery.routes:
        if role in configuration.roles and role not in reached:
            sentence = _("no rule tells “%(role)s”, so this route is never used") % {"role": role}
            yield Finding(("delivery", "routes", role), sentence, at_key=True, warning=True)
    delivery = configuration.delivery
    written = (*delivery.routes.values(), *delivery.urgent_routes.values())
    used = {name for routes in written for name in routes}
    for channel in configuration.channels:
        if channel not in used:
            sentence = _("no route uses the channel “%(name)s”") % {"name": channel}
            yield Finding(("channels", channel), sentence, at_key=True, warning=True)


def _reached(configuration: Configuration) -> set[str]:
    """Answer the roles that are told, or stand above one that is."""
    waiting = [role for rule in configuration.rules.values() for role in told_roles(rule)]
    reached: set[str] = set()
    while waiting:
        role = waiting.pop()
        if role in reached:
            continue
        reached.add(role)
        known = configuration.roles.get(role)
        if known is not None and known.up is not None:
            waiting.append(known.up)
    return reached
