"""Full-width punctuation used as YAML syntax is put right; what is text stays text."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from config.fix import fix_punctuation
from config.punctuation import ASCII_OF, find_misplaced
from config.shipped import EXAMPLES


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("title：联系", "title: 联系"),
        ("rules：\n  季度联系：\n    say：联系", "rules:\n  季度联系:\n    say: 联系"),
        ("- at：0 days", "- at: 0 days"),
        ("－ a", "- a"),
        ("“a”：“b”", '"a": "b"'),
        ("a: ［甲，乙、丙］", "a: [甲, 乙, 丙]"),
        ("a: {b：1，c：2}", "a: {b: 1, c: 2}"),
        ("a: 【甲，乙】", "a: [甲, 乙]"),
        ("＃ 说明\na: 1", "# 说明\na: 1"),
        ("a:\n\u3000\u3000b: 1", "a:\n  b: 1"),
        ("days: [“monday”，“friday”]", 'days: ["monday", "friday"]'),
        ("a：1\r\nb：2\r\n", "a: 1\r\nb: 2\r\n"),
    ],
)
def test_syntax_is_put_right(typed: str, meant: str) -> None:
    """What was typed becomes what was meant, and YAML reads it."""
    assert fix_punctuation(typed) == meant
    yaml.safe_load(meant)


@pytest.mark.parametrize(
    "text",
    [
        "title: 重点：季度联系，一次",
        "title: “守望”行动",
        "title: 甲、乙【丙】",
        "a: '甲：乙，丙'",
        'a: "［甲，乙］"',
        "a: 1 # 注：意，“这里”",
        "# 说明：这里，那里",
        "a: |\n  甲：乙\n  “丙”，丁\nb: 1",
        "a: >-\n  甲：乙\n",
        "- 注意：先打电话",
        "a: 第一行\n  第二行：还是文字\nb: 1",
        "a: {title: 你好，世界}",
        "a: http://甲：80",
    ],
)
def test_text_stays_text(text: str) -> None:
    """Punctuation inside values, quotes, comments and block text is not touched."""
    assert fix_punctuation(text) == text


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_files_need_no_fixing(path: Path) -> None:
    """Their Chinese comments and values are full of full-width marks, all of them text."""
    assert find_misplaced(path.read_text("utf-8")) == []


_PIECES = st.sampled_from(
    [
        *ASCII_OF,
        *ASCII_OF.values(),
        "a",
        "键",
        "\n",
        "\n  ",
        "- ",
        "# ",
        "|",
        "\\",
        "a: ",
        "b：",
        "\r\n",
    ]
)


@given(st.lists(_PIECES, max_size=30).map("".join))
@settings(max_examples=500)
def test_fixing_twice_changes_nothing_more(text: str) -> None:
    """Fixing ends, leaves nothing to find, and changes single characters only."""
    once = fix_punctuation(text)
    assert find_misplaced(once) == []
    assert fix_punctuation(once) == once
    assert len(once.splitlines()) == len(text.splitlines())


@given(st.text(alphabet="ab儿：，“” ", max_size=20))
def test_quoted_text_is_never_changed(text: str) -> None:
    """Whatever stands in quotes stays as it is."""
    line = f"a: '{text}'"
    assert fix_punctuation(line) == line
