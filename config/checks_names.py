"""Checks on names that end up in the database, in keys and on the command line."""

import re
from collections.abc import Iterable, Sequence

from config.delivery import RELAY
from config.findings import Finding, Findings, Names
from config.language import catalogue
from config.model import Configuration
from config.shape import Loc
from config.steps import Step

_ = catalogue("config")

LONGEST_NAME = 64
LONGEST_ROLE = 30
MOST_TOLD = 8
"""Roles of one step; with the longest role names they still fit their column."""

OPERATOR_ROLE = "operator"
"""The last rung, which is no role of the configuration."""

_NAME = re.compile(r"[\w(（](?:[\w .·()（）+:-]*[\w)）])?")


def check_names(configuration: Configuration, names: Names) -> Findings:
    """Answer names that are too long, hold odd characters, or belong to the engine."""
    for name, rule in configuration.rules.items():
        yield from _step_ids(rule.steps, ("rules", name, "steps"))
        for region, override in rule.regions.items():
            yield from _step_ids(override.steps or (), ("rules", name, "regions", region, "steps"))
    for number, level in enumerate(configuration.levels):
        yield from check_name(level.id, ("levels", number, "id"), longest=LONGEST_NAME)
    yield from _section("roles", names.roles, longest=LONGEST_ROLE)
    for section, found in (
        ("records", names.records),
        ("groups", names.groups),
        ("rules", names.rules),
        ("channels", names.channels),
        ("calendars", names.calendars),
        ("region_tags", names.region_tags),
    ):
        yield from _section(section, found, longest=LONGEST_NAME)
    for loc, taken in (
        (("roles", OPERATOR_ROLE), names.roles),
        (("channels", RELAY), names.channels),
    ):
        if loc[1] in taken:
            sentence = _("“%(name)s” has a meaning of its own; choose another name")
            yield Finding(loc, sentence % {"name": loc[1]}, at_key=True)


def _step_ids(steps: Sequence[Step], loc: Loc) -> Findings:
    for number, step in enumerate(steps):
        if step.id is not None:
            yield from check_name(step.id, (*loc, number, "id"), longest=LONGEST_NAME)


def _section(section: str, names: Iterable[str], *, longest: int) -> Findings:
    for name in names:
        yield from check_name(name, (section, name), longest=longest, at_key=True)


def check_name(name: str, loc: Loc, *, longest: int, at_key: bool = False) -> Findings:
    """Answer what is wrong with a name that goes into the database."""
    if len(name) > longest:
        sentence = _("a name may have at most %(limit)s letters; this one has %(count)s")
        yield Finding(loc, sentence % {"limit": longest, "count": len(name)}, at_key=at_key)
    elif _NAME.fullmatch(name) is None:
        yield Finding(loc, _("a name holds letters, digits, - and spaces inside"), at_key=at_key)
