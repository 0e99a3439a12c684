"""Consent, legal holds, and who was erased."""

import sqlalchemy as sa
from alembic import op

from ledgers.columns import Instant

revision = "r0012_rights"
down_revision = "r0011_access"


def upgrade() -> None:
    op.add_column("entries", sa.Column("consent", sa.String(length=64), nullable=True))
    op.add_column("entries", sa.Column("consent_on", sa.Date(), nullable=True))
    op.add_column("entries", sa.Column("reduced_on", sa.Date(), nullable=True))
    op.add_column("persons", sa.Column("reduced_on", sa.Date(), nullable=True))
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    op.create_index(op.f("ix_legal_holds_subject"), "legal_holds", ["subject"], unique=False)
    op.create_table(
        "erasures",
        sa.Column("subject_key", sa.String(length=43), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("subject_key", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_at"), "erasures", ["at"], unique=False)
