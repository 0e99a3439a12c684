"""Whatever is done to a configuration, it loads or is refused in words, soon."""

import tempfile
import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import ConfigurationErrors
from config.fix import fix_punctuation
from config.loader import load, read

_GOOD = Path(__file__).parent / "good"
_LINES = (_GOOD / "smallest.yaml").read_text("utf-8").splitlines()
_EVERY_KIND = (_GOOD / "every-kind.yaml").read_text("utf-8").splitlines()
_SPOILT = st.sampled_from(
    ["", "null", "~", "[]", "{}", "[a, [b]]", "{a: {b: c}}", "- x", "：", "x：y", "，", "no", "-1", "99999999999",
     "9" * 400, "2026-02-30", "0 days", "-9999 years", "&a", "*a", "'", '"', "${A}", "${", "$${", "?", "|", "!!x y"]
)  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """Take a good configuration and spoil some of its lines."""
    lines = list(draw(st.sampled_from([_LINES, _EVERY_KIND])))
    for _change in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(["drop", "value", "key", "indent", "twice", "insert"]))
        key, colon, value = lines[at].partition(":")
        word = draw(_SPOILT)
        if kind == "drop":
            lines[at] = ""
        elif kind == "value":
            lines[at] = f"{key}{colon} {word}"
        elif kind == "key":
            lines[at] = f"{key}{draw(st.sampled_from('xs_儿'))}{colon}{value}"
        elif kind == "indent":
            lines[at] = draw(st.sampled_from(["  ", " ", "\t", "- "])) + lines[at]
        elif kind == "twice":
            lines.insert(at, lines[at])
        else:
            lines.insert(at, key[: len(key) - len(key.lstrip())] + word)
    return "\n".join(lines)


@given(spoilt())
@settings(max_examples=250)
def test_a_spoilt_configuration_is_refused_in_words(text: str) -> None:
    """Each mistake has a line of the file and a sentence; none ends in a traceback."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spoilt.yaml"
        path.write_text(text, "utf-8")
        started = time.perf_counter()
        try:
            read(path, {"A": "b"})
        except ConfigurationErrors as error:
            lines = text.count("\n") + 1
            assert all(1 <= one.place.line <= lines for one in error.problems)  # noqa: PT017
            assert all(one.sentence for one in error.problems)  # noqa: PT017
        assert time.perf_counter() - started < 5


@given(spoilt())
@settings(max_examples=100)
def test_fixing_a_half_width_file_changes_nothing_else(text: str) -> None:
    """Lines without a full-width mark come out as they went in."""
    for before, after in zip(text.splitlines(), fix_punctuation(text).splitlines(), strict=True):
        assert before == after or any(mark in before for mark in "：，“”")


def test_thousands_of_wrong_names_take_no_longer_than_a_few_seconds(tmp_path: Path) -> None:
    """“Did you mean” is not asked without bound."""
    groups = "".join(f"  group-number-{n}: {{ledger: childen}}\n" for n in range(20_000))
    path = tmp_path / "many.yaml"
    path.write_text("\n".join(_LINES).replace("groups:\n", "groups:\n" + groups), "utf-8")
    started = time.perf_counter()
    try:
        load(path, {})
    except ConfigurationErrors as error:
        assert len(error.problems) > 100  # noqa: PT017
    assert time.perf_counter() - started < 20
