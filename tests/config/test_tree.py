"""YAML becomes text with places, within limits, and nothing is guessed."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import ConfigurationErrors, Problem
from config.language import speaking
from config.places import locate, plain, written
from config.tree import MAX_ALIASES, MAX_BYTES, MAX_DEPTH, Node, merged, parse


def values(text: str) -> Any:
    """Answer the plain values of a text."""
    root = parse(text, "f.yaml")
    return None if root is None else plain(root)


def refusal(text: str) -> str:
    """Answer why a text is refused, in English."""
    with speaking("en"), pytest.raises(ConfigurationErrors) as caught:
        parse(text, "f.yaml")
    return "\n".join(map(str, caught.value.problems))


@pytest.mark.parametrize(
    "word",
    ["no", "NO", "off", "y", "12:30", "010101", "0x1f", "1_000", "1e3", "2026-12-01", ".inf"],
)
def test_plain_words_stay_text(word: str) -> None:
    """What YAML 1.1 reads as false, a number or a date is the text that was typed, quoted or not."""
    assert values(f"a: {word}") == values(f"a: '{word}'") == {"a": word}


def test_on_is_a_key_like_any_other() -> None:
    """`on:` is not the key true."""
    assert values("on: 1\nyes: 2") == {"on": "1", "yes": "2"}


def test_a_key_left_empty_is_as_if_not_written() -> None:
    """Commenting out all that stands below a key takes nothing away."""
    assert values("a:\n  # b: 1\nc: 1") == {"c": "1"}


def test_quoted_null_and_empty_are_text() -> None:
    """Only a plain null means nothing."""
    assert values("a: 'null'\nb: ''\nc: null\nd: ~") == {"a": "null", "b": ""}


def test_each_value_and_key_knows_its_place() -> None:
    """Lines and columns count from 1."""
    root = parse("a:\n  - b: 1\n    儿童: [x, yy]\n", "f.yaml")
    assert root is not None
    path = ("a", 0, "儿童", 1)
    assert str(locate(root, path[:3]).key_place) == "f.yaml:3:5"
    assert str(locate(root, path).node.place) == "f.yaml:3:13"
    assert written(locate(root, path).path) == "a[1].儿童[2]"


def test_a_few_aliases_are_fine() -> None:
    """An anchor may be used again."""
    assert values("a: &x [1, 2]\nb: *x") == {"a": ["1", "2"], "b": ["1", "2"]}


@pytest.mark.parametrize("count", [MAX_ALIASES - 1, MAX_ALIASES, MAX_ALIASES + 1])
def test_aliases_are_limited(count: int) -> None:
    """Fifty, and not one more."""
    text = "a: &x 1\n" + "".join(f"b{n}: *x\n" for n in range(count))
    if count <= MAX_ALIASES:
        assert len(values(text)) == count + 1
    else:
        assert "more than 50 aliases" in refusal(text)


@pytest.mark.parametrize("depth", [MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1])
def test_depth_is_limited(depth: int) -> None:
    """Twenty levels, and not one more."""
    text = "[" * (depth - 1) + "x" + "]" * (depth - 1)
    if depth <= MAX_DEPTH:
        assert values(text) is not None
    else:
        assert refusal(text) == "f.yaml:1:21: nested deeper than 20 levels"


@pytest.mark.parametrize("bracket", ["[", "{a: ", "- ", "? "])
def test_a_hundred_thousand_levels_are_refused_at_once(bracket: str) -> None:
    """The parser's own recursion is never reached: it would end the process."""
    assert "nested deeper" in refusal(bracket * 100_000) or "a key must be" in refusal(
        bracket * 100_000
    )


def test_size_is_limited() -> None:
    """A megabyte is enough for any county."""
    assert f"larger than {MAX_BYTES}" in refusal("a: " + "儿" * (MAX_BYTES // 3))


def test_many_mistakes_are_told_up_to_a_hundred() -> None:
    """A file that is nothing but mistakes ends early."""
    text = "".join(f"- {{a: 1, a: {n}}}\n" for n in range(1000))
    assert refusal(text).count("\n") == 99


def test_overriding_goes_key_by_key_and_lists_replace() -> None:
    """A null takes away what lies below it."""
    base = parse("a: {x: 1, y: [1, 2], z: 3}\nb: 1", "base.yaml")
    over = parse("a: {y: [9], z: null, w: 4}\nc: null", "over.yaml")
    assert base is not None
    assert over is not None
    both = merged(base, over)
    assert plain(both) == {"a": {"x": "1", "y": ["9"], "w": "4"}, "b": "1"}
    assert isinstance(both.value, dict)
    assert both.value["b"].place.file == "base.yaml"
    assert both.value["a"].keys["x"].file == "base.yaml"
    assert both.value["a"].keys["w"].file == "over.yaml"


_PIECES = st.sampled_from(
    ["a", "b: ", ": ", "- ", "\n", "\n  ", "\t", "[", "]", "{", "}", ",", "&x ", "*x", "!!t ", "|\n", ">",
     "'", '"', "#", "：", "，", "“", "”", "［", "］", "%", "@", "---\n", "...", "? ", "<<: ", "~", "null", "\\",
     "\x00", "\u2028", "\ufeff", "儿童", "${X}", "$${"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=40).map("".join) | st.text(max_size=60))
@settings(max_examples=400)
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    """There is no text that ends in another error."""
    problems: tuple[Problem, ...] = ()
    root: Node | None = None
    try:
        root = parse(text, "f.yaml")
    except ConfigurationErrors as error:
        problems = error.problems
        assert problems  # a refusal without a reason is as bad as a crash
    assert all(one.place.line >= 1 and one.place.column >= 1 for one in problems)
    assert root is None or isinstance(root.value, str | list | dict | None)
