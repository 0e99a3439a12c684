"""From alerts to lines: one per entry, the strongest act only, grouped as people read them. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date
from typing import NamedTuple

from alerts.items import CHILDREN, Item
from alerts.naming_acts import act_said
from alerts.views import Area, Count, Day, Line, Village, When
from config.lean import dataclass
from config.model import Configuration
from ledgers.jurisdictions import JURISDICTIONS


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

    def strongest(self, items: Sequence[Item]) -> list[Item]:
        """Leave out items that another one settles too: a visit is also a contact.

        What stays takes over the earliest date of what it covers. Items that do not settle each
        other all stay, those that settle most first. One item is left of several of one kind.
        """
        if len(items) == 1:
            return list(items)
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


@dataclass(frozen=True, slots=True)
class Reading:
    """How lines are read: on which day, in which language, and how many children a village has."""

    today: date
    language: str = "zh_CN"
    populations: Mapping[str, int] = field(default_factory=dict)


def villages(
    items: Iterable[Item], strength: Strength, names: Mapping[str, str], reading: Reading
) -> tuple[Village, ...]:
    """Group items by village: what is longest overdue first, then what is due next."""
    by_place: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_place[item.lives_in].append(item)
    return tuple(
        _village(names.get(place, place), found, strength, reading)
        for place, found in sorted(by_place.items())
    )


def areas(
    items: Iterable[Item], names: Mapping[str, str], *, digits: int, today: date
) -> tuple[Area, ...]:
    """Count items by act and by the divisions that their summary is split by, each alert once.

    `digits` is how much of a code names a division where a step says nothing. What only informs
    is counted beside the others and in no sum.
    """
    by_area: dict[str, dict[str, Item]] = defaultdict(dict)
    for item in {item.alert_id: item for item in items}.values():
        by_area[item.lives_in[: item.by or digits]][item.alert_id] = item
    found = []
    for place, in_area in sorted(by_area.items()):
        by_act: dict[tuple[bool, str], list[Item]] = defaultdict(list)
        for item in in_area.values():
            by_act[item.informs, item.act].append(item)
        counts = tuple(
            Count(act, len(of_act), sum(_is_overdue(item, today) for item in of_act), informs)
            for (informs, act), of_act in sorted(by_act.items(), key=_most_work)
        )
        due = sum(count.due for count in counts if not count.informs)
        overdue = sum(count.overdue for count in counts)
        found.append(Area(names.get(place, place), counts, due, overdue))
    return tuple(found)


def _most_work(pair: tuple[tuple[bool, str], Sequence[Item]]) -> tuple[bool, int, str]:
    (informs, act), of_act = pair
    return informs, -len(of_act), act


def _is_overdue(item: Item, today: date) -> bool:
    """Who was never recorded is not overdue (DESIGN.md 1), and counts as due only."""
    return item.due_on < today and not item.never and not item.informs


def short_number(number: str, village: str) -> str:
    """Answer `03` for `青山-03` in 青山村, the whole number where it comes from elsewhere."""
    prefix, dash, digits = number.rpartition("-")
    return digits if dash and prefix and village.startswith(prefix) else number


def tense(item: Item, today: date) -> tuple[When, int]:
    """Say how an item's date stands on the day of sending, and how many days it is past."""
    if item.informs:
        return _informed(item, today), 0
    past = (today - item.due_on).days
    if past > 0:
        return ("never" if item.never else "over"), past
    named: dict[int, When] = {0: "today", -1: "tomorrow"}
    return named.get(past, "before"), 0


def _informed(item: Item, today: date) -> When:
    if item.starts_on is None or item.due_on < today:
        return "on"
    return "from" if today < item.starts_on else "until"


def _village(name: str, items: Sequence[Item], strength: Strength, reading: Reading) -> Village:
    by_entry: dict[str, list[Item]] = defaultdict(list)
    informing: list[list[Item]] = []
    for item in items:
        if item.informs:
            informing.append([item])
        else:
            by_entry[item.entry_id].append(item)
    work = [strength.strongest(of_entry) for of_entry in by_entry.values()]
    lines = [*_lines(name, work, reading), *_lines(name, informing, reading)]
    return Village(name, tuple(lines), len(by_entry))


def _lines(name: str, kept: Iterable[Sequence[Item]], reading: Reading) -> Iterator[Line]:
    """Yield a line for all entries that have the same to be said, the most urgent first."""
    groups: dict[_Alike, list[Item]] = defaultdict(list)
    urgency: dict[_Alike, date] = {}
    for of_entry in kept:
        first = min(of_entry, key=lambda item: item.due_on)
        alike = _alike(of_entry, first, reading)
        groups[alike].append(first)
        urgency[alike] = first.due_on
    for alike in sorted(groups, key=lambda one: (urgency[one], one.acts, one.not_reached)):
        yield _line(alike, name, groups[alike], reading)


class _Alike(NamedTuple):
    """What entries must have in common to stand in one line."""

    acts: tuple[str, ...]
    when: When
    days: int
    due: date
    not_reached: bool
    informs: bool
    suggested: date | None


def _alike(kept: Sequence[Item], first: Item, reading: Reading) -> _Alike:
    today = reading.today
    when, days = tense(first, today)
    acts = tuple(dict.fromkeys(act_said(item, reading.language, today) for item in kept))
    # A date that is not said must not keep two lines apart.
    due = first.due_on if when in _DATED else today
    if when == "from" and first.starts_on is not None:
        due = first.starts_on
    days = days if when == "over" else 0
    not_reached = any(i.not_reached for i in kept) and not first.informs
    suggested = first.suggested_on if when == "before" else None
    if suggested is not None and suggested < today:
        suggested = None
    return _Alike(acts, when, days, due, not_reached, first.informs, suggested)


_DATED = frozenset({"before", "until", "on"})


def _line(alike: _Alike, name: str, items: Sequence[Item], reading: Reading) -> Line:
    # A division's own matter has no number: it is its heading's.
    numbers = {short_number(i.number, name) for i in items if i.ledger != JURISDICTIONS}
    ordered = tuple(sorted(numbers, key=lambda number: (len(number), number)))
    due = Day.of(alike.due, reading.today)
    children = {item.entry_id for item in items if item.ledger == CHILDREN}
    is_all = len(children) == reading.populations.get(items[0].lives_in)
    everyone = alike.informs and len(children) > 1 and is_all
    suggested = (Day.of(alike.suggested, reading.today),) if alike.suggested else ()
    return Line(
        ordered, alike.acts, alike.when, alike.days, due, alike.not_reached, everyone, suggested
    )


def _dated(item: Item, earliest: Item) -> Item:
    return item._replace(
        due_on=earliest.due_on,
        never=earliest.never,
        suggested_on=earliest.suggested_on,
    )
