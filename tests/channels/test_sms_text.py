"""Parts of an SMS, as vendors bill them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.sms_text import GSM7, UCS2, SmsShape
from tests.repo.tracked import ROOT

PUBLISHED = json.loads((ROOT / "tests/data/sms/segmentation.json").read_text("utf-8"))
SIGNED = SmsShape("演示县民政局")
EMOJI = "\U0001f33b"


@pytest.mark.parametrize("vector", PUBLISHED["vectors"], ids=lambda vector: str(vector["length"]))
def test_parts_are_as_vendors_bill_them(vector: dict[str, int]) -> None:
    """70 characters alone, 67 in each of several; the signature and its brackets count."""
    assert SmsShape().parts("字" * vector["length"]) == vector["parts"]
    text = "字" * (vector["length"] - len("【演示县民政局】"))
    if vector["length"] > len("【演示县民政局】"):
        assert SIGNED.parts(text) == vector["parts"]


def test_a_character_beyond_the_plane_counts_two() -> None:
    """It travels as a surrogate pair."""
    assert SmsShape().parts("字" * 69 + "字") == 1
    assert SmsShape().parts("字" * 69 + EMOJI) == 2


def test_latin_is_shorter_only_where_a_gateway_says_so() -> None:
    """160 letters alone, 153 in each of several; escaped ones count two; one 字 ends it."""
    plain = SmsShape(gsm7=True)
    assert [plain.parts("a" * n) for n in (160, 161, 306, 307)] == [1, 2, 2, 3]
    assert plain.parts("€" * 80) == 1
    assert plain.parts("€" * 81) == 2
    assert plain.parts("a" * 70 + "字") == 2
    assert SmsShape().parts("a" * 71) == 2


def test_what_does_not_fit_is_cut_with_a_sign() -> None:
    """The text that is left fills its part; one that fits stays whole."""
    cut = SIGNED.cut("字" * 100, 1)
    assert len(SIGNED.whole(cut)) == 70
    assert cut.endswith("…")
    assert SIGNED.cut("好", 1) == "好"


@given(st.text(max_size=300), st.integers(1, 4), st.booleans())
@settings(deadline=None, max_examples=100)
def test_what_is_cut_always_fits(text: str, parts: int, gsm7: bool) -> None:
    """Whatever the text, whatever the alphabet."""
    shape = SmsShape("民政", gsm7=gsm7)
    assert shape.parts(shape.cut(text, parts)) <= parts


@given(st.integers(1, 8))
def test_room_is_what_parts_hold(parts: int) -> None:
    """One character more makes one part more."""
    for coding in (UCS2, GSM7):
        assert coding.parts(coding.room(parts)) == parts
        assert coding.parts(coding.room(parts) + 1) == parts + 1
