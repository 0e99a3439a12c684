"""Ledgers."""

import sqlalchemy as sa
from alembic import op

revision = "r0001_ledgers"
down_revision = None


def upgrade() -> None:
    _make_forms()
    _make_imports()
    _make_persons()
    _make_posts()
    _make_regions()
    _make_site_state()
    _make_touched()
    _make_village_numbers()
    _make_work_calendars()
    _make_deputies()
    _make_entries()
    _make_leaves()
    _make_post_holdings()
    _make_quarantine()
    _make_assignments()
    _make_entry_changes()
    _make_entry_triggers()
    _make_last_acts()
    _make_records()


def _make_forms() -> None:
    op.create_table(
        "forms",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forms")),
    )


def _make_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("file", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.Column("counts", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )


def _make_persons() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("name_key", sa.String(length=43), nullable=False),
        sa.Column("sealed_phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_key", sa.String(length=43), nullable=True),
        sa.Column("sealed_email", sa.LargeBinary(), nullable=True),
        sa.Column("email_key", sa.String(length=43), nullable=True),
        sa.Column("sealed_wecom", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=64), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("import_id", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("handle", name=op.f("uq_persons_handle")),
    )
    op.create_index(op.f("ix_persons_name_key"), "persons", ["name_key"], unique=False)
    op.create_index(op.f("ix_persons_phone_key"), "persons", ["phone_key"], unique=False)


def _make_posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("role", "region", name=op.f("uq_posts_role_region")),
    )


def _make_regions() -> None:
    op.create_table(
        "regions",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("local", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regions")),
    )


def _make_site_state() -> None:
    op.create_table(
        "site_state",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_state")),
    )


def _make_touched() -> None:
    op.create_table(
        "touched",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touched")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_touched_entry_id"), "touched", ["entry_id"], unique=False)


def _make_village_numbers() -> None:
    op.create_table(
        "village_numbers",
        sa.Column("ledger", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=48), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("last_given", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ledger", "prefix", name=op.f("pk_village_numbers")),
    )
    op.create_index(op.f("ix_village_numbers_region"), "village_numbers", ["region"], unique=False)


def _make_work_calendars() -> None:
    op.create_table(
        "work_calendars",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_work_calendars")),
    )


def _make_deputies() -> None:
    op.create_table(
        "deputies",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("deputy_id", sa.String(length=32), nullable=False),
        sa.Column("held_from", sa.Date(), nullable=False),
        sa.Column("held_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["deputy_id"], ["persons.id"], name=op.f("fk_deputies_deputy_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_deputies_person_id")),
        sa.PrimaryKeyConstraint("person_id", "deputy_id", "held_from", name=op.f("pk_deputies")),
    )


def _make_entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ledger", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("lives_in", sa.String(length=12), nullable=False),
        sa.Column("registered_in", sa.String(length=12), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("population", sa.String(length=64), nullable=True),
        sa.Column("category", sa.String(length=64), nullable=True),
        sa.Column("level", sa.String(length=64), nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("grade_year", sa.Integer(), nullable=True),
        sa.Column("sex", sa.String(length=64), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column(
            "born_month_only", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
        ),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_id_no", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_phone", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_school", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_illness", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_guardian", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_notes", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_extras", sa.LargeBinary(), nullable=True),
        sa.Column("name_key", sa.String(length=43), nullable=True),
        sa.Column("id_no_key", sa.String(length=43), nullable=True),
        sa.Column("phone_key", sa.String(length=43), nullable=True),
        sa.Column("row_key", sa.String(length=43), nullable=True),
        sa.Column("import_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_entries_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("ledger", "number", name=op.f("uq_entries_ledger_number")),
    )
    op.create_index(op.f("ix_entries_id_no_key"), "entries", ["id_no_key"], unique=False)
    op.create_index(op.f("ix_entries_import_id"), "entries", ["import_id"], unique=False)
    op.create_index(
        op.f("ix_entries_ledger_entries_lives_in"), "entries", ["ledger", "lives_in"], unique=False
    )
    op.create_index(
        op.f("ix_entries_ledger_entries_born_on"), "entries", ["ledger", "born_on"], unique=False
    )
    op.create_index(op.f("ix_entries_name_key"), "entries", ["name_key"], unique=False)


def _make_leaves() -> None:
    op.create_table(
        "leaves",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_leaves_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
    )
    op.create_index(op.f("ix_leaves_person_id"), "leaves", ["person_id"], unique=False)


def _make_post_holdings() -> None:
    op.create_table(
        "post_holdings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("post_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("held_from", sa.Date(), nullable=False),
        sa.Column("held_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_post_holdings_person_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_holdings_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_holdings")),
        sa.UniqueConstraint(
            "post_id",
            "person_id",
            "held_from",
            name=op.f("uq_post_holdings_post_id_person_id_held_from"),
        ),
    )
    op.create_index(
        op.f("ix_post_holdings_person_id"), "post_holdings", ["person_id"], unique=False
    )
    op.create_index(op.f("ix_post_holdings_post_id"), "post_holdings", ["post_id"], unique=False)


def _make_quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=False),
        sa.Column("file", sa.String(length=255), nullable=False),
        sa.Column("sheet", sa.String(length=100), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=100), nullable=True),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=64), nullable=False),
        sa.Column("value_class", sa.String(length=100), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("sealed_row", sa.LargeBinary(), nullable=True),
        sa.Column("kind", sa.String(length=64), server_default="children", nullable=False),
        sa.Column("subject_key", sa.String(length=43), nullable=True),
        sa.Column("row_key", sa.String(length=43), nullable=True),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mended_import_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_quarantine_import_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_index(
        op.f("ix_quarantine_file_quarantine_sheet_quarantine_row"),
        "quarantine",
        ["file", "sheet", "row"],
        unique=False,
    )
    op.create_index(op.f("ix_quarantine_import_id"), "quarantine", ["import_id"], unique=False)
    op.create_index(op.f("ix_quarantine_subject_key"), "quarantine", ["subject_key"], unique=False)


def _make_assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("held_from", sa.Date(), nullable=False),
        sa.Column("held_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_assignments_entry_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_assignments_person_id")
        ),
        sa.PrimaryKeyConstraint(
            "entry_id", "role", "person_id", "held_from", name=op.f("pk_assignments")
        ),
    )
    op.create_index(op.f("ix_assignments_person_id"), "assignments", ["person_id"], unique=False)


def _make_entry_changes() -> None:
    op.create_table(
        "entry_changes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=True),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("old_plain", sa.String(length=255), nullable=True),
        sa.Column("new_plain", sa.String(length=255), nullable=True),
        sa.Column("sealed_old", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_entry_changes_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_changes")),
    )
    op.create_index(op.f("ix_entry_changes_entry_id"), "entry_changes", ["entry_id"], unique=False)


def _make_entry_triggers() -> None:
    op.create_table(
        "entry_triggers",
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("trigger", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_entry_triggers_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "trigger", name=op.f("pk_entry_triggers")),
    )
    op.create_index(op.f("ix_entry_triggers_trigger"), "entry_triggers", ["trigger"], unique=False)


def _make_last_acts() -> None:
    op.create_table(
        "last_acts",
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_last_acts_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "kind", name=op.f("pk_last_acts")),
    )
    op.create_index(
        op.f("ix_last_acts_kind_last_acts_happened_on_last_acts_entry_id"),
        "last_acts",
        ["kind", "happened_on", "entry_id"],
        unique=False,
    )


def _make_records() -> None:
    op.create_table(
        "records",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("month_only", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=32), nullable=True),
        sa.Column("method", sa.String(length=64), nullable=True),
        sa.Column("result", sa.String(length=64), nullable=False),
        sa.Column("seen_in_person", sa.Boolean(), nullable=True),
        sa.Column("all_well", sa.Boolean(), nullable=True),
        sa.Column("late_entry", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=True),
        sa.Column("fingerprint", sa.String(length=43), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.String(length=32), nullable=True),
        sa.Column("void_reason", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_records_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
    )
    op.create_index(
        op.f("ix_records_entry_id_records_kind_records_happened_on"),
        "records",
        ["entry_id", "kind", "happened_on"],
        unique=False,
    )
    op.create_index(
        "uq_records_fingerprint",
        "records",
        ["fingerprint"],
        unique=True,
        sqlite_where=sa.text("voided_at IS NULL"),
        postgresql_where=sa.text("voided_at IS NULL"),
    )
