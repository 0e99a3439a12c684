"""The fields of each ledger: which may be filtered on, and in which form (DESIGN.md 6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Storage(StrEnum):
    """How a field is kept. Rules see plain ones only."""

    PLAIN = "plain"
    SEALED = "sealed"


class Form(StrEnum):
    """What a filter on a field may look like."""

    WORD = "word"  # one word, a list of words, any_of or none_of
    SET = "set"  # several values: any_of, all_of, none_of
    AGE = "age"  # at_least, under
    DATES = "dates"  # since, until
    REGION = "region"  # division codes: one or a list, prefixes count


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a ledger. `words` are the only codes it can hold; empty: any word."""

    name: str
    form: Form
    storage: Storage = Storage.PLAIN
    words: tuple[str, ...] = ()


def _table(*fields: Field) -> Mapping[str, Field]:
    return {field.name: field for field in fields}


def _sealed(name: str) -> Field:
    return Field(name, Form.WORD, Storage.SEALED)


CHILDREN = _table(
    Field("status", Form.WORD, words=("active", "moved", "closed", "died")),
    Field("population", Form.WORD),
    Field("category", Form.WORD),
    Field("level", Form.WORD),
    Field("grade", Form.WORD),
    Field("sex", Form.WORD, words=("male", "female")),
    Field("triggers", Form.SET),
    Field("age", Form.AGE),
    Field("born_on", Form.DATES),
    Field("entered_on", Form.DATES),
    Field("left_on", Form.DATES),
    Field("lives_in", Form.REGION),
    Field("registered_in", Form.REGION),
    _sealed("name"),
    _sealed("id_no"),
    _sealed("phone"),
    _sealed("address"),
    _sealed("school"),
    _sealed("illness"),
    _sealed("guardian"),
    _sealed("notes"),
)

LEDGERS: Mapping[str, Mapping[str, Field]] = {"children": CHILDREN}
"""Fields by ledger."""

LATER_LEDGERS = ("institutions", "jurisdictions")
"""Ledgers of DESIGN.md 1 that this version knows by name only."""

COLUMNS = (
    "address",
    "all_well",
    "born",
    "category",
    "code",
    "director",
    "email",
    "grade",
    "guardian",
    "happened",
    "held_from",
    "held_to",
    "id_no",
    "illness",
    "kind",
    "last_contact",
    "last_update",
    "last_visit",
    "level",
    "method",
    "name",
    "notes",
    "number",
    "parent",
    "phone",
    "population",
    "recorded_by",
    "region_code",
    "registered_place",
    "result",
    "role",
    "school",
    "seen_in_person",
    "sex",
    "status",
    "town",
    "triggers",
    "village",
    "villages",
    "wecom",
)
"""What a column of a workbook can mean, for `columns:`."""
