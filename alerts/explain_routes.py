"""On which channels people are told, and what became of the one they prefer."""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from alerts.directory import Person, RouteTable
from config.lean import dataclass
from config.model import Configuration
from config.signals import SignalRule


class Wish(StrEnum):
    """What became of the channel that somebody prefers."""

    KEPT = "kept"  # it is tried first
    NOT_THERE = "not-there"  # the configuration has no such channel any more
    NO_ROUTE = "no-route"  # the role's routes do not have it
    NO_ADDRESS = "no-address"  # the person has no address for it


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """The channels that reach a person under a role, in the order in which they are tried.

    `at_once` are the titles of rules that use all of them at the same time; `prefers` is the channel
    the person asked for, `wish` what became of it (None: they asked for none).
    """

    role: str
    urgent: bool
    channels: tuple[str, ...]
    at_once: tuple[str, ...]
    prefers: str | None
    wish: Wish | None


def route_facts(
    configuration: Configuration, person: Person, roles: tuple[str, ...]
) -> Iterator[RouteFacts]:
    """Yield how a person is reached under each role, and how else where rules are urgent."""
    rules = configuration.rules.values()
    is_urgent = any(rule.urgent for rule in rules)
    loud = tuple(rule.title for rule in rules if isinstance(rule, SignalRule) and rule.all_)
    for role in roles:
        usual = _reached(configuration, person, role, urgent=False)
        yield usual
        urgent = _reached(configuration, person, role, urgent=True)
        if is_urgent and (loud or urgent.channels != usual.channels):
            yield replace(urgent, at_once=loud)


def _reached(
    configuration: Configuration, person: Person, role: str, *, urgent: bool
) -> RouteFacts:
    table = RouteTable.of(configuration, urgent=urgent)
    return RouteFacts(
        role=role,
        urgent=urgent,
        channels=tuple(table.channels(person, role)),
        at_once=(),
        prefers=person.prefers,
        wish=_wish(configuration, table, person, role),
    )


def _wish(
    configuration: Configuration, table: RouteTable, person: Person, role: str
) -> Wish | None:
    if person.prefers is None:
        return None
    if person.prefers not in configuration.channels:
        return Wish.NOT_THERE
    if person.prefers not in dict(table.routes.get(role, ())):
        return Wish.NO_ROUTE
    return Wish.KEPT if person.prefers in table.channels(person, role) else Wish.NO_ADDRESS
