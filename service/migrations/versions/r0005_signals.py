"""Signals."""

import sqlalchemy as sa
from alembic import op

revision = "r0005_signals"
down_revision = "r0004_calendar_windows"


def upgrade() -> None:
    _make_signals()
    _make_answers()
    _make_rungs()


def _make_signals() -> None:
    op.create_table(
        "signals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by", sa.String(length=32), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_signals_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sa.UniqueConstraint("rule", "source", name=op.f("uq_signals_rule_source")),
    )
    op.create_index(
        "ix_signals_live",
        "signals",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _make_answers() -> None:
    op.create_table(
        "answers",
        sa.Column("alert_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_answers_alert_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_answers_person_id")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_answers")),
    )


def _make_rungs() -> None:
    op.create_table(
        "rungs",
        sa.Column("alert_id", sa.String(length=32), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_rungs_alert_id")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_rungs")),
    )
    op.create_index(op.f("ix_rungs_next_at"), "rungs", ["next_at"], unique=False)
