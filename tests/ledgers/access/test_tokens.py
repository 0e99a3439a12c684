"""Tokens and codes that are given out."""

from hypothesis import given
from hypothesis import strategies as st

from ledgers.access.tokens import is_ours, key_of, new_digits, new_token, new_words
from ledgers.sealing import Keyring, Vault

VAULT = Vault(Keyring.create())
TOKEN = new_token(VAULT, "link")


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("AZaz09-_é"))
def test_a_changed_token_is_not_ours(at: int, letter: str) -> None:
    """Whichever of its letters was changed."""
    changed = TOKEN[:at] + letter + TOKEN[at + 1 :]
    assert is_ours(VAULT, "link", changed) == (changed == TOKEN)


@given(st.text(max_size=80))
def test_a_made_up_token_is_not_ours(text: str) -> None:
    """Whatever letters it has."""
    assert not is_ours(VAULT, "link", text)


def test_a_token_is_of_one_kind_and_one_site() -> None:
    """A link's token opens no session, nor anything under other keys."""
    assert not is_ours(VAULT, "session", TOKEN)
    assert not is_ours(Vault(Keyring.create()), "link", TOKEN)


def test_tokens_are_long_new_and_fit_an_address() -> None:
    """256 random bits each; only letters that need no escaping."""
    made = {new_token(VAULT, "link") for _ in range(50)}
    assert len(made) == 50
    assert all(len(one) == 59 and one.replace("-", "").replace("_", "").isalnum() for one in made)


def test_what_is_kept_is_not_the_token() -> None:
    """A keyed hash: whoever reads the database cannot use it."""
    kept = key_of(VAULT, "link", TOKEN)
    assert TOKEN not in kept
    assert kept != key_of(Vault(Keyring.create()), "link", TOKEN)


def test_codes_are_easily_read_and_of_one_length() -> None:
    """No letter that is taken for another; digits keep their leading noughts."""
    assert all(len(code) == 14 and not set(code) & set("01oil") for code in new_words(50))
    assert {len(new_digits(6)) for _ in range(200)} == {6}
