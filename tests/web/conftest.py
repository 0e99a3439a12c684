"""An office and a director whose links are opened, on a database of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledgers.access.effort import Effort
from ledgers.access.passwords import Hasher
from ledgers.access.signing_in import Door
from ledgers.audit_chain import bind
from ledgers.sealing import Keyring, Vault
from tests.databases import copy_of


@pytest.fixture
def door(sqlite_template: Path) -> Iterator[Door]:
    """Answer a door whose passwords cost next to nothing."""
    vault = Vault(Keyring.create())
    with copy_of(sqlite_template) as database:
        bind(database, vault)
        yield Door(database, Hasher(vault, Effort(memory=8, passes=1, lanes=1)))
