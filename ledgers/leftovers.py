"""What imports left to do: those that were broken off, and rows that wait to be mended."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from ledgers.tables import imports, quarantine


def unfinished_imports(connection: Connection) -> list[tuple[str, str, datetime]]:
    """Answer id, file and start of imports that were broken off: import those files again."""
    query = (
        select(imports.c.id, imports.c.file, imports.c.started_at)
        .where(imports.c.finished_at.is_(None))
        .order_by(imports.c.id)
    )
    return [(id_, file, at) for id_, file, at in connection.execute(query)]


def count_waiting(connection: Connection) -> dict[str, int]:
    """Answer how many rows wait to be mended, by file."""
    q = quarantine.c
    place = select(q.file, q.sheet, q.row).where(q.mended_at.is_(None)).distinct().subquery()
    query = select(place.c.file, func.count()).group_by(place.c.file)
    return dict(iter(connection.execute(query)))
