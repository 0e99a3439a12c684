"""Which entry a row is about: our own number, then the ID number, then name, birth and village.

One hit is the same entry, several are a question. A row number (序号) is never looked at.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum

from config.lean import dataclass
from ledgers.facts import Facts
from ledgers.rows import LedgerDate


class MatchProblem(StrEnum):
    """Why nobody can say which entry a row is about."""

    SEVERAL = "several-entries"
    TWO_ENTRIES = "number-and-id-differ"
    OTHER_PERSON = "other-person"
    DUPLICATE = "duplicate-in-file"
    NUMBER_UNKNOWN = "number-unknown"
    NAME_MISSING = "name-missing"
    PLACE_MISSING = "place-missing"


@dataclass(frozen=True, slots=True)
class Known:
    """What matching knows of an entry, or of a row before it became one."""

    id: str
    number: str | None
    name_key: str | None
    id_no_key: str | None
    born: LedgerDate | None
    lives_in: str | None
    row_key: str | None = None
    import_whole: bool = True

    @classmethod
    def of_row(cls, index: int, facts: Facts) -> "Known":
        """Answer a row as something a later row can be compared with."""
        return cls(
            id=str(index),
            number=facts.number,
            name_key=facts.keys.get("name_key"),
            id_no_key=facts.keys.get("id_no_key"),
            born=facts.born,
            lives_in=facts.lives_in,
        )


class Candidates:
    """Entries by what a row can name them with."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self._by_number: dict[str, Known] = {}
        self._by_id_no: dict[str, list[Known]] = {}
        self._by_name: dict[str, list[Known]] = {}
        for one in known:
            self.add(one)

    def add(self, one: Known) -> None:
        """Make an entry findable."""
        if one.number is not None:
            self._by_number[one.number] = one
        _put(self._by_id_no, one.id_no_key, one)
        _put(self._by_name, one.name_key, one)

    def match(self, facts: Facts, claimed: Mapping[str, int]) -> Known | MatchProblem | None:
        """Answer the entry a row is about, None if it is new, or why that cannot be said.

        `claimed` are the entries that earlier rows of the file are about: one that is only like
        this row by name is not taken a second time.
        """
        hit = self._hit(facts, claimed)
        if not isinstance(hit, Known):
            return hit
        if hit.id in claimed:
            return MatchProblem.DUPLICATE
        changes = changes_of(facts, hit)
        is_other = {"name", "born"} <= changes or {"name", "id_no"} <= changes
        return MatchProblem.OTHER_PERSON if is_other else hit

    def all_like(self, facts: Facts) -> list[Known]:
        """Answer everything a row could be about by any of the three ways."""
        found: dict[str, Known] = {}
        by_number = self._by_number.get(facts.number) if facts.number else None
        if by_number is not None:
            found[by_number.id] = by_number
        found.update(
            (one.id, one) for one in self._by_id_no.get(facts.keys.get("id_no_key", ""), ())
        )
        for one in self._by_name.get(facts.keys.get("name_key", ""), ()):
            numbered_apart = None not in (facts.number, one.number) and facts.number != one.number
            if is_alike(facts, one) and not numbered_apart:
                found[one.id] = one
        return list(found.values())

    def _hit(self, facts: Facts, claimed: Mapping[str, int]) -> Known | MatchProblem | None:
        by_id = self._by_id_no.get(facts.keys.get("id_no_key", ""), ())
        by_number = self._by_number.get(facts.number) if facts.number else None
        if by_number is not None:
            differs = any(one.id != by_number.id for one in by_id)
            return MatchProblem.TWO_ENTRIES if differs else by_number
        if by_id:
            return by_id[0] if len(by_id) == 1 else MatchProblem.SEVERAL
        return self._by_likeness(facts, claimed)

    def _by_likeness(self, facts: Facts, claimed: Mapping[str, int]) -> Known | MatchProblem | None:
        alike = [
            one
            for one in self._by_name.get(facts.keys.get("name_key", ""), ())
            if one.id not in claimed and is_alike(facts, one)
        ]
        exact = [one for one in alike if one.born == facts.born]
        hits = exact or alike
        if len(hits) > 1:
            return MatchProblem.SEVERAL
        return hits[0] if hits else None


def is_alike(facts: Facts, other: Known) -> bool:
    """Whether name, birth and village let a row and an entry be the same child.

    What one of them does not say speaks neither for nor against it; two ID numbers that differ
    speak against it unless the full birth date is the same.
    """
    if facts.keys.get("name_key") != other.name_key:
        return False
    if not _near(facts.lives_in, other.lives_in) or not _same_birth(facts.born, other.born):
        return False
    id_key = facts.keys.get("id_no_key")
    ids_differ = None not in (id_key, other.id_no_key) and id_key != other.id_no_key
    return not ids_differ or (facts.born is not None and facts.born == other.born)


def changes_of(facts: Facts, known: Known) -> set[str]:
    """Answer which of `name`, `born`, `id_no` a row would change; filling a gap is no change."""
    changed = set()
    for name, before in (("name", known.name_key), ("id_no", known.id_no_key)):
        after = facts.keys.get(f"{name}_key")
        if None not in (after, before) and after != before:
            changed.add(name)
    if not _same_birth(facts.born, known.born):
        changed.add("born")
    return changed


def same_month(one: LedgerDate, other: LedgerDate) -> bool:
    """Whether two dates agree as far as both of them know."""
    if one.month_only or other.month_only:
        return _month(one.day) == _month(other.day)
    return one.day == other.day


def merge_rows(rows: Sequence[Facts]) -> tuple[list[Facts], list[int], list[Facts]]:
    """Find the rows of one file that are about the same child.

    Answers the rows to import, the indexes among them that took in a row of another sheet which
    completes them, and the duplicates: later rows of the same sheet, or of another one that say
    something else.
    """
    kept: list[Facts] = []
    seen = Candidates()
    merged: list[int] = []
    duplicates: list[Facts] = []
    for facts in rows:
        alike = seen.all_like(facts)
        if not alike:
            seen.add(Known.of_row(len(kept), facts))
            kept.append(facts)
            continue
        earlier = min(int(one.id) for one in alike)
        first = kept[earlier]
        if len(alike) > 1 or first.place.sheet == facts.place.sheet or facts.contradicts(first):
            duplicates.append(facts)
            continue
        kept[earlier] = first.joined(facts)
        seen.add(Known.of_row(earlier, kept[earlier]))
        merged.append(earlier)
    return kept, merged, duplicates


def _put(found: dict[str, list[Known]], key: str | None, one: Known) -> None:
    """Add an entry under a key; the same entry is there once, as it was last seen."""
    if key is None:
        return
    there = found.setdefault(key, [])
    for at, other in enumerate(there):
        if other.id == one.id:
            there[at] = one
            return
    there.append(one)


def _near(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return False
    return one.startswith(other) or other.startswith(one)


def _same_birth(one: LedgerDate | None, other: LedgerDate | None) -> bool:
    return one is None or other is None or same_month(one, other)


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month
