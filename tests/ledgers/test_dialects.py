"""Of SQLAlchemy's dialects a process loads the one of its database."""

import subprocess
import sys

import pytest

OPEN = """
import sys
import alerts.tables
from sqlalchemy import create_engine
create_engine(sys.argv[1])
print(*(name for name in sys.modules if name.startswith("sqlalchemy.dialects.")))
"""


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("sqlite://", "sqlalchemy.dialects.postgresql"),
        ("postgresql+psycopg://nobody.invalid/it", "sqlalchemy.dialects.sqlite"),
    ],
)
def test_the_other_database_s_dialect_stays_unread(url: str, other: str) -> None:
    """Tables say what is for one kind only without naming it."""
    asked = [sys.executable, "-c", OPEN, url]
    loaded = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    assert loaded
    assert other not in loaded
