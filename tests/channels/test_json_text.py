"""JSON on its way out and in."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.json_text import json_bytes, json_text, parsed

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150)
@given(DOCUMENTS)
def test_it_is_what_the_standard_library_would_write(document: object) -> None:
    """To the byte, without blanks, and read back as it was."""
    expected = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    assert json_text(document) == expected
    assert json_bytes(document) == expected.encode()
    assert parsed(expected.encode()) == document


def test_half_a_character_becomes_a_question_mark() -> None:
    """It has no bytes, and the rest of the message is worth sending."""
    assert json_bytes({"text": "走访\ud83d3户"}) == '{"text":"走访?3户"}'.encode()


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_other_codings_are_read_by_their_first_bytes(coding: str) -> None:
    """Some gateways' servers write so."""
    assert parsed('{"说":"好"}'.encode(coding)) == {"说": "好"}


def test_an_escaped_half_of_a_character_is_read() -> None:
    """As the standard library does."""
    assert parsed(b'"\\ud83d"') == "\ud83d"


@pytest.mark.parametrize("content", [b"", b"{", b"no", b"\xff\xff", b"[" * 100_000, b'{"a":1}}'])
def test_anything_else_is_no_document(content: bytes) -> None:
    """However deep it goes."""
    with pytest.raises(ValueError):  # noqa: PT011  # each decoder has its own
        parsed(content)
