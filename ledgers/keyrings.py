"""The site's keys in the database: kept, read, replaced and dropped, always wrapped.

current ──begin_rotation──▶ replaced ──(nothing left under it)──▶ unused ──(a day later)──▶ gone
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, delete, insert, select, update

from config.lean import dataclass
from ledgers.errors import KeysInClear, KeysMissing, OtherMasterKey
from ledgers.key_tables import keyring
from ledgers.sealing import Keyring, new_data_key
from ledgers.tables import entries, persons
from ledgers.wrapping import MasterKey

Keys = MasterKey | Keyring
"""What a site's key file holds: the master key, or in sites of old all keys in clear."""

LOOKUP = "lookup"
"""The row of the key for look-ups, which is never replaced."""

UNUSED_FOR = timedelta(days=1)
"""How long nothing must have been sealed with a replaced key before it goes: a worker may have
slept since before the rotation, and would still seal with it."""


def ring_of(connection: Connection, keys: Keys) -> Keyring:
    """Answer the keys that open this database.

    Raises:
        KeysMissing: there is something sealed here, but no key.
        OtherMasterKey: its keys were wrapped by another master key.
        KeysInClear: its keys are wrapped, but what was given is a file of old.
    """
    rows = _rows(connection)
    if isinstance(keys, Keyring):
        if rows:
            raise KeysInClear(rows[LOOKUP].master)
        return keys
    if not rows:
        raise KeysMissing
    return _unwrapped(rows, keys)


def ring_kept(connection: Connection, keys: Keys, *, now: datetime) -> Keyring:
    """Answer the keys that open this database; one that holds nothing yet gets new ones.

    Raises as `ring_of`.
    """
    if isinstance(keys, MasterKey) and not _lock(connection) and not _holds_sealed(connection):
        keep(connection, Keyring.create(), keys, now=now)
    return ring_of(connection, keys)


def key_ids(connection: Connection) -> frozenset[tuple[str, bool]]:
    """Answer the ids of the keys, each with whether it is in use; none in a site of old."""
    query = select(keyring.c.id, keyring.c.replaced_at.is_(None))
    return frozenset((row[0], bool(row[1])) for row in connection.execute(query))


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A data key that is kept, by its id. Without `in_use` it only opens."""

    id: str
    made_at: datetime
    in_use: bool


def kept_keys(connection: Connection) -> list[KeptKey]:
    """Answer the data keys, oldest first; none in a site of old."""
    query = (
        select(keyring.c.id, keyring.c.made_at, keyring.c.replaced_at)
        .where(keyring.c.id != LOOKUP)
        .order_by(keyring.c.made_at, keyring.c.id)
    )
    return [
        KeptKey(row.id, row.made_at, row.replaced_at is None) for row in connection.execute(query)
    ]


def has_replaced(connection: Connection) -> bool:
    """Say whether there are keys that are to go."""
    return not all(in_use for _, in_use in key_ids(connection))


def wrapped_by(connection: Connection) -> str | None:
    """Answer the id of the master key that wrapped the keys; None: they are not here."""
    query = select(keyring.c.master).where(keyring.c.id == LOOKUP)
    return connection.execute(query).scalar_one_or_none()


def keep(connection: Connection, ring: Keyring, master: MasterKey, *, now: datetime) -> None:
    """Write keys into a database that holds none."""
    keys = {**ring.data_keys, LOOKUP: ring.lookup_key}
    connection.execute(
        insert(keyring),
        [
            {
                "id": id_,
                "wrapped": master.wrap(id_, key),
                "master": master.id,
                "made_at": now,
                "replaced_at": None if id_ in (ring.current, LOOKUP) else now,
            }
            for id_, key in keys.items()
        ],
    )


def rewrap(connection: Connection, old: MasterKey, new: MasterKey) -> int:
    """Wrap every key by another master key; answer how many. No sealed value is touched.

    Raises:
        OtherMasterKey: `old` is not what they are wrapped by.
    """
    _lock(connection)
    rows = _rows(connection)
    for id_, row in rows.items():
        _must_be(old, row)
        wrapped = new.wrap(id_, old.unwrap(id_, row.wrapped))
        change = update(keyring).where(keyring.c.id == id_)
        connection.execute(change.values(wrapped=wrapped, master=new.id))
    return len(rows)


def begin_rotation(connection: Connection, master: MasterKey, *, now: datetime) -> Keyring:
    """Answer the keys with a new current one; a rotation that was broken off is gone on with.

    Raises as `ring_of`.
    """
    _lock(connection)
    ring = ring_of(connection, master)
    if is_rotating(connection):
        return ring
    id_, key = new_data_key()
    current = update(keyring).where(keyring.c.id == ring.current)
    connection.execute(current.values(replaced_at=now))
    row = {"id": id_, "wrapped": master.wrap(id_, key), "master": master.id, "made_at": now}
    connection.execute(insert(keyring).values(row))
    return Keyring(id_, {**ring.data_keys, id_: key}, ring.lookup_key)


def is_rotating(connection: Connection) -> bool:
    """Say whether values may be left under a replaced key."""
    left = select(keyring.c.id).where(
        keyring.c.replaced_at.is_not(None), keyring.c.unused_since.is_(None)
    )
    return connection.execute(left.limit(1)).first() is not None


def end_rotation(
    connection: Connection, found: Collection[str], left: Collection[str], *, now: datetime
) -> list[str]:
    """Note which keys were found in use and which still are; drop those unused for long enough.

    `found` are the keys something was sealed with when the rotation looked, `left` those something
    is sealed with now. Answers the keys that were dropped.
    """
    _lock(connection)
    replaced = keyring.c.replaced_at.is_not(None)
    rows = connection.execute(select(keyring.c.id, keyring.c.unused_since).where(replaced)).all()
    dropped = []
    for id_, unused_since in rows:
        since = None if id_ in left else now if id_ in found else unused_since or now
        if since is not None and since <= now - UNUSED_FOR:
            connection.execute(delete(keyring).where(keyring.c.id == id_))
            dropped.append(id_)
        else:
            change = update(keyring).where(keyring.c.id == id_)
            connection.execute(change.values(unused_since=since))
    return dropped


def _lock(connection: Connection) -> bool:
    """Let one unit at a time change the keys; answer whether there are any."""
    row = select(keyring.c.id).where(keyring.c.id == LOOKUP).with_for_update()
    return connection.execute(row).first() is not None


def _rows(connection: Connection) -> Mapping[str, Row[str, bytes, str, datetime | None]]:
    query = select(keyring.c.id, keyring.c.wrapped, keyring.c.master, keyring.c.replaced_at)
    return {row.id: row for row in connection.execute(query)}


def _unwrapped(
    rows: Mapping[str, Row[str, bytes, str, datetime | None]], master: MasterKey
) -> Keyring:
    keys = {}
    for id_, row in rows.items():
        _must_be(master, row)
        keys[id_] = master.unwrap(id_, row.wrapped)
    lookup = keys.pop(LOOKUP)
    current = next(id_ for id_ in keys if rows[id_].replaced_at is None)
    return Keyring(current, keys, lookup)


def _must_be(master: MasterKey, row: Row[str, bytes, str, datetime | None]) -> None:
    if row.master != master.id:
        raise OtherMasterKey(given=master.id, needed=row.master)


def _holds_sealed(connection: Connection) -> bool:
    return any(
        connection.execute(select(table.c.id).limit(1)).first() is not None
        for table in (persons, entries)
    )
