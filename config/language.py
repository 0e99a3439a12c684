"""The words a user reads: gettext catalogues, one per package, in the language of the moment."""

import gettext
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("zh_CN", "en")
DEFAULT_LANGUAGE = "zh_CN"

_current: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)
_ROOT = Path(__file__).resolve().parent.parent


def current_language() -> str:
    """Answer the language in force here, one of `LANGUAGES`."""
    return _current.get()


def set_language(language: str) -> None:
    """Speak `language` from here on, in this context (thread or task); unknown ones mean the default."""
    _current.set(language if language in LANGUAGES else DEFAULT_LANGUAGE)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` inside the block only."""
    token = _current.set(language if language in LANGUAGES else DEFAULT_LANGUAGE)
    try:
        yield
    finally:
        _current.reset(token)


def catalogue(package: str) -> Callable[[str], str]:
    """Answer the translating function of one package.

    Message ids are the English sentences, so English needs no file; a sentence missing from a
    catalogue is shown in English rather than not at all (a test keeps that from happening).
    """

    def translate(message: str) -> str:
        return _translations(package, _current.get()).gettext(message)

    return translate


@cache
def _translations(package: str, language: str) -> gettext.NullTranslations:
    folder = _ROOT / package / "locale"
    return gettext.translation(package, folder, [language], fallback=True)
