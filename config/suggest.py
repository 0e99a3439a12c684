"""“Did you mean …?” and “allowed: …” at the end of a sentence."""

from collections.abc import Iterable
from difflib import get_close_matches

from config.language import catalogue

_ = catalogue("config")

_MOST_SHOWN = 20


def hint(found: str, allowed: Iterable[str]) -> str:
    """Answer what to add to a sentence about an unknown word; empty if there is nothing to say."""
    words = sorted(set(allowed), key=str) if not isinstance(allowed, list) else allowed
    if not words:
        return ""
    cutoff = 0.5 if len(found) <= 4 else 0.6
    close = get_close_matches(found, words, n=1, cutoff=cutoff)
    if not close:
        lowered = {word.lower(): word for word in words}
        close = [lowered[found.lower()]] if found.lower() in lowered else []
    if close:
        return " " + _("Did you mean “%(word)s”?") % {"word": close[0]}
    shown = ", ".join(words[:_MOST_SHOWN]) + (" …" if len(words) > _MOST_SHOWN else "")
    return " " + _("Allowed: %(words)s.") % {"words": shown}
