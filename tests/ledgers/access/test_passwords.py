"""Passwords as they are kept."""

from dataclasses import replace

from ledgers.access.effort import RECOMMENDED, Effort
from ledgers.access.passwords import Hasher, nobodys
from ledgers.sealing import Keyring, Vault
from tests.ledgers.access.conftest import CHEAP


def test_a_password_fits_its_own_hash_only(vault: Vault) -> None:
    """Each hash has a salt of its own, and nothing of the password in it."""
    hasher = Hasher(vault, CHEAP)
    kept, again = hasher.hash("u1", "清风徐来水波不兴"), hasher.hash("u1", "清风徐来水波不兴")
    assert kept != again
    assert hasher.fits("u1", "清风徐来水波不兴", kept)
    assert not hasher.fits("u1", "清风徐来水波不行", kept)


def test_full_width_is_half_width(vault: Vault) -> None:
    """The same password comes from every keyboard (NFKC)."""
    hasher = Hasher(vault, CHEAP)
    assert hasher.fits(
        "u1", "correct horse 42", hasher.hash("u1", "ｃｏｒｒｅｃｔ　ｈｏｒｓｅ　４２")
    )


def test_a_hash_is_of_no_use_under_another_user(vault: Vault) -> None:
    """Whoever can write in the database cannot give another user his own password."""
    hasher = Hasher(vault, CHEAP)
    kept = hasher.hash("mine", "清风徐来水波不兴")
    assert not hasher.fits("yours", "清风徐来水波不兴", kept)


def test_without_the_sites_key_nothing_can_be_tried(vault: Vault) -> None:
    """The right password does not fit under another key: a stolen database is not enough."""
    kept = Hasher(vault, CHEAP).hash("u1", "清风徐来水波不兴")
    assert not Hasher(Vault(Keyring.create()), CHEAP).fits("u1", "清风徐来水波不兴", kept)


def test_a_hash_of_other_effort_is_out_of_date(vault: Vault) -> None:
    """In each of its three measures; it still fits."""
    kept = Hasher(vault, CHEAP).hash("u1", "清风徐来水波不兴")
    assert Hasher(vault, CHEAP).is_current(kept)
    dearer = [
        replace(CHEAP, memory=16),
        replace(CHEAP, passes=2),
        replace(CHEAP, lanes=2, memory=16),
    ]
    for effort in dearer:
        assert not Hasher(vault, effort).is_current(kept)
        assert Hasher(vault, effort).fits("u1", "清风徐来水波不兴", kept)


def test_nobodys_hash_costs_what_others_do(vault: Vault) -> None:
    """A name that nobody has is tried with the same effort, and never fits."""
    for effort in (CHEAP, Effort(memory=32, passes=2, lanes=4)):
        hasher = Hasher(vault, effort)
        assert hasher.is_current(nobodys(effort))
        assert not hasher.fits("", "", nobodys(effort))


def test_the_usual_effort_is_what_the_rfc_recommends() -> None:
    """RFC 9106: 64 MiB, three passes, four lanes."""
    assert Effort(memory=65536, passes=3, lanes=4) == RECOMMENDED
    assert Hasher(Vault(Keyring.create())).effort == RECOMMENDED
