"""The directory (人员名单) as a workbook that can be mended and imported again: a line for each post."""

from collections.abc import Iterable, Mapping
from typing import BinaryIO

from sqlalchemy import Connection

from config.language import catalogue
from ledgers.codes import TOWN, VILLAGE
from ledgers.exporting import Cell, SheetPlan, write_workbook
from ledgers.imports import ImportSettings
from ledgers.persons import Person, load_persons
from ledgers.posts import Holding
from ledgers.preferences import Ways, words_of, written_preference
from ledgers.reading.headings import heading_of
from ledgers.reading.vocabulary import Kind
from ledgers.regions import region_names
from ledgers.sealing import Vault

_ = catalogue("ledgers")

_FIELDS = (
    "name",
    "role",
    "town",
    "village",
    "phone",
    "email",
    "wecom",
    "held_from",
    "held_to",
    "prefers",
)


def export_persons(
    connection: Connection,
    vault: Vault,
    stream: BinaryIO,
    settings: ImportSettings,
    *,
    held: Iterable[Holding],
) -> int:
    """Write who holds which post; answer how many lines.

    It holds names and numbers: whoever calls it writes the look down (DESIGN.md 6).
    """
    roles, ways = settings.roles, settings.ways
    held = [one for one in held if one.post.role in roles]
    people = load_persons(connection, vault, {one.person_id for one in held})
    regions = {one.post.region for one in held}
    names = region_names(connection, regions | {region[:TOWN] for region in regions})
    offered = {way.channel: way for of_role in ways.values() for way in of_role}
    title = _("people")
    plan = SheetPlan(
        title,
        [heading_of(name, kind=Kind.PERSONS) or name for name in _FIELDS],
        [
            _line(one, people[one.person_id], names, title=roles[one.post.role].title, ways=ways)
            for one in sorted(held, key=lambda one: (one.post.region, one.post.role))
        ],
        heading=title,
        choices={_FIELDS.index("prefers"): words_of(offered.values())},
        landscape=True,
    )
    return write_workbook(stream, [plan], is_small=True)


def _line(
    holding: Holding, person: Person, names: Mapping[str, str], *, title: str, ways: Ways
) -> list[Cell]:
    role, region = holding.post.role, holding.post.region
    said: Mapping[str, Cell] = {
        "name": person.name,
        "role": title,
        "town": names.get(region[:TOWN]) if len(region) >= TOWN else None,
        "village": names.get(region) if len(region) >= VILLAGE else None,
        "phone": person.phone,
        "email": person.email,
        "wecom": person.wecom,
        "held_from": holding.held_from,
        "held_to": holding.held_to,
        "prefers": written_preference(ways.get(role, ()), person.prefers),
    }
    return [said[name] for name in _FIELDS]
