"""Differences between the ledger and another system's list; nothing was kept of them before."""

import sqlalchemy as sa
from alembic import op

revision = "r0007_differences"
down_revision = "r0006_channels"

_OPEN = sa.text("settled_on IS NULL")
_OPEN_THERE = sa.text("settled_on IS NULL AND entry_id IS NULL")


def upgrade() -> None:
    op.drop_table("differences")
    op.create_table(
        "differences",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=64), server_default="field", nullable=False),
        sa.Column("ledger", sa.String(length=64), server_default="children", nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("ours", sa.String(length=255), nullable=True),
        sa.Column("theirs", sa.String(length=255), nullable=True),
        sa.Column("region", sa.String(length=12), nullable=True),
        sa.Column("sheet", sa.String(length=100), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=False),
        sa.Column("said_key", sa.String(length=43), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_differences_entry_id")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_differences_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_differences")),
    )
    op.create_index(op.f("ix_differences_found_on"), "differences", ["found_on"], unique=False)
    op.create_index(
        "uq_differences_open",
        "differences",
        ["entry_id", "field", "source", "said_key"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "uq_differences_open_there",
        "differences",
        ["source", "said_key"],
        unique=True,
        sqlite_where=_OPEN_THERE,
        postgresql_where=_OPEN_THERE,
    )
