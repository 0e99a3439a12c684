"""What one row says about one institution, in the ledger's own columns. No database here.

Who may know what: type, division, state and permit are plain, because rules ask them; name,
principal, phone and address are sealed. Messages show a number (青山机构-01), unless the site says
that names of institutions are public.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from config.labels import labels_in
from ledgers.among import among
from ledgers.codes import normal_code
from ledgers.declared import FieldValue
from ledgers.facts import EXTRAS, Facts, as_json, declared_of, plain_code, refused
from ledgers.imports import INSTITUTIONS, ImportContext, ImportSettings
from ledgers.names import town_name
from ledgers.numbers import PREFIX_ENDS
from ledgers.places import PlaceProblem, Places, Written
from ledgers.rows import InstitutionRow, Problem
from ledgers.sealing import Vault
from ledgers.tables import entries

PERMIT = "permit_until"
"""Where the last day of a permit stands among an entry's fields."""

_COUNTY = 6
_SECRETS = ("name", "phone", "address", "notes")
_NUMBER_LENGTH = 64


def written_of(row: InstitutionRow, settings: ImportSettings) -> Written | None:
    """Answer how a row writes its township or village, None if it names neither."""
    if row.town is not None or row.village is not None:
        return Written(row.town, row.village, row.region_code)
    name = (row.region or "").removeprefix(settings.site_name or "")
    is_town = row.region_code is None and town_name(name).kind
    return Written(name) if is_town else None


def place_of(row: InstitutionRow, places: Places, settings: ImportSettings) -> str | PlaceProblem:
    """Answer the division of an institution; of one that names none it is the site's own.

    A county's institution belongs to the county itself: here that is no gap.
    """
    written = written_of(row, settings)
    if written is not None:
        return places.find(written)
    text, site = row.region_code or row.region, settings.site
    if text is None:
        return site if len(site) >= _COUNTY else PlaceProblem.MISSING
    code = normal_code(text)
    if code is not None:
        return code if code.startswith(site) else PlaceProblem.CODE_OUTSIDE
    if text in (settings.site_name, places.name(site)):
        return site
    return _named(text, places)


def _named(text: str, places: Places) -> str | PlaceProblem:
    """Answer the division of a name: a township's with or without a village, a village's, any."""
    inside = places.find_inside(text)
    if inside is not None:
        return inside
    village = places.known_village(Written(None, text))
    if not isinstance(village, PlaceProblem) or village is PlaceProblem.VILLAGE_AMBIGUOUS:
        return village
    return places.called(text)


def institution_facts(
    row: InstitutionRow, place: str | PlaceProblem, *, context: ImportContext
) -> Facts | Problem:
    """Read one row, whose place was looked for, into facts, or say why it cannot be."""
    if isinstance(place, PlaceProblem):
        shown = row.village or row.town or row.region or row.region_code
        return refused(row.place, _place_field(row), place, value=shown)
    vault = context.vault
    declared = declared_of(row, INSTITUTIONS, context)
    extras = dict(declared.texts)
    if row.principal:
        extras["principal"] = row.principal
    secrets = {f"sealed_{name}": getattr(row, name) for name in _SECRETS}
    secrets |= {"sealed_id_no": row.credit_code, EXTRAS: as_json(extras) if extras else None}
    plain = {
        "status": plain_code(row.status),
        "category": plain_code(row.category),
        "lives_in": place,
    }
    values = dict(declared.values)
    if row.permit_until is not None:
        until = row.permit_until
        values[PERMIT] = (FieldValue(on_date=until.day, month_only=until.month_only),)
    return Facts(
        place=row.place,
        number=row.number,
        plain={name: value for name, value in plain.items() if value is not None},
        secrets={name: text for name, text in secrets.items() if text},
        keys=_keys(row, vault),
        acts={"inspection": row.last_inspection} if row.last_inspection else {},
        mends=row.mends,
        has_own_number=row.number is not None and _is_ours(row.number),
        declared=values,
        keyed=declared.keyed,
        handle=_handle(row.name, context.settings),
        ledger=INSTITUTIONS,
    )


def free_handles(connection: Connection, wanted: Sequence[str | None]) -> list[str | None]:
    """Answer the public names that nothing is called by yet, each once; None elsewhere."""
    names = {name for name in wanted if name is not None}
    taken = set(
        connection.scalars(
            select(entries.c.number).where(among(connection, entries.c.number, names))
        )
        if names
        else ()
    )
    answer: list[str | None] = []
    for name in wanted:
        answer.append(None if name in taken else name)
        taken.add(name or "")
    return answer


def _place_field(row: InstitutionRow) -> str:
    """Answer the field that the place was looked for in."""
    fields = ("village", "town", "region_code", "region")
    return next((name for name in fields if getattr(row, name) is not None), "region")


def _is_ours(number: str) -> bool:
    return number.rpartition("-")[0].rstrip("0123456789").endswith(PREFIX_ENDS[INSTITUTIONS])


def _handle(name: str | None, settings: ImportSettings) -> str | None:
    """Answer a public name as it stands in messages: without labels, and no number by a dash."""
    bare = (name or "").replace("-", "").strip()[:_NUMBER_LENGTH]
    if not settings.names_institutions or labels_in(bare, settings.labelling_words):
        return None
    return bare or None


def _keys(row: InstitutionRow, vault: Vault) -> Mapping[str, str]:
    said = (
        ("name_key", "entry.name", _comparable(row.name)),
        ("id_no_key", "entry.credit_code", row.credit_code),
        ("phone_key", "entry.phone", row.phone),
    )
    return {column: vault.lookup(purpose, text) for column, purpose, text in said if text}


def _comparable(name: str | None) -> str | None:
    return None if name is None else "".join(name.split())
