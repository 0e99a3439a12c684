"""Echoes."""

import sqlalchemy as sa
from alembic import op

revision = "r0008_echoes"
down_revision = "r0007_differences"


def upgrade() -> None:
    op.add_column("notices", sa.Column("echo_of", sa.String(length=32), nullable=True))
    op.create_index(
        "ix_notices_echo_of",
        "notices",
        ["echo_of"],
        unique=False,
        sqlite_where=sa.text("echo_of IS NOT NULL"),
        postgresql_where=sa.text("echo_of IS NOT NULL"),
    )
