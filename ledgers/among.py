"""Membership in a list of ids, in the form each database takes best."""

from collections.abc import Collection

from sqlalchemy import ARRAY, ColumnElement, Connection, String, any_, bindparam


def among(
    connection: Connection, column: ColumnElement[str], ids: Collection[str]
) -> ColumnElement[bool]:
    """Say that a column's value is one of `ids`.

    To PostgreSQL they go as one array: `IN` would be a new statement for each length, parsed and
    planned each time, which took twice to three times as long. SQLite is quickest with `IN`.
    """
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, list(ids), type_=ARRAY(String()), unique=True))
    return column.in_(ids)
