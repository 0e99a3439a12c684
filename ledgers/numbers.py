"""Village numbers: short public names like 青山-03, given once and never to another."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from ledgers.names import town_name, village_name
from ledgers.places import Places
from ledgers.regions import TOWN, VILLAGE
from ledgers.tables import village_numbers

_OUTSIDE = "其他"
"""Stands where a division has no name we know."""


def give_numbers(
    connection: Connection, places: Places, ledger: str, regions: Sequence[str]
) -> list[str]:
    """Answer a new number for each of these divisions (one may come often), in order.

    Numbers only grow, so one is never given again, not even after its entry is gone.
    """
    wanted = Counter(regions)
    prefixes, last_given = _state(connection, ledger)
    new = {}
    for region in wanted:
        if region not in prefixes:
            new[region] = prefixes[region] = prefix_for(places, region, last_given)
            last_given[prefixes[region]] = 0
    next_number = {region: last_given[prefixes[region]] for region in wanted}
    answer = []
    for region in regions:
        next_number[region] += 1
        answer.append(f"{prefixes[region]}-{next_number[region]:02d}")
    _keep(connection, ledger, new, {r: (prefixes[r], n) for r, n in next_number.items()})
    return answer


def prefix_for(places: Places, region: str, taken: Mapping[str, int]) -> str:
    """Answer a prefix for a division that has none yet.

    It is the village's short name, with the township's before it where two villages of the
    county share it, and with a count where even that is taken.
    """
    own, town = _short(places, region), _short(places, region[:TOWN])
    shared = len(region) == VILLAGE and places.villages_called(own) > 1
    candidates = [town + own] if shared and town != own else [own, town + own]
    for candidate in candidates:
        if candidate not in taken:
            return candidate
    count = 2
    while f"{candidates[-1]}{count}" in taken:
        count += 1
    return f"{candidates[-1]}{count}"


def _short(places: Places, region: str) -> str:
    name = places.name(region)
    if name is None:
        return _OUTSIDE
    read = village_name if len(region) == VILLAGE else town_name
    return read(name).base.replace("-", "")[:20]


def _state(connection: Connection, ledger: str) -> tuple[dict[str, str], dict[str, int]]:
    query = (
        select(village_numbers.c.prefix, village_numbers.c.region, village_numbers.c.last_given)
        .where(village_numbers.c.ledger == ledger)
        .order_by(village_numbers.c.prefix)
    )
    prefixes: dict[str, str] = {}
    last_given: dict[str, int] = {}
    for prefix, region, last in connection.execute(query):
        prefixes.setdefault(region, prefix)
        last_given[prefix] = last
    return prefixes, last_given


def _keep(
    connection: Connection,
    ledger: str,
    new: Mapping[str, str],
    given: Mapping[str, tuple[str, int]],
) -> None:
    made = [
        {"ledger": ledger, "prefix": prefix, "region": region, "last_given": given[region][1]}
        for region, prefix in new.items()
    ]
    if made:
        connection.execute(insert(village_numbers), made)
    grown = [
        {"at": prefix, "last": last}
        for region, (prefix, last) in given.items()
        if region not in new
    ]
    if grown:
        statement = (
            update(village_numbers)
            .where(village_numbers.c.ledger == ledger, village_numbers.c.prefix == bindparam("at"))
            .values(last_given=bindparam("last"))
        )
        connection.execute(statement, grown)
