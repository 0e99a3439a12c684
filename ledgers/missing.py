"""Which entries a file does not list although it should: for review, nothing is closed by it."""

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from ledgers.codes import TOWN, VILLAGE
from ledgers.imports import CHILDREN, INSTITUTIONS
from ledgers.tables import entries

_LAST = "9" * (VILLAGE - TOWN)


def missing_numbers(
    connection: Connection, places: Sequence[str | None], seen: Collection[str]
) -> tuple[str, ...]:
    """Answer the numbers of active entries that a file leaves out.

    A file speaks for a township if it lists at least half of its active entries, else only for the
    villages that occur in it. `seen` are the entries it lists.
    """
    villages = {place for place in places if place is not None}
    towns = sorted({place[:TOWN] for place in villages})
    active: list[tuple[str, str, str]] = []
    for town in towns:
        query = select(entries.c.id, entries.c.number, entries.c.lives_in).where(
            entries.c.ledger == CHILDREN,
            entries.c.status == "active",
            entries.c.lives_in.between(town, town + _LAST),  # LIKE would walk over the whole ledger
        )
        active += [(id_, number, place) for id_, number, place in connection.execute(query)]
    of_town = Counter(place[:TOWN] for _id, _number, place in active)
    listed = Counter(place[:TOWN] for place in places if place is not None)
    whole = {town for town in towns if 2 * listed[town] >= of_town[town]}
    return tuple(
        sorted(
            number
            for id_, number, place in active
            if id_ not in seen and (place[:TOWN] in whole or place in villages)
        )
    )


def missing_institutions(connection: Connection, seen: Collection[str]) -> tuple[str, ...]:
    """Answer the numbers of active institutions that a list leaves out.

    A list speaks for all of them if at least half of them stand in it, else for none but its own.
    """
    query = select(entries.c.id, entries.c.number).where(
        entries.c.ledger == INSTITUTIONS, entries.c.status == "active"
    )
    active = dict(iter(connection.execute(query)))
    listed = active.keys() & seen
    if 2 * len(listed) < len(active) or not listed:
        return ()
    return tuple(sorted(number for id_, number in active.items() if id_ not in listed))
