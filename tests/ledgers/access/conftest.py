"""A door with cheap passwords, on each kind of database in turn."""

import pytest

from ledgers.access.effort import Effort
from ledgers.access.passwords import Hasher
from ledgers.access.signing_in import Door
from ledgers.audit_chain import bind
from ledgers.database import Database
from ledgers.sealing import Keyring, Vault
from tests.ledgers.access.people import Office

CHEAP = Effort(memory=8, passes=1, lanes=1)


@pytest.fixture(scope="session")
def vault() -> Vault:
    """Answer a vault with keys of its own."""
    return Vault(Keyring.create())


@pytest.fixture
def door(database: Database, vault: Vault) -> Door:
    """Answer a door whose passwords cost next to nothing."""
    bind(database, vault)
    return Door(database, Hasher(vault, CHEAP))


@pytest.fixture
def office(door: Door) -> Office:
    """Answer an office in which a township's officer may sign in."""
    return Office(door)
