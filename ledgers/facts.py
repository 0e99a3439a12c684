"""What one row says about one child, in the ledger's own columns. No database here."""

import json
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date

from config.lean import dataclass
from config.model import Level
from ledgers.consents import consent_of
from ledgers.declared import Declared, Values, read_declared, shown
from ledgers.grades import read_grade, school_year
from ledgers.imports import CHILDREN, ImportContext
from ledgers.places import PlaceProblem, Places, Written
from ledgers.rows import ChildRow, InstitutionRow, LedgerDate, Place, Problem, Severity
from ledgers.sealing import Vault

Plain = str | int | date | bool | None

EXTRAS = "sealed_extras"
_SECRETS = tuple(
    (name, f"sealed_{name}")
    for name in ("name", "id_no", "phone", "address", "school", "illness", "guardian", "notes")
)
_ACTS = tuple(
    (act, f"last_{act}") for act in ("contact", "visit", "update", "arrival", "departure")
)
_KEYS = tuple((name, f"{name}_key", f"entry.{name}") for name in ("name", "id_no", "phone"))
_CODE_LENGTH = 64
_ID_BIRTH = slice(6, 14)
as_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode  # `dumps` makes one each time


@dataclass(frozen=True, slots=True)
class Facts:
    """What one row says of an entry. Only what the row says is in `plain` and `secrets`: silence changes nothing.

    `secrets` are open texts by column, `keys` the look-up hashes by column. `has_own_number` tells a
    number of our making from a county's own numbering. `declared` are plain fields of the site's own,
    `keyed` the hashes of others. `handle` is what a new entry is called if the name is free; None: a
    number in its division.
    """

    place: Place
    number: str | None
    plain: Mapping[str, Plain]
    secrets: Mapping[str, str] = field(repr=False)
    keys: Mapping[str, str]
    triggers: tuple[str, ...] | None = None
    acts: Mapping[str, LedgerDate] = field(default_factory=dict)
    director: str | None = field(default=None, repr=False)
    mends: str | None = None
    has_own_number: bool = False
    row_key: str = ""
    declared: Mapping[str, Values] = field(default_factory=dict)
    keyed: Mapping[str, Values] = field(default_factory=dict, repr=False)
    handle: str | None = None
    ledger: str = CHILDREN

    @property
    def lives_in(self) -> str | None:
        """The division's code, None if the row names none."""
        code = self.plain.get("lives_in")
        return code if isinstance(code, str) else None

    @property
    def born(self) -> LedgerDate | None:
        """The birth date, None if the row says none."""
        day = self.plain.get("born_on")
        return (
            LedgerDate(day, bool(self.plain.get("born_month_only")))
            if isinstance(day, date)
            else None
        )

    def contradicts(self, other: "Facts") -> bool:
        """Whether two rows say different things of the same field."""
        both = self.plain.keys() & other.plain.keys()
        return (
            any(self.plain[name] != other.plain[name] for name in both)
            or any(
                self.secrets[name] != other.secrets[name]
                for name in self.secrets.keys() & other.secrets.keys()
                if name != EXTRAS
            )
            or (None not in (self.triggers, other.triggers) and self.triggers != other.triggers)
            or any(
                self.declared[name] != other.declared[name]
                for name in self.declared.keys() & other.declared.keys()
            )
        )

    def joined(self, other: "Facts") -> "Facts":
        """Answer both rows' facts as one; where both speak, this one's words are taken."""
        return replace(
            self,
            number=self.number or other.number,
            plain={**other.plain, **self.plain},
            secrets={**other.secrets, **self.secrets},
            keys={**other.keys, **self.keys},
            triggers=self.triggers if self.triggers is not None else other.triggers,
            acts={**other.acts, **self.acts},
            director=self.director or other.director,
            declared={**other.declared, **self.declared},
            keyed={**other.keyed, **self.keyed},
        )

    def sealed_off(self, vault: Vault) -> "Facts":
        """Answer these facts with the key by which an unchanged row is seen at once."""
        said = {
            "number": self.number,
            "plain": {n: str(v) for n, v in self.plain.items() if n != "grade_year"},
            "secrets": dict(self.secrets),
            "triggers": self.triggers,
            "acts": {kind: (str(at.day), at.month_only) for kind, at in self.acts.items()},
            "director": self.director,
        }
        if self.declared:
            said["declared"] = {name: shown(values) for name, values in self.declared.items()}
        row_key = vault.lookup("entry.row", as_json(said))
        return Facts(  # `replace` takes three times as long
            self.place,
            self.number,
            self.plain,
            self.secrets,
            self.keys,
            self.triggers,
            self.acts,
            self.director,
            self.mends,
            self.has_own_number,
            row_key,
            self.declared,
            self.keyed,
            self.handle,
            self.ledger,
        )


def facts_of(
    row: ChildRow, place: str | PlaceProblem, *, places: Places, context: ImportContext
) -> Facts | Problem:
    """Read one row, whose place was found, into facts, or say why it cannot be."""
    if isinstance(place, PlaceProblem) and place is not PlaceProblem.MISSING:
        field_ = "village" if row.village else "town"
        return refused(row.place, field_, place, value=row.village or row.town)
    secrets = {column: getattr(row, name) for name, column in _SECRETS}
    declared = _declared(row, context)
    extras = dict(declared.texts)
    mends = extras.pop("quarantine", None)
    if row.registered_place:
        extras["registered_place"] = row.registered_place
    if extras:
        secrets[EXTRAS] = as_json(extras)
    plain = _plain(row, context)
    if not isinstance(place, PlaceProblem):
        plain["lives_in"] = place
    if row.registered_place:
        plain["registered_in"] = places.find_inside(row.registered_place)
    return Facts(
        place=row.place,
        number=row.number,
        plain={name: value for name, value in plain.items() if value is not None},
        secrets={name: text for name, text in secrets.items() if text},
        keys=_keys(row, context.vault),
        triggers=None if row.triggers is None else _codes(row.triggers),
        acts={act: at for act, name in _ACTS if (at := getattr(row, name)) is not None},
        director=row.director,
        mends=mends,
        has_own_number=row.number is not None and places.is_prefix(row.number.rpartition("-")[0]),
        declared=declared.values,
        keyed=declared.keyed,
    )


def _declared(row: ChildRow, context: ImportContext) -> Declared:
    return declared_of(row, CHILDREN, context)


def declared_of(row: ChildRow | InstitutionRow, ledger: str, context: ImportContext) -> Declared:
    """Read the columns of the site's own in a row of a ledger."""
    fields = context.settings.fields.get(ledger)
    if not fields:
        return Declared({}, {}, row.extras)
    return read_declared(row.extras, fields, context.vault, row.place)


def written(row: ChildRow) -> Written:
    """Answer how a row writes its place."""
    return Written(row.town, row.village, row.region_code)


def warnings_of(row: ChildRow, context: ImportContext) -> list[Problem]:
    """Answer what is odd about a row that is taken all the same."""
    odd = []
    if row.level is not None and level_id(context.settings.levels, row.level) is None:
        odd.append(warning(row.place, "level", "level-unknown", value=row.level))
    if row.grade is not None and read_grade(row.grade) is None:
        odd.append(warning(row.place, "grade", "grade-unknown", value=row.grade))
    if row.village is None and row.region_code is None and row.town is not None:
        odd.append(warning(row.place, "village", "village-missing"))
    odd.extend(_declared(row, context).problems)
    return odd


def level_id(levels: tuple[Level, ...], text: str) -> str | None:
    """Answer the configured level that a word means, None if it is none of them."""
    wanted = "".join(text.split())
    for level in levels:
        if wanted in (level.id, level.title) or wanted in level.aliases:
            return level.id
    return None


def refused(place: Place, field_: str, code: str, *, value: str | None = None) -> Problem:
    """Answer a problem that keeps a row out; `value` only where the field is public."""
    shown = None if value is None else value[:255]
    return Problem(place, field_, str(code), Severity.REFUSED, value=shown)


def warning(place: Place, field_: str, code: str, *, value: str | None = None) -> Problem:
    """Answer something odd about a row that is taken all the same."""
    shown = None if value is None else value[:255]
    return Problem(place, field_, str(code), Severity.WARNING, value=shown)


def _plain(row: ChildRow, context: ImportContext) -> dict[str, Plain]:
    levels = context.settings.levels
    grade = read_grade(row.grade) if row.grade else None
    born = row.born or _born_by_id(row.id_no)
    consent = consent_of(row, born, context.today)
    return {
        "consent": consent,
        "consent_on": row.consent_on.day if consent and row.consent_on else None,
        "status": plain_code(row.status),
        "population": plain_code(row.population),
        "category": plain_code(row.category),
        "level": (level_id(levels, row.level) or plain_code(row.level)) if row.level else None,
        "sex": plain_code(row.sex),
        "grade": grade,
        "grade_year": None if grade is None else school_year(context.today),
        "born_on": born.day if born else None,
        "born_month_only": born.month_only if born else None,
    }


def plain_code(text: str | None) -> str | None:
    """Answer a word as rules filter on it, None if nothing is left."""
    return None if text is None else text.replace("\x00", "").strip()[:_CODE_LENGTH] or None


def _codes(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({code for text in texts if (code := plain_code(text)) is not None}))


def _born_by_id(id_no: str | None) -> LedgerDate | None:
    if id_no is None or len(id_no) != 18:
        return None
    try:
        return LedgerDate(date.fromisoformat(id_no[_ID_BIRTH]))
    except ValueError:
        return None


def _keys(row: ChildRow, vault: Vault) -> dict[str, str]:
    return {
        column: vault.lookup(purpose, text)
        for name, column, purpose in _KEYS
        if (text := getattr(row, name))
    }
