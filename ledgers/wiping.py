"""What was erased must not be read out of the database's files either."""

from ledgers.database import Database


def wipe(database: Database) -> bool:
    """Have erased bytes leave SQLite's files; answer whether they have.

    Rows are overwritten as they go (`secure_delete`), and here the write-ahead log, which still
    holds pages as they were, is emptied. False: somebody was reading; the next time does it.
    On PostgreSQL dead rows stay in its files until VACUUM: docs/retention.md says what to run.
    """
    if not database.is_sqlite:
        return True
    with database.engine.connect() as connection:
        # Below SQLAlchemy, which would begin a transaction.
        cursor = connection.connection.cursor()
        try:
            is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            cursor.close()
    return not is_busy
