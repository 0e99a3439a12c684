"""“Did you mean …?” and “allowed: …” at the end of a sentence."""

from collections.abc import Iterable
from difflib import get_close_matches

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
    close = _closest(found, words[:_MOST_COMPARED])
    if close:
        return " " + _("Did you mean “%(word)s”?") % {"word": close[0]}
    shown = ", ".join(words[:_MOST_SHOWN]) + (" …" if len(words) > _MOST_SHOWN else "")
    return " " + _("Allowed: %(words)s.") % {"words": shown}


def _closest(found: str, words: list[str]) -> list[str]:
    if len(found) > _LONGEST:
        return []
    lowered = {word.lower(): word for word in words if len(word) <= _LONGEST}
    if found.lower() in lowered:
        return [lowered[found.lower()]]
    return get_close_matches(found, lowered.values(), n=1, cutoff=0.5 if len(found) <= 4 else 0.6)
