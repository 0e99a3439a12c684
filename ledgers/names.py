"""What people call a place, made comparable: 青山村, 青山 and 青山村民委员会 are one village."""

import re
import unicodedata
from functools import lru_cache

from config.lean import dataclass

_SPACE = re.compile(r"[\s\u200b-\u200d\ufeff]+")
_GROUP = re.compile(r"^(.{2,}?(?:村|社区))第?[\d一二三四五六七八九十]{1,3}(?:组|社|队|小组)$")
_VILLAGE_SUFFIXES = (
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("居民委员会", "社区"),
    ("居委会", "社区"),
    ("村村民委员会", "村"),
    ("村村委会", "村"),
    ("村民委员会", "村"),
    ("村委会", "村"),
    ("行政村", "村"),
    ("社区", "社区"),
    ("村", "村"),
)
_TOWN_SUFFIXES = (
    ("街道办事处", "街道"),
    ("民族乡人民政府", "乡"),
    ("镇人民政府", "镇"),
    ("乡人民政府", "乡"),
    ("镇政府", "镇"),
    ("乡政府", "乡"),
    ("街道办", "街道"),
    ("民族乡", "乡"),
    ("街道", "街道"),
    ("镇", "镇"),
    ("乡", "乡"),
)
_SHORTEST = 2  # letters that must be left: 新村 is a name, not a 村 called 新


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name without its suffix, and what kind the suffix says it is; '' says nothing."""

    base: str
    kind: str

    def fits(self, other: "PlaceName") -> bool:
        """Whether both can mean the same place; a bare name fits any kind."""
        return self.base == other.base and (not self.kind or not other.kind or self == other)


@lru_cache(maxsize=50_000)
def village_name(text: str) -> PlaceName:
    """Read a village's name; a group of households behind it (青山村3组) is left out."""
    plain = _plain(text)
    inside = _GROUP.match(plain)
    return _split(inside[1] if inside else plain, _VILLAGE_SUFFIXES)


@lru_cache(maxsize=5_000)
def town_name(text: str) -> PlaceName:
    """Read a township's name: 柳河镇, 柳河, 柳河镇人民政府."""
    return _split(_plain(text), _TOWN_SUFFIXES)


def full_village_name(text: str) -> str:
    """Answer the name to keep for a village that is only known by name: with its suffix.

    Without, where it would not be known again by it: 李村 is a name of its own, not that of 李.
    """
    name = village_name(text)
    full = name.base + (name.kind or "村")
    return full if village_name(full).fits(name) else name.base


def _plain(text: str) -> str:
    # Twice: what a space kept apart may belong together.
    return unicodedata.normalize("NFKC", _SPACE.sub("", unicodedata.normalize("NFKC", text)))


def _split(text: str, suffixes: tuple[tuple[str, str], ...]) -> PlaceName:
    for suffix, kind in suffixes:
        if text.endswith(suffix) and len(text) - len(suffix) >= _SHORTEST:
            return PlaceName(text.removesuffix(suffix), kind)
    # 新村民委员会: its name is 新村, one letter would be left otherwise
    for suffix, kind in suffixes:
        if suffix.startswith(kind) and text.endswith(suffix) and len(suffix) > len(kind):
            return PlaceName(text.removesuffix(suffix) + kind, kind)
    return PlaceName(text, "")
