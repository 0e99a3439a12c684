"""The build hook that compiles catalogues."""

import gettext
from pathlib import Path

import pytest

from hatch_build import compile_catalogues

SENTENCE = 'msgid "done"\nmsgstr "已完成"\n'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Answer a catalogue with one sentence in a package of its own."""
    folder = tmp_path / "shop" / "locale" / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    path = folder / "shop.po"
    path.write_text(SENTENCE, encoding="utf-8")
    return path


def test_a_catalogue_is_compiled_to_what_gettext_reads(tmp_path: Path, source: Path) -> None:
    """The sentence comes back in Chinese."""
    assert compile_catalogues(tmp_path) == [source.with_suffix(".mo")]
    translations = gettext.translation("shop", tmp_path / "shop" / "locale", ["zh_CN"])
    assert translations.gettext("done") == "已完成"


@pytest.mark.usefixtures("source")
def test_an_unchanged_catalogue_is_left_alone(tmp_path: Path) -> None:
    """A second build writes nothing."""
    compile_catalogues(tmp_path)
    assert compile_catalogues(tmp_path) == []


def test_a_changed_catalogue_is_compiled_anew(tmp_path: Path, source: Path) -> None:
    """A corrected translation is seen after the next build."""
    compile_catalogues(tmp_path)
    source.write_text(SENTENCE.replace("已完成", "办完"), encoding="utf-8")
    assert compile_catalogues(tmp_path) == [source.with_suffix(".mo")]
