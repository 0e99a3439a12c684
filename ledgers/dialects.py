"""What tables say to one kind of database only, said so that the other kind is never loaded.

SQLAlchemy reads a dialect as soon as a table names it, and a process needs one of the two. So tables
say it in their `info`, and `tell_dialects` passes it on before tables are made or compared.
"""

from collections.abc import Mapping

from sqlalchemy import Index, MetaData, text

_WHERE = "where"
_NO_REUSE = "never_reuses_ids"

NEVER_REUSES_IDS: Mapping[str, bool] = {_NO_REUSE: True}
"""`info` of a table where the number of a row that is gone is not given to another."""


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Answer an index of only those rows for which `where`, in SQL, holds."""
    return Index(name, *columns, unique=unique, info={_WHERE: where})


def tell_dialects(metadata: MetaData) -> MetaData:
    """Pass on to both dialects what the tables say to them; answer the same `metadata`.

    PostgreSQL's sequences never go back, so it need not be told of `NEVER_REUSES_IDS`.
    """
    for table in metadata.tables.values():
        if _NO_REUSE in table.info:
            table.dialect_kwargs["sqlite_autoincrement"] = True
        for index in table.indexes:
            if (where := index.info.get(_WHERE)) is not None:
                index.dialect_kwargs["sqlite_where"] = text(where)
                index.dialect_kwargs["postgresql_where"] = text(where)
    return metadata
