"""What a row of another system's list says otherwise than the ledger. No database here."""

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from config.lean import dataclass
from ledgers.entries import extras_of
from ledgers.facts import EXTRAS, Facts
from ledgers.matching import MatchProblem
from ledgers.rows import Place
from ledgers.sealing import Vault
from ledgers.verdicts import Change, New, Refused, Same, Verdict

_SHOWN = 255
_SILENT = frozenset({"born_month_only", "grade_year"})
"""Columns that only say how another is meant."""

ENTRY = "entry"
"""The field of a difference about a whole entry: one of the two has none."""


class Kind(StrEnum):
    """What differs: one field, or that only one of the two has the entry."""

    FIELD = "field"
    ONLY_HERE = "only-here"
    ONLY_THERE = "only-there"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two lists say differently. `ours` and `theirs` are of plain fields only.

    `entry_id` is None where only the other has it; `place` where it stands in the other's file, and
    `region` where it says that it is. `said_key` tells one word of the other from the next.
    """

    kind: Kind
    ledger: str
    field: str
    said_key: str
    entry_id: str | None = None
    number: str | None = None
    ours: str | None = None
    theirs: str | None = None
    region: str | None = None
    place: Place | None = None


def differences_of(verdict: Verdict, vault: Vault) -> Iterator[Difference]:
    """Yield what one row says otherwise; of one that cannot be told apart nothing is known."""
    facts = verdict.facts
    if isinstance(verdict, Same):
        for change in verdict.changes:
            yield from _of_change(verdict, change, vault)
    elif is_only_there(verdict):
        yield Difference(
            kind=Kind.ONLY_THERE,
            ledger=facts.ledger,
            field=ENTRY,
            said_key=subject_key(facts, vault),
            region=facts.lives_in,
            place=facts.place,
        )


def is_only_there(verdict: Verdict) -> bool:
    """Whether the ledger has no entry that a row could be about."""
    if isinstance(verdict, Refused):
        # whoever is new needs a place in our ledger, but not in a comparison
        named = verdict.facts.keys.keys() & {"name_key", "id_no_key"}
        return verdict.problem is MatchProblem.PLACE_MISSING and bool(named)
    return isinstance(verdict, New)


def only_here(ledger: str, entry_id: str, number: str, vault: Vault) -> Difference:
    """Answer the difference of an entry that the other list leaves out."""
    said = vault.lookup("difference", Kind.ONLY_HERE)
    return Difference(Kind.ONLY_HERE, ledger, ENTRY, said, entry_id=entry_id, number=number)


def subject_key(facts: Facts, vault: Vault) -> str:
    """Answer by what somebody is known whom the ledger has not: ID number, else name and birth."""
    id_no = facts.keys.get("id_no_key")
    name, born = facts.keys.get("name_key", ""), facts.born
    return vault.lookup("difference.subject", id_no or f"{name} {born.day if born else ''}")


def stated(facts: Facts) -> set[str]:
    """Answer the fields that a row says anything of, by the names differences have."""
    fields = {name.removeprefix("sealed_") for name in (*facts.plain, *facts.secrets)}
    if EXTRAS in facts.secrets:
        fields |= set(extras_of(facts.secrets[EXTRAS]))
    if facts.triggers is not None:
        fields.add("triggers")
    return (fields | set(facts.declared)) - _SILENT


def _of_change(verdict: Same, change: Change, vault: Vault) -> Iterator[Difference]:
    facts = verdict.facts
    if change.column in _SILENT:
        return
    if change.column == EXTRAS:
        for name, text in _extras(change.old_secret, facts.secrets[EXTRAS]):
            yield _differing(verdict, name, (None, None), vault.lookup("difference", name, text))
    elif change.column in facts.secrets:
        field = change.column.removeprefix("sealed_")
        said = vault.lookup("difference", field, facts.secrets[change.column])
        yield _differing(verdict, field, (None, None), said)
    else:
        shown = (change.old_plain, change.new_plain)
        said = vault.lookup("difference", change.column, change.new_plain or "")
        yield _differing(verdict, change.column, shown, said)


def _extras(before: str | None, now: str) -> Sequence[tuple[str, str]]:
    """Answer the columns of the site's own that both have and say differently."""
    known: Mapping[str, str] = extras_of(before)
    said: Mapping[str, str] = json.loads(now)
    return [(name, text) for name, text in said.items() if known.get(name, text) != text]


def _differing(
    verdict: Same, field: str, shown: tuple[str | None, str | None], said_key: str
) -> Difference:
    ours, theirs = (None if text is None else text[:_SHOWN] for text in shown)
    return Difference(
        kind=Kind.FIELD,
        ledger=verdict.facts.ledger,
        field=field,
        said_key=said_key,
        entry_id=verdict.known.id,
        number=verdict.known.number,
        ours=ours,
        theirs=theirs,
        region=verdict.known.lives_in,
        place=verdict.facts.place,
    )
