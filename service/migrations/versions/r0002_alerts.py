"""Alerts."""

import sqlalchemy as sa
from alembic import op

revision = "r0002_alerts"
down_revision = "r0001_ledgers"


def upgrade() -> None:
    _make_matters()
    _make_progress()
    _make_rule_versions()
    _make_silences()
    _make_notices()
    _make_alerts()
    _make_attempts()
    _make_first_dues()
    _make_form_lines()
    _make_steps()
    _make_tellings()
    _make_outcomes()


def _make_matters() -> None:
    op.create_table(
        "matters",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=True),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), server_default="{}", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_told_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matters")),
    )
    op.create_index(
        "uq_matters_open",
        "matters",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _make_progress() -> None:
    op.create_table(
        "progress",
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("variant", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("timing_hash", sa.String(length=64), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "variant", "step", name=op.f("pk_progress")),
    )


def _make_rule_versions() -> None:
    op.create_table(
        "rule_versions",
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("timing_hash", sa.String(length=64), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("rule", "version", name=op.f("pk_rule_versions")),
    )


def _make_silences() -> None:
    op.create_table(
        "silences",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
    )


def _make_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("class", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=64), nullable=True),
        sa.Column("unknown_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("may_repeat", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_notices_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "person_id",
            "channel",
            "slot",
            "revision",
            name=op.f("uq_notices_person_id_channel_slot_revision"),
        ),
    )
    op.create_index(
        "ix_notices_due",
        "notices",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _make_alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("anchor", sa.String(length=64), nullable=False),
        sa.Column("cycle", sa.Integer(), server_default="1", nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("variant", sa.String(length=64), server_default="", nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_how", sa.String(length=64), nullable=True),
        sa.Column("closing_record", sa.String(length=32), nullable=True),
        sa.Column("deferred_until", sa.Date(), nullable=True),
        sa.Column("deferred_reason", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_alerts_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint(
            "rule", "entry_id", "anchor", "cycle", name=op.f("uq_alerts_rule_entry_id_anchor_cycle")
        ),
    )
    op.create_index(op.f("ix_alerts_entry_id"), "alerts", ["entry_id"], unique=False)
    op.create_index(
        "ix_alerts_open_next_at",
        "alerts",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _make_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("notice_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("out_id", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.String(length=200), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("telling_ids", sa.Text(), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=True),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_attempts_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_notice_id"), "attempts", ["notice_id"], unique=False)


def _make_first_dues() -> None:
    op.create_table(
        "first_dues",
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_first_dues_entry_id")),
        sa.PrimaryKeyConstraint("rule", "entry_id", name=op.f("pk_first_dues")),
    )
    op.create_index(op.f("ix_first_dues_entry_id"), "first_dues", ["entry_id"], unique=False)
    op.create_index(
        op.f("ix_first_dues_rule_first_dues_due_on"), "first_dues", ["rule", "due_on"], unique=False
    )


def _make_form_lines() -> None:
    op.create_table(
        "form_lines",
        sa.Column("form_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_form_lines_entry_id")),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_form_lines_form_id")),
        sa.PrimaryKeyConstraint("form_id", "entry_id", "kind", name=op.f("pk_form_lines")),
    )


def _make_steps() -> None:
    op.create_table(
        "steps",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("alert_id", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("occurrence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("after_due", sa.Boolean(), nullable=False),
        sa.Column("escalation", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("waiting", sa.String(length=255), nullable=False),
        sa.Column("ended", sa.String(length=64), nullable=True),
        sa.Column("ended_reason", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_steps_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steps")),
        sa.UniqueConstraint(
            "alert_id", "step", "occurrence", name=op.f("uq_steps_alert_id_step_occurrence")
        ),
    )
    op.create_index(
        "ix_steps_waiting",
        "steps",
        ["on_date"],
        unique=False,
        sqlite_where=sa.text("waiting <> ''"),
        postgresql_where=sa.text("waiting <> ''"),
    )


def _make_tellings() -> None:
    op.create_table(
        "tellings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("step_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("alert_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=True),
        sa.Column("via", sa.String(length=32), nullable=True),
        sa.Column("notice_id", sa.String(length=32), nullable=True),
        sa.Column("merged_into", sa.String(length=32), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_tellings_alert_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_tellings_person_id")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_tellings_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tellings")),
        sa.UniqueConstraint("step_id", "person_id", name=op.f("uq_tellings_step_id_person_id")),
    )
    op.create_index(op.f("ix_tellings_alert_id"), "tellings", ["alert_id"], unique=False)
    op.create_index(op.f("ix_tellings_notice_id"), "tellings", ["notice_id"], unique=False)


def _make_outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("telling_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was", sa.String(length=64), nullable=True),
        sa.Column("became", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=True),
        sa.Column("notice_id", sa.String(length=32), nullable=True),
        sa.Column("attempt_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["telling_id"], ["tellings.id"], name=op.f("fk_outcomes_telling_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
    )
    op.create_index(op.f("ix_outcomes_telling_id"), "outcomes", ["telling_id"], unique=False)
