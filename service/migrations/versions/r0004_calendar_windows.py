"""Calendar windows."""

import sqlalchemy as sa
from alembic import op

revision = "r0004_calendar_windows"
down_revision = "r0003_ledger_fields"


def upgrade() -> None:
    _make_calendar_windows()


def _make_calendar_windows() -> None:
    op.create_table(
        "calendar_windows",
        sa.Column("calendar", sa.String(length=64), nullable=False),
        sa.Column("year_key", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "calendar", "year_key", "region", "known_on", name=op.f("pk_calendar_windows")
        ),
    )
