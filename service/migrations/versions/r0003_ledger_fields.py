"""Ledger fields."""

import sqlalchemy as sa
from alembic import op

revision = "r0003_ledger_fields"
down_revision = "r0002_alerts"


def upgrade() -> None:
    _make_differences()
    _make_entry_fields()
    _make_level_changes()
    _make_stays()
    _make_watches()
    op.add_column("entries", sa.Column("level_since", sa.Date(), nullable=True))
    op.add_column("entries", sa.Column("tier", sa.String(length=64), nullable=True))
    op.add_column("entries", sa.Column("stay_since", sa.Date(), nullable=True))
    op.add_column("entries", sa.Column("stay_until", sa.Date(), nullable=True))
    op.create_index(
        op.f("ix_entries_ledger_entries_entered_on"),
        "entries",
        ["ledger", "entered_on"],
        unique=False,
    )
    op.create_index(
        "ix_entries_ledger_stay_since",
        "entries",
        ["ledger", "stay_since"],
        unique=False,
        sqlite_where=sa.text("stay_since IS NOT NULL"),
        postgresql_where=sa.text("stay_since IS NOT NULL"),
    )
    op.create_index(
        "ix_entries_stay_until",
        "entries",
        ["stay_until"],
        unique=False,
        sqlite_where=sa.text("stay_until IS NOT NULL"),
        postgresql_where=sa.text("stay_until IS NOT NULL"),
    )
    op.add_column("last_acts", sa.Column("recorded_on", sa.Date(), nullable=True))
    _count_recorded_on()
    op.add_column("records", sa.Column("counterpart", sa.String(length=12), nullable=True))


def _count_recorded_on() -> None:
    """Give the rows that are there what would have been kept with them."""
    op.execute(
        """
        UPDATE last_acts SET recorded_on = (
            SELECT MAX(r.recorded_on) FROM records r
            WHERE r.entry_id = last_acts.entry_id AND r.kind = last_acts.kind
            AND r.result = 'done' AND r.voided_at IS NULL
        )
        """
    )


def _make_differences() -> None:
    op.create_table(
        "differences",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
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
        sa.UniqueConstraint(
            "entry_id",
            "field",
            "source",
            "said_key",
            name=op.f("uq_differences_entry_id_field_source_said_key"),
        ),
    )
    op.create_index(op.f("ix_differences_found_on"), "differences", ["found_on"], unique=False)


def _make_entry_fields() -> None:
    op.create_table(
        "entry_fields",
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("word", sa.String(length=64), server_default="", nullable=False),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("month_only", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("number", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_entry_fields_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "field", "word", name=op.f("pk_entry_fields")),
    )
    op.create_index(
        "ix_entry_fields_on_date", "entry_fields", ["field", "on_date", "entry_id"], unique=False
    )
    op.create_index(
        "ix_entry_fields_word", "entry_fields", ["field", "word", "entry_id"], unique=False
    )


def _make_level_changes() -> None:
    op.create_table(
        "level_changes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("was", sa.String(length=64), nullable=True),
        sa.Column("level", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_level_changes_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_changes")),
    )
    op.create_index(
        op.f("ix_level_changes_entry_id_level_changes_on_date"),
        "level_changes",
        ["entry_id", "on_date"],
        unique=False,
    )
    op.create_index(op.f("ix_level_changes_on_date"), "level_changes", ["on_date"], unique=False)


def _make_stays() -> None:
    op.create_table(
        "stays",
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_stays_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "from_on", name=op.f("pk_stays")),
    )


def _make_watches() -> None:
    op.create_table(
        "watches",
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("look_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_watches_entry_id")),
        sa.PrimaryKeyConstraint("rule", "entry_id", name=op.f("pk_watches")),
    )
    op.create_index(op.f("ix_watches_entry_id"), "watches", ["entry_id"], unique=False)
    op.create_index(
        op.f("ix_watches_look_on_watches_rule"), "watches", ["look_on", "rule"], unique=False
    )
