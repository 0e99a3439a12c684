"""Fields that a site declared for a ledger: read from their cells, kept so that rules can ask them.

Plain values stand in `entry_fields`, and so does the hash of a keyed one; the text of what is sealed
or keyed is sealed with the entry's other columns of the site's own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Literal, NamedTuple, TypeVar

from sqlalchemy import Connection, delete, insert, or_, select

from config.extra_fields import ExtraField
from config.lean import dataclass
from ledgers.problems import ProblemCode
from ledgers.reading.dates import read_date
from ledgers.reading.text import compact, is_placeholder
from ledgers.reading.values import read_yes_no, split_list
from ledgers.rows import Place, Problem, Severity
from ledgers.sealing import Vault
from ledgers.tables import entry_fields

_CODE_LENGTH = 64
_PER_QUERY = 500
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class DeclaredField:
    """What a site says of one of its fields. Without `words` any word is taken."""

    name: str
    type: Literal["word", "set", "date", "number", "yes-no"]
    storage: Literal["plain", "sealed", "keyed"] = "sealed"
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, extra: ExtraField) -> "DeclaredField":
        """Take what the configuration says."""
        return cls(name, extra.type, extra.storage, extra.words)


class FieldValue(NamedTuple):
    """One row of a field: a word (`yes`, `no`), a date, or a number."""

    word: str = ""
    on_date: date | None = None
    month_only: bool = False
    number: float | None = None

    def __str__(self) -> str:
        if self.on_date is not None:
            return self.on_date.isoformat()[: 7 if self.month_only else 10]
        return f"{self.number:g}" if self.number is not None else self.word


Values = tuple[FieldValue, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """What one row says in declared columns.

    `values` and the hashes in `keyed` go to `entry_fields`, `texts` stay to be sealed, `problems`
    are cells left out.
    """

    values: Mapping[str, Values]
    keyed: Mapping[str, Values]
    texts: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


def read_declared(
    texts: Mapping[str, str], fields: Mapping[str, DeclaredField], vault: Vault, place: Place
) -> Declared:
    """Sort the cells of a row's own columns by how their fields are kept."""
    values: dict[str, Values] = {}
    kept: dict[str, str] = {}
    problems: list[Problem] = []
    keyed: dict[str, Values] = {}
    for name, text in texts.items():
        field = fields.get(name)
        if field is None or field.storage == "sealed":
            kept[name] = text
        elif field.storage == "keyed":
            kept[name] = text
            keyed[name] = (FieldValue(vault.lookup(f"entry.field.{name}", compact(text))),)
        elif is_placeholder(compact(text)) and field.type != "yes-no":
            continue
        else:
            found = _read(field, text)
            if isinstance(found, ProblemCode):
                problems.append(Problem(place, name, found, Severity.WARNING))
            else:
                values[name] = found
    return Declared(values, keyed, kept, tuple(problems))


def _read(field: DeclaredField, text: str) -> Values | ProblemCode:
    if field.type == "date":
        reading = read_date(text)
        if reading.value is None:
            return reading.problem or ProblemCode.DATE_UNREADABLE
        return (FieldValue(on_date=reading.value.day, month_only=reading.value.month_only),)
    if field.type == "number":
        return _read_number(compact(text).replace(",", ""))
    if field.type == "yes-no":
        answer, problem = read_yes_no(text)
        return problem or (FieldValue("yes" if answer else "no"),)
    text = text.replace("\x00", "")
    words = split_list(text) if field.type == "set" else (compact(text),)
    if any(len(word) > _CODE_LENGTH or (field.words and word not in field.words) for word in words):
        return ProblemCode.WORD_UNKNOWN
    return tuple(FieldValue(word) for word in sorted(set(words)))


def _read_number(text: str) -> Values | ProblemCode:
    try:
        number = float(text)
    except ValueError:
        return ProblemCode.NOT_A_NUMBER
    return (FieldValue(number=number),) if isfinite(number) else ProblemCode.NOT_A_NUMBER


def values_of(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, Values]]:
    """Answer all kept values of entries, by entry and field."""
    found: dict[str, dict[str, list[FieldValue]]] = defaultdict(lambda: defaultdict(list))
    f = entry_fields.c
    for batch in _batches(sorted(ids)):
        rows = connection.execute(
            select(f.entry_id, f.field, f.word, f.on_date, f.month_only, f.number)
            .where(f.entry_id.in_(batch))
            .order_by(f.entry_id, f.field, f.word)
        )
        for entry_id, field, *value in rows:
            found[entry_id][field].append(FieldValue(*value))
    return {id_: {name: tuple(of) for name, of in each.items()} for id_, each in found.items()}


def write_values(
    connection: Connection, values: Mapping[str, Mapping[str, Values]], *, replacing: bool
) -> None:
    """Write values by entry and field; those of known entries replace the old ones."""
    pairs = [(id_, name) for id_, of in values.items() for name in of]
    if replacing:
        for batch in _batches(pairs):
            gone = (
                (entry_fields.c.entry_id == id_) & (entry_fields.c.field == name)
                for id_, name in batch
            )
            connection.execute(delete(entry_fields).where(or_(*gone)))
    rows = [
        {"entry_id": id_, "field": name, **value._asdict()}
        for id_, of in values.items()
        for name, each in of.items()
        for value in each
    ]
    if rows:
        connection.execute(insert(entry_fields), rows)


def shown(values: Iterable[FieldValue]) -> str:
    """Answer values as the history of an entry keeps them."""
    return "、".join(map(str, values))


def _batches(items: Sequence[_T]) -> Iterable[Sequence[_T]]:
    return (items[at : at + _PER_QUERY] for at in range(0, len(items), _PER_QUERY))
