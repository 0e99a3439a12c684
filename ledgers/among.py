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
    # A plain list would have each of its values looked at by itself.
    return column.in_(bindparam(None, list(ids), expanding=True, unique=True))


def among_named(dialect: str, column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Say the same of ids given as a list when a kept statement runs, under this name."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(String())))
    return column.in_(bindparam(name, expanding=True))
