"""Channels."""

import sqlalchemy as sa
from alembic import op

revision = "r0006_channels"
down_revision = "r0005_signals"


def upgrade() -> None:
    _make_awaited()
    _make_channel_state()
    _make_receipts()
    _make_send_log()
    op.add_column("persons", sa.Column("prefers", sa.String(length=64), nullable=True))


def _make_awaited() -> None:
    op.create_table(
        "awaited",
        sa.Column("attempt_id", sa.String(length=32), nullable=False),
        sa.Column("notice_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("out_id", sa.String(length=80), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_awaited")),
    )
    op.create_index(
        "ix_awaited_ask_at",
        "awaited",
        ["channel", "ask_at"],
        unique=False,
        sqlite_where=sa.text("ask_at IS NOT NULL"),
        postgresql_where=sa.text("ask_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_awaited_channel_awaited_out_id"), "awaited", ["channel", "out_id"], unique=False
    )
    op.create_index(
        op.f("ix_awaited_channel_awaited_reference"),
        "awaited",
        ["channel", "reference"],
        unique=False,
    )
    op.create_index(
        "ix_awaited_missed_at",
        "awaited",
        ["channel", "missed_at"],
        unique=False,
        sqlite_where=sa.text("missed_at IS NOT NULL"),
        postgresql_where=sa.text("missed_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_awaited_notice_id"), "awaited", ["notice_id"], unique=False)


def _make_channel_state() -> None:
    op.create_table(
        "channel_state",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("sealed_value", sa.LargeBinary(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_state")),
    )


def _make_receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("arrived", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint(
            "channel",
            "message",
            "part",
            "arrived",
            name=op.f("uq_receipts_channel_message_part_arrived"),
        ),
    )


def _make_send_log() -> None:
    op.create_table(
        "send_log",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("counter", sa.String(length=80), nullable=False),
        sa.Column("addressee", sa.String(length=43), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last", sa.DateTime(timezone=True), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_send_log")),
    )
    op.create_index(
        op.f("ix_send_log_counter_send_log_addressee_send_log_last"),
        "send_log",
        ["counter", "addressee", "last"],
        unique=False,
    )
    op.create_index(
        op.f("ix_send_log_counter_send_log_last"), "send_log", ["counter", "last"], unique=False
    )
