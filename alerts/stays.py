"""Stays: how long an entry has lived where it lives, worked out from its records.

What is kept (`stays`, `entries.stay_since`, `entries.stay_until`) follows the records and is written
with them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from alerts.stay_rules import StayRules
from config.lean import dataclass
from ledgers.acts import DONE, RecordSource
from ledgers.site_facts import fact, put_fact
from ledgers.tables import entries, records, stays, touched
from schedules.calendars import WorkCalendar
from schedules.periods import Period

_BATCH = 500
_RULES = "stay-rules"


@dataclass(frozen=True, slots=True)
class Arrival:
    """An entry came. `stated`: a ledger's column says that its present stay began then."""

    on: date
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """From when to when somebody was there; None: still is."""

    from_on: date
    to_on: date | None = None


def stays_of(arrivals: Iterable[Arrival], departures: Iterable[date]) -> list[Stay]:
    """Put arrivals and departures together, the oldest stay first.

    An arrival during a stay is no news, unless a ledger states it; a departure without a stay is
    none. Who leaves and comes on one day was away for no day.
    """
    events = [(on, 0, False) for on in departures]
    events += [(one.on, 1, one.stated) for one in arrivals]
    found: list[Stay] = []
    since: date | None = None
    for on, is_arrival, is_stated in sorted(events):
        if not is_arrival and since is not None:
            found.append(Stay(since, on))
            since = None
        elif is_arrival and (since is None or is_stated):
            since = on
    return found if since is None else [*found, Stay(since)]


def present_stay(found: Sequence[Stay], gap: Period) -> Stay | None:
    """Answer the last stay with those before it that no long absence parts from it.

    Its `to_on` is the last day on which an absence that is not over yet breaks nothing; None: there.
    """
    if not found:
        return None
    since = found[-1].from_on
    for earlier, later in zip(reversed(found[:-1]), reversed(found[1:]), strict=True):
        if earlier.to_on is None or later.from_on > gap.after(earlier.to_on):
            break
        since = earlier.from_on
    last = found[-1].to_on
    return Stay(since, None if last is None else gap.after(last))


def recount_stays(
    connection: Connection,
    rules: StayRules,
    entry_ids: Iterable[str],
    *,
    calendar: WorkCalendar,
    today: date,
) -> int:
    """Work out the stays of entries anew, touch those that changed, and answer how many did."""
    ids = sorted(set(entry_ids))
    gap = Period.of(rules.gap, calendar)
    changed = 0
    for start in range(0, len(ids), _BATCH):
        changed += _recount(connection, rules, ids[start : start + _BATCH], (gap, today))
    return changed


def follow_rules(
    connection: Connection, rules: StayRules, *, calendar: WorkCalendar, now: datetime, today: date
) -> int:
    """Work out every stay anew if the rules for stays are others than last time."""
    known = fact(connection, _RULES)
    if known is not None and known.value == rules.stamp:
        return 0
    put_fact(connection, _RULES, rules.stamp, now=now)
    said = select(records.c.entry_id).where(records.c.kind.in_(sorted(rules.kinds)))
    ids = connection.execute(said.union(select(stays.c.entry_id))).scalars().all()
    return recount_stays(connection, rules, ids, calendar=calendar, today=today)


def _recount(
    connection: Connection, rules: StayRules, ids: Sequence[str], at: tuple[Period, date]
) -> int:
    gap, today = at
    found = _read(connection, rules, ids)
    connection.execute(delete(stays).where(stays.c.entry_id.in_(ids)))
    rows = [
        {"entry_id": id_, "from_on": one.from_on, "to_on": one.to_on}
        for id_ in ids
        for one in {stay.from_on: stay for stay in found[id_]}.values()
    ]
    if rows:
        connection.execute(insert(stays), rows)
    e = entries.c
    before = connection.execute(select(e.id, e.stay_since, e.stay_until).where(e.id.in_(ids)))
    moved = []
    for id_, since, until in before:
        now = present_stay(found[id_], gap)
        after = (None, None) if now is None else (now.from_on, now.to_on)
        if after != (since, until):
            moved.append({"key": id_, "since": after[0], "until": after[1]})
    if moved:
        entry = update(entries).where(e.id == bindparam("key"))
        connection.execute(
            entry.values(stay_since=bindparam("since"), stay_until=bindparam("until")), moved
        )
        connection.execute(
            insert(touched), [{"entry_id": row["key"], "known_on": today} for row in moved]
        )
    return len(moved)


def _read(connection: Connection, rules: StayRules, ids: Sequence[str]) -> dict[str, list[Stay]]:
    r = records.c
    rows = connection.execute(
        select(r.entry_id, r.kind, r.happened_on, r.source)
        .where(
            r.entry_id.in_(ids),
            r.kind.in_(sorted(rules.kinds)),
            r.result == DONE,
            r.voided_at.is_(None),
        )
        .order_by(r.recorded_at, r.id)
    )
    came: dict[str, list[Arrival]] = defaultdict(list)
    stated: dict[str, Arrival] = {}
    left: dict[str, list[date]] = defaultdict(list)
    for row in rows:
        if row.kind in rules.ends:
            left[row.entry_id].append(row.happened_on)
        elif row.source == RecordSource.LEDGER:
            # Only what a ledger said last: it corrects what it said before.
            stated[row.entry_id] = Arrival(row.happened_on, stated=True)
        else:
            came[row.entry_id].append(Arrival(row.happened_on))
    return {
        id_: stays_of([*came[id_], *([stated[id_]] if id_ in stated else [])], left[id_])
        for id_ in ids
    }
