"""From alerts to lines: one per entry, the strongest act only, grouped as people read them. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from alerts.views import Area, Count, Day, Line, Village, When
from config.model import Configuration


@dataclass(frozen=True, slots=True)
class Item:
    """One alert as far as a message may show it. `act` is the rule's `say`, `kind` what closes it."""

    alert_id: str
    entry_id: str
    number: str
    lives_in: str
    act: str
    kind: str
    due_on: date
    never: bool
    not_reached: bool = False


@dataclass(frozen=True, slots=True)
class Strength:
    """Which record kinds also settle which others, from `counts_as`."""

    covers: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, configuration: Configuration) -> "Strength":
        """Read the configuration."""
        return cls(
            {kind: frozenset(about.counts_as) for kind, about in configuration.records.items()}
        )

    def strongest(self, items: Iterable[Item]) -> list[Item]:
        """Leave out items that another one settles too: a visit is also a contact.

        What stays takes over the earliest date of what it covers. Items that do not settle each
        other all stay, those that settle most first. One item is left of several of one kind.
        """
        first_of: dict[str, Item] = {}
        for item in sorted(items, key=lambda item: (item.due_on, item.alert_id)):
            first_of.setdefault(item.kind, item)
        kept = []
        for kind, item in first_of.items():
            if any(kind in self.covers.get(other, ()) for other in first_of if other != kind):
                continue
            covered = [
                other
                for name, other in first_of.items()
                if name == kind or name in self.covers.get(kind, ())
            ]
            earliest = min(covered, key=lambda other: other.due_on)
            kept.append(_dated(item, earliest))
        return sorted(kept, key=lambda item: (-len(self.covers.get(item.kind, ())), item.kind))


def villages(
    items: Iterable[Item], strength: Strength, names: Mapping[str, str], *, today: date
) -> tuple[Village, ...]:
    """Group items by village: what is longest overdue first, then what is due next."""
    by_place: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_place[item.lives_in].append(item)
    return tuple(
        _village(names.get(place, place), found, strength, today=today)
        for place, found in sorted(by_place.items())
    )


def areas(
    items: Iterable[Item], names: Mapping[str, str], *, digits: int, today: date
) -> tuple[Area, ...]:
    """Count items by division of so many digits and by act, each alert once."""
    by_area: dict[str, dict[str, Item]] = defaultdict(dict)
    for item in items:
        by_area[item.lives_in[:digits]][item.alert_id] = item
    found = []
    for place, in_area in sorted(by_area.items()):
        by_act: dict[str, list[Item]] = defaultdict(list)
        for item in in_area.values():
            by_act[item.act].append(item)
        counts = tuple(
            Count(act, len(of_act), sum(_is_overdue(item, today) for item in of_act))
            for act, of_act in sorted(by_act.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        )
        due, overdue = sum(c.due for c in counts), sum(c.overdue for c in counts)
        found.append(Area(names.get(place, place), counts, due, overdue))
    return tuple(found)


def _is_overdue(item: Item, today: date) -> bool:
    """Who was never recorded is not overdue (DESIGN.md 1), and counts as due only."""
    return item.due_on < today and not item.never


def short_number(number: str, village: str) -> str:
    """Answer `03` for `青山-03` in 青山村, the whole number where it comes from elsewhere."""
    prefix, dash, digits = number.rpartition("-")
    return digits if dash and prefix and village.startswith(prefix) else number


def tense(item: Item, today: date) -> tuple[When, int]:
    """Say how an item's date stands on the day of sending, and how many days it is past."""
    past = (today - item.due_on).days
    if past > 0:
        return ("never" if item.never else "over"), past
    named: dict[int, When] = {0: "today", -1: "tomorrow"}
    return named.get(past, "before"), 0


def _village(name: str, items: Sequence[Item], strength: Strength, *, today: date) -> Village:
    by_entry: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_entry[item.entry_id].append(item)
    groups: dict[_Alike, list[str]] = defaultdict(list)
    urgency: dict[_Alike, date] = {}
    for of_entry in by_entry.values():
        kept = strength.strongest(of_entry)
        first = min(kept, key=lambda item: item.due_on)
        alike = _alike(kept, first, today)
        groups[alike].append(short_number(first.number, name))
        urgency[alike] = first.due_on
    ordered = sorted(groups, key=lambda alike: (urgency[alike], alike.acts, alike.not_reached))
    lines = tuple(_line(alike, groups[alike], today) for alike in ordered)
    return Village(name, lines, len(by_entry))


class _Alike(NamedTuple):
    """What entries must have in common to stand in one line."""

    acts: tuple[str, ...]
    when: When
    days: int
    due: date
    not_reached: bool


def _alike(kept: Sequence[Item], first: Item, today: date) -> _Alike:
    when, days = tense(first, today)
    acts = tuple(dict.fromkeys(item.act for item in kept))
    # A date that is not said must not keep two lines apart.
    due = first.due_on if when == "before" else today
    days = days if when == "over" else 0
    return _Alike(acts, when, days, due, any(i.not_reached for i in kept))


def _line(alike: _Alike, numbers: Sequence[str], today: date) -> Line:
    ordered = tuple(sorted(numbers, key=lambda number: (len(number), number)))
    due = Day.of(alike.due, today)
    return Line(ordered, alike.acts, alike.when, alike.days, due, alike.not_reached)


def _dated(item: Item, earliest: Item) -> Item:
    return Item(
        item.alert_id,
        item.entry_id,
        item.number,
        item.lives_in,
        item.act,
        item.kind,
        earliest.due_on,
        earliest.never,
        item.not_reached,
    )
