"""A vault with keys of its own, and passwords that cost next to nothing."""

import pytest

from ledgers.access.effort import Effort
from ledgers.sealing import Keyring, Vault

CHEAP = Effort(memory=8, passes=1, lanes=1)


@pytest.fixture(scope="session")
def vault() -> Vault:
    """Answer a vault with keys of its own."""
    return Vault(Keyring.create())
