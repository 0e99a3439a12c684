"""What is to be done with each row of a chunk, decided against the ledger as it is now."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import field

from sqlalchemy import Connection, RowMapping

from config.lean import dataclass
from ledgers.declared import Values, shown, values_of
from ledgers.entries import SEALED, extras_of, known_entries, open_secret, stored_rows, triggers_of
from ledgers.facts import EXTRAS, Facts, Plain
from ledgers.matching import Candidates, Known, MatchProblem, changes_of, same_month
from ledgers.rows import LedgerDate
from ledgers.sealing import Vault

_SHOWN_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a row changes. Of sealed fields only the old text is kept, sealed again."""

    column: str
    old_plain: str | None = None
    new_plain: str | None = None
    old_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class New:
    """The row is about a child the ledger does not know."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Same:
    """The row is about a known entry. Without `changes` it says nothing new of it.

    `stored` is the entry's row as it is, None if nothing changes; `identity` are the fields among
    name, birth and ID number that change.
    """

    facts: Facts
    known: Known
    changes: tuple[Change, ...] = ()
    stored: RowMapping | None = None
    triggers: tuple[str, ...] | None = None
    declared: Mapping[str, Values] = field(default_factory=dict)
    identity: frozenset[str] = frozenset()

    @property
    def is_the_same_row(self) -> bool:
        """Whether the entry was last written by this very row."""
        return self.facts.row_key == self.known.row_key


@dataclass(frozen=True, slots=True)
class Refused:
    """The row goes to quarantine."""

    facts: Facts
    problem: MatchProblem


Verdict = New | Same | Refused

Loaded = tuple[
    Mapping[str, RowMapping],
    Mapping[str, tuple[str, ...]],
    Mapping[str, Mapping[str, Values]],
]
"""What is known of entries by id: their rows, triggers and declared fields."""


def decide(
    connection: Connection,
    vault: Vault,
    rows: Sequence[Facts],
    claimed: dict[str, int],
) -> list[Verdict]:
    """Answer a verdict for each row, all of one ledger; entries that they are about join `claimed`."""
    candidates = Candidates(known_entries(connection, rows[0].ledger, rows))
    matched: list[tuple[Facts, Known | MatchProblem | None]] = []
    for facts in rows:
        hit = _checked(facts, candidates.match(facts, claimed))
        if isinstance(hit, Known):
            claimed[hit.id] = facts.place.row
        matched.append((facts, hit))
    looked_at = [
        hit.id for facts, hit in matched if isinstance(hit, Known) and hit.row_key != facts.row_key
    ]
    stored = stored_rows(connection, looked_at) if looked_at else {}
    triggers = triggers_of(connection, looked_at) if looked_at else {}
    said = any(facts.declared for facts in rows)
    declared = values_of(connection, looked_at) if looked_at and said else {}
    return [_verdict(vault, facts, hit, (stored, triggers, declared)) for facts, hit in matched]


def _checked(facts: Facts, hit: Known | MatchProblem | None) -> Known | MatchProblem | None:
    """A row that is about nobody known needs a name or ID number, and a place.

    Nor may it carry a number like ours that was never given: it might be given to another.
    """
    if hit is not None:
        return hit
    if facts.has_own_number:
        return MatchProblem.NUMBER_UNKNOWN
    if not facts.keys.keys() & {"name_key", "id_no_key"}:
        return MatchProblem.NAME_MISSING
    return MatchProblem.PLACE_MISSING if facts.lives_in is None else None


def _verdict(
    vault: Vault,
    facts: Facts,
    hit: Known | MatchProblem | None,
    loaded: Loaded,
) -> Verdict:
    if hit is None:
        return New(facts)
    if isinstance(hit, MatchProblem):
        return Refused(facts, hit)
    stored, triggers, declared = loaded
    if hit.id not in stored:
        return Same(facts, hit)
    row = stored[hit.id]
    changes = [*_plain_changes(facts, row), *_secret_changes(vault, facts, row)]
    before = triggers[hit.id]
    replaced = facts.triggers if facts.triggers not in (None, before) else None
    if replaced is not None:
        changes.append(Change("triggers", _shown("、".join(before)), _shown("、".join(replaced))))
    kept = declared.get(hit.id, {})
    anew = {name: now for name, now in facts.declared.items() if kept.get(name, ()) != now}
    changes += [
        Change(name, _shown(shown(kept.get(name, ())) or None), _shown(shown(now)))
        for name, now in anew.items()
    ]
    return Same(
        facts=facts,
        known=hit,
        changes=tuple(changes),
        stored=row,
        triggers=replaced,
        declared=anew,
        identity=frozenset(changes_of(facts, hit)),
    )


def _plain_changes(facts: Facts, row: RowMapping) -> list[Change]:
    silent = {"grade_year"}
    if "grade" in facts.plain and _grade_now(facts, row) == facts.plain["grade"]:
        silent.add("grade")
    if facts.lives_in is not None and row["lives_in"].startswith(facts.lives_in):
        silent.add("lives_in")  # a township says less than the village that is known
    born, before = facts.born, row["born_on"]
    if born is not None and before is not None:
        known = LedgerDate(before, row["born_month_only"])
        if same_month(born, known) and (born.month_only or not known.month_only):
            silent |= {"born_on", "born_month_only"}
    return [
        Change(column, _shown(row[column]), _shown(value))
        for column, value in facts.plain.items()
        if column not in silent and row[column] != value
    ]


def _grade_now(facts: Facts, row: RowMapping) -> int | None:
    """Answer the grade the entry has by now: grades advance with the school year."""
    grade, year = row["grade"], facts.plain.get("grade_year")
    if grade is None or row["grade_year"] is None or not isinstance(year, int):
        return None
    return int(grade) + year - int(row["grade_year"]) if grade else int(grade)


def _secret_changes(vault: Vault, facts: Facts, row: RowMapping) -> list[Change]:
    changes = []
    for column in SEALED:
        if column not in facts.secrets:
            continue
        old = open_secret(vault, row["id"], column, row[column])
        if joined_secret(column, old, facts.secrets[column]) != old:
            changes.append(Change(column, old_secret=old))
    return changes


def joined_secret(column: str, old: str | None, new: str) -> str:
    """Answer what a sealed column says afterwards: columns of the site's own are kept together."""
    if column != EXTRAS:
        return new
    both = {**extras_of(old), **extras_of(new)}
    return json.dumps(both, ensure_ascii=False, sort_keys=True)


def _shown(value: Plain) -> str | None:
    return None if value is None else str(value)[:_SHOWN_LENGTH]
