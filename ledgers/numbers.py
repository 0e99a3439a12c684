"""Village numbers: short public names like 青山-03, given once and never to another."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from sqlalchemy import Connection, bindparam, insert, select, update

from ledgers.codes import TOWN, VILLAGE
from ledgers.imports import INSTITUTIONS
from ledgers.names import town_name, village_name
from ledgers.places import Places
from ledgers.tables import village_numbers

PREFIX_ENDS = {INSTITUTIONS: "机构"}
"""What the prefixes of a ledger end with: 青山机构-01 is no child's number."""

_OUTSIDE = "其他"
"""Stands where a division has no name we know."""

_MOST_ALIKE = 40  # villages of one short name in one township, and then some
_LIKELY = 2  # wishes of which one is nearly always free
_PER_QUERY = 5_000


def give_numbers(
    connection: Connection, places: Places, ledger: str, regions: Sequence[str]
) -> list[str]:
    """Answer a new number for each of these divisions (one may come often), in order.

    Numbers only grow, so one is never given again, not even after its entry is gone.
    """
    wanted = Counter(regions)
    prefixes, last_given = _state(connection, ledger, list(wanted))
    without = [region for region in wanted if region not in prefixes]
    new = _new_prefixes(connection, places, ledger, without)
    prefixes |= new
    last_given |= dict.fromkeys(new.values(), 0)
    next_number = {region: last_given[prefixes[region]] for region in wanted}
    answer = []
    for region in regions:
        next_number[region] += 1
        answer.append(f"{prefixes[region]}-{next_number[region]:02d}")
    _keep(connection, ledger, new, {r: (prefixes[r], n) for r, n in next_number.items()})
    return answer


def _new_prefixes(
    connection: Connection, places: Places, ledger: str, regions: Sequence[str]
) -> dict[str, str]:
    """Answer a prefix for each division, none of which has one yet.

    It is the village's short name, with the township's before it where two villages of the
    county share it, and with a count where even that is taken.
    """
    end = PREFIX_ENDS.get(ledger, "")
    likely = {region: list(islice(_wishes(places, region, end), _LIKELY)) for region in regions}
    taken = _taken(connection, [wish for wishes in likely.values() for wish in wishes])
    new: dict[str, str] = {}
    for region, wishes in likely.items():
        free = next((wish for wish in wishes if wish not in taken), None)
        if free is None:
            all_wishes = list(_wishes(places, region, end))
            taken |= _taken(connection, all_wishes)
            free = next(wish for wish in all_wishes if wish not in taken)
        taken.add(free)
        new[region] = free
    return new


def _wishes(places: Places, region: str, end: str) -> Iterator[str]:
    own, town = _short(places, region), _short(places, region[:TOWN])
    shared = len(region) == VILLAGE and places.villages_called(own) > 1
    if not shared or town == own:
        yield own + end
    if len(region) >= TOWN:
        yield town + own + end
    for count in range(2, _MOST_ALIKE):
        yield f"{town}{own}{end}{count}" if len(region) >= TOWN else f"{own}{end}{count}"


def _short(places: Places, region: str) -> str:
    name = places.name(region)
    if name is None:
        return _OUTSIDE
    read = village_name if len(region) == VILLAGE else town_name
    return read(name).base.replace("-", "")[:20]


def _taken(connection: Connection, wishes: Sequence[str]) -> set[str]:
    """Answer which prefixes are given, in whatever ledger: a number names one entry."""
    found: set[str] = set()
    for start in range(0, len(wishes), _PER_QUERY):
        query = select(village_numbers.c.prefix).where(
            village_numbers.c.prefix.in_(wishes[start : start + _PER_QUERY]),
        )
        found.update(connection.scalars(query))
    return found


def _state(
    connection: Connection, ledger: str, regions: Sequence[str]
) -> tuple[dict[str, str], dict[str, int]]:
    query = (
        select(village_numbers.c.prefix, village_numbers.c.region, village_numbers.c.last_given)
        .where(village_numbers.c.ledger == ledger, village_numbers.c.region.in_(regions))
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
