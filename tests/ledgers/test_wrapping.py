"""The master key wraps keys, each for its own id."""

import pytest

from ledgers.errors import KeyFileBroken, WrappedKeyBroken
from ledgers.wrapping import MasterKey

KEY = b"k" * 32


def test_a_wrapped_key_opens_with_its_master_key() -> None:
    """Wrapping twice gives other bytes, and the same key."""
    master = MasterKey.create()
    one, other = master.wrap("a1", KEY), master.wrap("a1", KEY)
    assert one != other
    assert master.unwrap("a1", one) == master.unwrap("a1", other) == KEY
    assert KEY not in one


@pytest.mark.parametrize("at", [0, 12, 40, 59])
def test_a_changed_byte_is_found(at: int) -> None:
    """In the nonce, the key or the tag."""
    master = MasterKey.create()
    wrapped = bytearray(master.wrap("a1", KEY))
    wrapped[at] ^= 1
    with pytest.raises(WrappedKeyBroken, match="a1"):
        master.unwrap("a1", bytes(wrapped))


def test_a_key_does_not_open_under_another_id_or_master_key() -> None:
    """So nobody can put an old key in the place of the current one."""
    master = MasterKey.create()
    wrapped = master.wrap("a1", KEY)
    with pytest.raises(WrappedKeyBroken):
        master.unwrap("b2", wrapped)
    with pytest.raises(WrappedKeyBroken):
        MasterKey.create().unwrap("a1", wrapped)


def test_it_is_one_line_and_its_id_tells_nothing() -> None:
    """White space around it, as editors and commands leave it, does no harm."""
    master = MasterKey.create()
    again = MasterKey.from_text(f"\n {master.to_text()}\n", "somewhere")
    assert again == master
    assert (len(master.id), again.id) == (8, master.id)
    assert master.id != MasterKey.create().id
    assert master.key.hex() not in repr(master)


@pytest.mark.parametrize("text", ["", "not base64!", "a2V5", "ä"])
def test_what_is_no_master_key_is_refused(text: str) -> None:
    """And the sentence says where it came from, not what it was."""
    with pytest.raises(KeyFileBroken, match="somewhere"):
        MasterKey.from_text(text, "somewhere")
