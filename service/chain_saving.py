"""What backup and restore do with the audit chain, which nobody may shorten, not even by a restore."""

from sqlalchemy import Connection, delete, insert, select

from config.lean import dataclass
from ledgers.audit_chain import head
from ledgers.audit_guard import taken_off
from ledgers.audit_tables import audit_events
from ledgers.audit_verify import KnownHead
from service.audit_heads import is_there

_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of the chain: how far the backup's goes, and how many other events it replaced."""

    reaches: int
    set_aside: int


def bring_chain(source: Connection, target: Connection) -> Brought:
    """Bring a backup's chain into a database, in the caller's unit.

    Where the database's own continues it, that one stays: what happened since is not forgotten.
    Else it is another site's, or a new database's: then the backup's takes its place.
    """
    reaches, signed = head(source)
    if reaches == 0 or is_there(target, KnownHead(signed, reaches)):
        return Brought(reaches, 0)
    set_aside, _hash = head(target)
    with taken_off(target):
        target.execute(delete(audit_events))
        copy_chain(source, target)
    return Brought(reaches, set_aside)


def copy_chain(source: Connection, target: Connection) -> int:
    """Copy all events in order, the only one that their table takes; answer how many."""
    query = select(audit_events).order_by(audit_events.c.number)
    found = source.execute(query.execution_options(yield_per=_ROWS))
    count = 0
    for rows in found.mappings().partitions():
        target.execute(insert(audit_events), [dict(row) for row in rows])
        count += len(rows)
    return count
