"""Each package speaks the language of the moment, and English where a word is missing."""

from contextvars import copy_context

from config.language import catalogue, current_language, set_language, speaking

_ = catalogue("config")


def test_sentences_follow_the_language_of_the_moment() -> None:
    """Translated when spoken, not when defined."""
    assert _("the file is empty") == "文件是空的"
    with speaking("en"):
        assert _("the file is empty") == "the file is empty"
    assert _("the file is empty") == "文件是空的"


def test_a_sentence_without_translation_is_shown_in_english() -> None:
    """Better than nothing at all."""
    assert catalogue("config")("never written") == "never written"
    assert catalogue("nosuchpackage")("never written") == "never written"


def test_an_unknown_language_means_the_default() -> None:
    """The language may come from a locale like fr_FR."""
    with speaking("en"), speaking("fr_FR"):
        assert current_language() == "zh_CN"


def test_each_context_has_its_own_language() -> None:
    """A thread or task that speaks English changes nobody else's language."""
    copy_context().run(set_language, "en")
    assert current_language() == "zh_CN"
