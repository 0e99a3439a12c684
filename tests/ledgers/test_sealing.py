"""A sealed value is good for its own place and key, and for nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.errors import UnreadableValue
from ledgers.sealing import Keyring, Spot, Vault

VAULT = Vault(Keyring.create())
HERE = Spot("persons", "sealed_phone", "a1")
PHONE = "15400000001"


@given(st.text())
def test_what_was_sealed_is_opened(text: str) -> None:
    """Any text, and never to the same bytes twice."""
    sealed = VAULT.seal(text, HERE)
    assert VAULT.open(sealed, HERE) == text
    assert VAULT.seal(text, HERE) != sealed


@pytest.mark.parametrize(
    "elsewhere",
    [
        Spot("entries", "sealed_phone", "a1"),
        Spot("persons", "sealed_email", "a1"),
        Spot("persons", "sealed_phone", "a2"),
    ],
)
def test_a_value_opens_only_in_its_place(elsewhere: Spot) -> None:
    """Whoever copies it to another table, column or row has nothing."""
    with pytest.raises(UnreadableValue):
        VAULT.open(VAULT.seal(PHONE, HERE), elsewhere)


def test_a_row_is_sealed_as_its_values_would_be() -> None:
    """Each column for its own place."""
    sealed = VAULT.seal_row("persons", "a1", {"sealed_phone": PHONE, "sealed_name": "李示例"})
    assert VAULT.open(sealed["sealed_phone"], HERE) == PHONE
    with pytest.raises(UnreadableValue):
        VAULT.open(sealed["sealed_name"], HERE)


@given(st.integers(min_value=0))
def test_a_changed_byte_is_found(place: int) -> None:
    """Wherever it is: format, key id, nonce, text or tag."""
    sealed = bytearray(VAULT.seal(PHONE, HERE))
    sealed[place % len(sealed)] ^= 1
    with pytest.raises(UnreadableValue):
        VAULT.open(bytes(sealed), HERE)


def test_another_sites_keys_open_nothing() -> None:
    """Nor do they find anything by look-up."""
    other = Vault(Keyring.create())
    with pytest.raises(UnreadableValue):
        other.open(VAULT.seal(PHONE, HERE), HERE)
    assert other.lookup("phone", PHONE) != VAULT.lookup("phone", PHONE)
