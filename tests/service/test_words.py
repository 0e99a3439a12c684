"""What commands call things by."""

import pytest

from alerts.matters import MatterKind
from config.language import LANGUAGES, speaking
from service.words import matter_words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_matter_has_words(language: str) -> None:
    """`status` never shows our own name for one."""
    with speaking(language):
        words = matter_words()
    assert words.keys() == set(MatterKind)
    assert not set(words.values()) & set(MatterKind)
