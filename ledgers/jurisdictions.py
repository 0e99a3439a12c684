"""The ledger of divisions themselves: one entry for each village, township and county of the site."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from config.lean import dataclass
from ledgers.codes import ancestors
from ledgers.ids import new_ids
from ledgers.regions import Region, load_regions
from ledgers.tables import entries
from ledgers.touching import touch

JURISDICTIONS = "jurisdictions"
TIERS = {6: "county", 9: "township", 12: "village"}
"""The tier of a division by the length of its code; larger ones are no entries."""

_ACTIVE, _CLOSED = "active", "closed"
_NUMBER_LENGTH = 64


@dataclass(frozen=True, slots=True)
class _Known:
    id: str
    number: str
    lives_in: str
    status: str


@dataclass(slots=True)
class _Plan:
    new: list[dict[str, Any]] = field(default_factory=list)
    renamed: list[dict[str, Any]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


def keep_jurisdictions(
    connection: Connection, site: str, *, import_id: str | None, now: datetime, today: date
) -> int:
    """Bring the ledger of divisions in step with the divisions in force; answer what changed.

    A division that is gone closes its entry; one that came back opens it again. Whoever moved a
    division's code has moved its entry along (`ledgers.regions.move_region`).
    """
    regions = {one.code: one for one in load_regions(connection, within=site)}
    if len(site) in TIERS and site not in regions:
        regions[site] = Region(site, site)
    plan = _compared({c: r for c, r in regions.items() if len(c) in TIERS}, _known(connection))
    for row, id_ in zip(plan.new, new_ids(now, len(plan.new)), strict=True):
        row |= {"id": id_, "entered_on": today, "import_id": import_id}
    _write(connection, plan, today)
    changed = [row["id"] for row in plan.new] + plan.opened + plan.closed
    touch(connection, changed, known_on=today)
    return len(changed) + len(plan.renamed)


def _known(connection: Connection) -> list[_Known]:
    e = entries.c
    query = select(e.id, e.number, e.lives_in, e.status).where(e.ledger == JURISDICTIONS)
    return [_Known(*row) for row in connection.execute(query.order_by(e.id))]


def _compared(regions: Mapping[str, Region], known: Iterable[_Known]) -> _Plan:
    plan = _Plan()
    taken: set[str] = set()
    at: dict[str, _Known] = {}
    for one in known:
        taken.add(one.number)
        if one.lives_in in regions and one.lives_in not in at:
            at[one.lives_in] = one
        elif one.status == _ACTIVE:
            plan.closed.append(one.id)
    for code, region in sorted(regions.items()):
        entry = at.get(code)
        wishes = list(_names(region, regions))
        if entry is not None and entry.status != _ACTIVE:
            plan.opened.append(entry.id)
        if entry is None or entry.number not in wishes:
            number = next(wish for wish in wishes if wish not in taken)
            taken.add(number)
            if entry is None:
                plan.new.append(_row(code, number))
            else:
                plan.renamed.append({"key": entry.id, "name": number})
    return plan


def _names(region: Region, regions: Mapping[str, Region]) -> Iterator[str]:
    """Answer what a division may be called, the shortest first; its code is nobody else's."""
    above = next((regions[code] for code in ancestors(region.code) if code in regions), None)
    yield region.name[:_NUMBER_LENGTH]
    if above is not None:
        yield (above.name + region.name)[:_NUMBER_LENGTH]
    yield f"{region.name[:40]} {region.code}"


def _row(code: str, number: str) -> dict[str, Any]:
    return {
        "ledger": JURISDICTIONS,
        "number": number,
        "lives_in": code,
        "tier": TIERS[len(code)],
        "status": _ACTIVE,
        "born_month_only": False,
    }


def _write(connection: Connection, plan: _Plan, today: date) -> None:
    if plan.new:
        connection.execute(insert(entries), plan.new)
    if plan.renamed:
        one = update(entries).where(entries.c.id == bindparam("key"))
        connection.execute(one.values(number=bindparam("name")), plan.renamed)
    for ids, status, left_on in ((plan.opened, _ACTIVE, None), (plan.closed, _CLOSED, today)):
        if ids:
            connection.execute(
                update(entries)
                .where(entries.c.id == bindparam("key"))
                .values(status=status, left_on=left_on),
                [{"key": id_} for id_ in ids],
            )
