"""What people call things on the command line is found, or asked back."""

from pathlib import Path

import pytest

from config.loader import read
from config.model import Configuration
from service.errors import SeveralMeant, UnknownName
from service.naming import kind_called
from tests.service.sites import write_site


def configured(folder: Path, done_by: str) -> Configuration:
    """Answer a configuration whose one rule says 走访."""
    path = write_site(folder)
    text = path.read_text("utf-8").replace("say: 联系", "say: 走访")
    text = text.replace("done_by: contact", f"done_by: {done_by}")
    text = text.replace("records:\n", "records:\n  visit: {title: 入户走访}\n")
    path.write_text(text, encoding="utf-8")
    return read(path, {}).configuration


@pytest.mark.parametrize("word", ["visit", "入户走访", "走访"])
def test_a_kind_has_a_name_a_title_and_what_its_rule_says(tmp_path: Path, word: str) -> None:
    """The word that stands in every message is understood when it is recorded."""
    assert kind_called(configured(tmp_path, "visit"), word) == "visit"


def test_a_word_for_several_kinds_is_asked_back(tmp_path: Path) -> None:
    """Where a rule is closed by either, nobody guesses which was meant."""
    with pytest.raises(SeveralMeant, match=r"contact 联系.*visit 入户走访"):
        kind_called(configured(tmp_path, "[visit, contact]"), "走访")


def test_a_word_nobody_uses_is_unknown(tmp_path: Path) -> None:
    """It is named in the sentence."""
    with pytest.raises(UnknownName, match="家访"):
        kind_called(configured(tmp_path, "visit"), "家访")
