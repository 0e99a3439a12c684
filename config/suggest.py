"""“Did you mean …?” and “allowed: …” at the end of a sentence."""

from collections.abc import Iterable

from config.language import catalogue

_ = catalogue("config")

_MOST_SHOWN = 20
_MOST_COMPARED = 1000  # comparing is slow, and a hostile file may hold a great many names
_LONGEST = 60


def hint(found: str, allowed: Iterable[str]) -> str:
    """Answer what to add to a sentence about an unknown word; empty if there is nothing to say."""
    words = sorted(set(allowed), key=str) if not isinstance(allowed, list) else allowed
    if not words:
        return ""
    close = likely(found, words)
    if close:
        return close
    shown = ", ".join(words[:_MOST_SHOWN]) + (" …" if len(words) > _MOST_SHOWN else "")
    return _(" Allowed: %(words)s.") % {"words": shown}


def likely(found: str, words: list[str]) -> str:
    """Answer the question after the closest word; empty if none is close."""
    close = closest(found, words)
    return _(" Did you mean “%(word)s”?") % {"word": close} if close else ""


def closest(found: str, words: list[str]) -> str | None:
    """Answer the word that was probably meant; None if none is close."""
    if len(found) > _LONGEST:
        return None
    lowered = {word.lower(): word for word in words[:_MOST_COMPARED] if len(word) <= _LONGEST}
    if found.lower() in lowered:
        return lowered[found.lower()]
    from difflib import get_close_matches  # whoever makes no mistake never needs it

    cutoff = 0.5 if len(found) <= 4 else 0.6
    return next(iter(get_close_matches(found, lowered.values(), n=1, cutoff=cutoff)), None)
