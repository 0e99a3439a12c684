"""One open alert as messages, lists and forms show it: its rule's word, and how its date is said."""

from datetime import date
from typing import NamedTuple

from config.calendar_rules import CalendarRule
from config.dates import FromRecord
from config.model import Configuration
from config.rules import Rule, informs_only
from config.seasons import SeasonRule
from config.signals import OnRecord

CHILDREN = "children"


class Item(NamedTuple):
    """One alert as far as a message may show it. `act` is the rule's `say`, `kind` what closes it.

    `informs`: nothing closes it, and it is never overdue. `starts_on` is the first day of its
    window or period, `period` how long that period is: `month`. `by`: the digits of the divisions
    by which a summary of it is split; None: those below its reader's own. `suggested_on` lies before
    `due_on`. `about` stands in brackets behind the act: what happened, and where else.
    """

    alert_id: str
    entry_id: str
    number: str
    lives_in: str
    act: str
    kind: str
    due_on: date
    never: bool
    not_reached: bool = False
    ledger: str = CHILDREN
    informs: bool = False
    starts_on: date | None = None
    period: str = ""
    by: int | None = None
    suggested_on: date | None = None
    about: tuple[str, ...] = ()


class Open(NamedTuple):
    """What the database says of an open alert. `anchor_on` None: never recorded."""

    alert_id: str
    entry_id: str
    number: str
    lives_in: str
    rule: str
    due_on: date
    anchor_on: date | None
    not_reached: bool


def suggesting(
    configuration: Configuration, item: Item, rule_name: str, told_for: date | None
) -> Item:
    """Answer an item with the day of its step, where the rule suggests days (`spread`)."""
    rule = configuration.rules.get(rule_name)
    if rule is None or rule.spread is None or told_for is None or told_for >= item.due_on:
        return item
    return item._replace(suggested_on=told_for)


def informing(configuration: Configuration) -> frozenset[str]:
    """Answer the names of the rules that only inform: what they say is nobody's work."""
    return frozenset(name for name, rule in configuration.rules.items() if informs_only(rule))


def last_done(rule: Rule | None, anchor_on: date | None) -> date | None:
    """Answer when an act that counts was last done; only a duty counts from such a day."""
    return anchor_on if rule is not None and rule.kind == "duty" else None


class Ruled(NamedTuple):
    """What a rule gives to all items of its alerts."""

    act: str
    kind: str
    ledger: str
    informs: bool
    in_spells: bool
    period: str
    about: tuple[str, ...]


def ruled_by(configuration: Configuration, name: str) -> Ruled:
    """Answer what a rule gives; one that is gone has no word."""
    rule = configuration.rules.get(name)
    if rule is None:
        return Ruled("", name, CHILDREN, informs=False, in_spells=False, period="", about=())
    return Ruled(
        act=rule.say,
        # Nothing closes what only informs: no two such rules are one matter.
        kind=rule.done_by[0] if rule.done_by else name,
        ledger=configuration.group_of(rule).ledger,
        informs=informs_only(rule),
        in_spells=isinstance(rule, SeasonRule | CalendarRule),
        period=rule.period if isinstance(rule, CalendarRule) else "",
        about=_about(configuration, rule),
    )


def item_of(ruled: Ruled, found: Open, *, by: int | None = None) -> Item:
    """Answer an alert as messages show it."""
    return Item(
        found.alert_id,
        found.entry_id,
        found.number,
        found.lives_in,
        ruled.act,
        ruled.kind,
        found.due_on,
        never=found.anchor_on is None,
        not_reached=found.not_reached,
        ledger=ruled.ledger,
        informs=ruled.informs,
        starts_on=found.anchor_on if ruled.in_spells else None,
        period=ruled.period,
        by=by,
        about=ruled.about,
    )


def _about(configuration: Configuration, rule: Rule) -> tuple[str, ...]:
    """Answer the word for the record that a rule counts from, where its kind has one to be said."""
    on = getattr(rule, "on", None)
    if not isinstance(on, FromRecord | OnRecord):
        return ()
    kind = configuration.records.get(on.record)
    says = kind.says if kind else None
    return (says,) if says and says != rule.say else ()
