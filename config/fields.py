"""The fields of each ledger: which may be filtered on, and in which form (DESIGN.md 6)."""

from collections.abc import Mapping
from enum import StrEnum

from config.extra_fields import ExtraField
from config.lean import dataclass
from config.model import Configuration


class Storage(StrEnum):
    """How a field is kept. Rules see plain ones only."""

    PLAIN = "plain"
    SEALED = "sealed"
    KEYED = "keyed"  # sealed, and found by its exact value


class Form(StrEnum):
    """What a filter on a field may look like."""

    WORD = "word"  # one word, a list of words, any_of or none_of
    SET = "set"  # several values: any_of, all_of, none_of
    AGE = "age"  # at_least, under
    DATES = "dates"  # since, until
    NUMBER = "number"  # at_least, under
    YES_NO = "yes-no"  # yes or no
    REGION = "region"  # division codes: one or a list, prefixes count; tagged
    STAY = "stay"  # how long an entry has lived where it lives: at_least, under
    CITY = "city"  # one code of `city_districts`
    ASSIGNMENT = "assignment"  # without


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a ledger. `words` are the only codes it can hold; empty: any word.

    A `derived` one is worked out from others, `declared` is one of the site's own; `apart` is built in,
    but kept like a declared one.
    """

    name: str
    form: Form
    storage: Storage = Storage.PLAIN
    words: tuple[str, ...] = ()
    derived: bool = False
    declared: bool = False
    apart: bool = False


def _table(*fields: Field) -> Mapping[str, Field]:
    return {field.name: field for field in fields}


def _sealed(name: str) -> Field:
    return Field(name, Form.WORD, Storage.SEALED)


CHILDREN = _table(
    Field("status", Form.WORD, words=("active", "moved", "closed", "died")),
    Field("population", Form.WORD),
    Field("category", Form.WORD),
    Field("level", Form.WORD),
    Field("grade", Form.WORD, words=tuple(map(str, range(13)))),  # 0: not at school yet
    Field("sex", Form.WORD, words=("male", "female")),
    Field("triggers", Form.SET),
    Field("age", Form.AGE, derived=True),
    Field("born_on", Form.DATES),
    Field("entered_on", Form.DATES),
    Field("left_on", Form.DATES),
    Field("lives_in", Form.REGION),
    Field("registered_in", Form.REGION),
    Field("stay", Form.STAY, derived=True),
    Field("not_between_districts_of", Form.CITY, derived=True),
    Field("crosses", Form.WORD, words=("county", "township"), derived=True),
    Field("assignment", Form.ASSIGNMENT, derived=True),
    _sealed("name"),
    _sealed("id_no"),
    _sealed("phone"),
    _sealed("address"),
    _sealed("school"),
    _sealed("illness"),
    _sealed("guardian"),
    _sealed("notes"),
)

INSTITUTIONS = _table(
    Field("status", Form.WORD, words=("active", "closed")),
    Field("category", Form.WORD),
    Field("lives_in", Form.REGION),
    Field("permit_until", Form.DATES, apart=True),
    Field("entered_on", Form.DATES),
    Field("left_on", Form.DATES),
    Field("assignment", Form.ASSIGNMENT, derived=True),
    _sealed("name"),
    _sealed("credit_code"),
    _sealed("phone"),
    _sealed("address"),
    _sealed("principal"),
    _sealed("notes"),
)

JURISDICTIONS = _table(
    Field("status", Form.WORD, words=("active",)),
    Field("tier", Form.WORD, words=("village", "township", "county")),
    Field("lives_in", Form.REGION),
)

LEDGERS: Mapping[str, Mapping[str, Field]] = {
    "children": CHILDREN,
    "institutions": INSTITUTIONS,
    "jurisdictions": JURISDICTIONS,
}
"""Built-in fields by ledger; a village, township or county is an entry of `jurisdictions`."""

EXTENSIBLE = ("children", "institutions")
"""Ledgers that take declared fields; a division is not imported with columns of its own."""

_DECLARED: Mapping[str, tuple[Form, tuple[str, ...]]] = {
    "word": (Form.WORD, ()),
    "set": (Form.SET, ()),
    "date": (Form.DATES, ()),
    "number": (Form.NUMBER, ()),
    "yes-no": (Form.YES_NO, ("yes", "no")),
}


def fields_of(configuration: Configuration, ledger: str) -> Mapping[str, Field]:
    """Answer the fields of a ledger, built-in and declared; none of a ledger that is not there."""
    declared = configuration.fields.get(ledger, {})
    known = LEDGERS.get(ledger, {})
    return {**{name: _declared(name, one) for name, one in declared.items()}, **known}


def _declared(name: str, extra: ExtraField) -> Field:
    form, words = _DECLARED[extra.type]
    return Field(name, form, Storage(extra.storage), words or extra.words, declared=True)


COLUMNS = (
    "address",
    "all_well",
    "born",
    "category",
    "code",
    "consent",
    "consent_on",
    "counterpart",
    "credit_code",
    "director",
    "email",
    "grade",
    "guardian",
    "guardian_agrees",
    "happened",
    "held_from",
    "held_to",
    "id_no",
    "illness",
    "kind",
    "last_arrival",
    "last_contact",
    "last_departure",
    "last_inspection",
    "last_update",
    "last_visit",
    "level",
    "method",
    "name",
    "notes",
    "number",
    "parent",
    "permit_until",
    "phone",
    "population",
    "prefers",
    "principal",
    "recorded_by",
    "region",
    "region_code",
    "registered_place",
    "result",
    "role",
    "school",
    "seen_in_person",
    "sex",
    "status",
    "successor",
    "town",
    "triggers",
    "village",
    "villages",
    "wecom",
)
"""What a column of a workbook can mean, for `columns:`."""
