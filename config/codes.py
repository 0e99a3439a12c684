"""Division codes as they are written."""

from config.findings import Finding, Findings
from config.language import catalogue
from config.shape import Loc

_ = catalogue("config")

_LENGTHS = frozenset({2, 4, 6, 9, 12})


def is_code(text: str) -> bool:
    """Tell whether a text is a division code of a known length."""
    return text.isascii() and text.isdecimal() and len(text) in _LENGTHS


def check_code(text: str, loc: Loc, *, at_key: bool = False) -> Findings:
    """Answer that a text is no division code, if so."""
    if not is_code(text):
        sentence = _("“%(text)s” is no division code; it has 2, 4, 6, 9 or 12 digits")
        yield Finding(loc, sentence % {"text": text}, at_key=at_key)


def check_region_key(text: str, loc: Loc, site: str) -> Findings:
    """Answer what is wrong with a code that changes something for one division."""
    if not is_code(text):
        yield from check_code(text, loc, at_key=True)
    elif not text.startswith(site) and not site.startswith(text):
        sentence = _("the region %(region)s lies outside %(site)s, so this never applies here")
        words = {"region": text, "site": site}
        yield Finding(loc, sentence % words, at_key=True, warning=True)
