"""Turns what a row says about a place into a division code, inventing local codes where needed."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from config.lean import dataclass
from ledgers.codes import TOWN, VILLAGE, normal_code
from ledgers.names import PlaceName, full_village_name, town_name, village_name
from ledgers.regions import Region

_LOCAL_RANGES = (range(901, 1000), range(601, 901))
"""Last three digits of local codes: the statistical codes do not reach there."""

_COUNTY = 6

_LONGEST = 90
"""Letters of a name that are kept: nothing longer is one, and a column has room for 100."""


class PlaceProblem(StrEnum):
    """Why a place stays unknown."""

    MISSING = "place-missing"
    CODE_OUTSIDE = "region-code-outside"
    TOWN_AMBIGUOUS = "town-ambiguous"
    VILLAGE_AMBIGUOUS = "village-ambiguous"
    TOWN_MISSING = "town-missing"
    TOWN_UNKNOWN = "town-unknown"
    NO_CODE_LEFT = "no-local-code-left"


@dataclass(frozen=True, slots=True)
class Written:
    """A place as a row writes it; None: the row says nothing."""

    town: str | None = None
    village: str | None = None
    code: str | None = None


class Places:
    """The divisions of one site, found by code or by name. Collects those it had to invent.

    A township or village under a known parent that is not known by name gets a local code, so that
    a ledger with names only can be imported. A village without its township is taken only if one
    village of the county has that name.
    """

    def __init__(self, site: str, known: Iterable[Region]) -> None:
        self._site = site
        self._names: dict[str, str] = {}
        self._below: dict[str, list[tuple[PlaceName, str]]] = defaultdict(list)
        self._by_base: dict[str, list[tuple[PlaceName, str]]] = defaultdict(list)
        self._all_towns: list[tuple[str, str]] = []
        self._town_bases: set[str] = set()
        self._answers: dict[Written, str | PlaceProblem] = {}
        self.invented: list[Region] = []
        for region in known:
            self._add(region)

    def name_site(self, name: str | None) -> None:
        """Add the site's own division, if nobody has named it yet: something lies in it itself."""
        if name is not None and self._site not in self._names:
            self._invent(Region(self._site, name))

    def name(self, code: str) -> str | None:
        """Answer a division's name, None if it is not known."""
        return self._names.get(code)

    def villages_called(self, base: str) -> int:
        """Answer how many villages of the site have this name, suffixes aside."""
        return len(self._by_base.get(base, ()))

    def is_prefix(self, text: str) -> bool:
        """Whether a village number could begin so: with a village's or township's short name."""
        plain = text.rstrip("0123456789")
        if plain in self._by_base or plain in self._town_bases:
            return True
        return any(
            plain[:at] in self._town_bases and plain[at:] in self._by_base
            for at in range(len(plain) + 1)
        )

    def find(self, written: Written) -> str | PlaceProblem:
        """Answer the code of a place: a village's, or a township's if no village is named."""
        answer = self._answers.get(written)
        if answer is None:
            answer = self._find(_cut(written))
            if answer is not PlaceProblem.TOWN_MISSING:  # a later row may name its township
                self._answers[written] = answer
        return answer

    def find_all(self, written: Iterable[Written]) -> None:
        """Look at all places of a file: those with their township first, whatever their order.

        Only so is a village without its township seen to be one of two of that name.
        """
        distinct = dict.fromkeys(written)
        for one in sorted(distinct, key=lambda w: w.town is None and w.code is None):
            self.find(one)

    def known_village(self, written: Written, *, within: Sequence[str] = ()) -> str | PlaceProblem:
        """Answer a village by name without inventing any; `within` narrows to these divisions."""
        text, town = self._without_town(written.village or "", None)
        name = village_name(text)
        hits = [
            code
            for known, code in self._by_base.get(name.base, ())
            if known.fits(name)
            and code.startswith(town or "")
            and (not within or code.startswith(tuple(within)))
        ]
        if len(hits) == 1:
            return hits[0]
        return PlaceProblem.VILLAGE_AMBIGUOUS if hits else PlaceProblem.TOWN_MISSING

    def called(self, text: str) -> str | PlaceProblem:
        """Answer the one known division of a name, of whatever size, without inventing any."""
        hits = [code for code, name in self._names.items() if name == text]
        name = town_name(text)
        hits = hits or [code for code, known in self._all_towns if town_name(known).fits(name)]
        if len(hits) == 1:
            return hits[0]
        return PlaceProblem.TOWN_AMBIGUOUS if hits else PlaceProblem.TOWN_UNKNOWN

    def find_inside(self, text: str) -> str | None:
        """Answer the known place that an address names, without inventing any; None if none."""
        code = normal_code(text)
        if code is not None:
            return code
        for town, name in self._all_towns:
            _, found, rest = text.partition(name)
            if found:
                villages = self._below.get(town, ())
                inside = [v for known, v in villages if rest.strip().startswith(known.base)]
                return inside[0] if len(inside) == 1 else town
        return None

    def _find(self, written: Written) -> str | PlaceProblem:
        code = normal_code(written.code) if written.code else None
        if code is not None and len(code) >= TOWN:
            return self._by_code(code, written)
        if written.village is None and written.town is None:
            return self._site if len(self._site) >= TOWN else PlaceProblem.MISSING
        town = self._town(written, code)
        if isinstance(town, PlaceProblem) or written.village is None:
            return town if town is not None else PlaceProblem.MISSING
        return self._village(written.village, town)

    def _by_code(self, code: str, written: Written) -> str | PlaceProblem:
        if not code.startswith(self._site):
            return PlaceProblem.CODE_OUTSIDE
        if code not in self._names and len(code) == VILLAGE and written.village:
            self._invent(Region(code, written.village.strip()))
        if len(code) == TOWN and written.village:
            return self._village(written.village, code)
        return code

    def _town(self, written: Written, code: str | None) -> str | PlaceProblem | None:
        """Answer the township's code, None if the row names none."""
        if len(self._site) >= TOWN:
            return self._site[:TOWN]
        if written.town is None:
            return None
        above = code if code is not None and code.startswith(self._site) else self._site
        name = town_name(written.town)
        hits = [found for known, found in self._towns(above) if known.fits(name)]
        exact = [found for known, found in self._towns(above) if known == name]
        if len(exact) == 1 or len(hits) == 1:
            return exact[0] if len(exact) == 1 else hits[0]
        if hits:
            return PlaceProblem.TOWN_AMBIGUOUS
        if len(above) != _COUNTY:
            return PlaceProblem.TOWN_UNKNOWN
        return self._invent_below(above, written.town.strip())

    def _towns(self, above: str) -> Iterator[tuple[PlaceName, str]]:
        if len(above) == _COUNTY:
            yield from self._below.get(above, ())
            return
        for parent, children in self._below.items():
            if len(parent) == _COUNTY and parent.startswith(above):
                yield from children

    def _village(self, text: str, town: str | None) -> str | PlaceProblem:
        if len(self._site) == VILLAGE:
            return self._site
        text, town = self._without_town(text, town)
        name = village_name(text)
        candidates = self._below.get(town, []) if town else self._by_base.get(name.base, [])
        exact = [code for known, code in candidates if known == name]
        hits = exact if len(exact) == 1 else [c for known, c in candidates if known.fits(name)]
        if len(hits) == 1:
            return hits[0]
        if hits:
            return PlaceProblem.VILLAGE_AMBIGUOUS
        if town is None:
            return PlaceProblem.TOWN_MISSING
        return self._invent_below(town, full_village_name(text))

    def _without_town(self, text: str, town: str | None) -> tuple[str, str | None]:
        """Take a known township's name off the front: 柳河镇青山村 is 青山村 in 柳河镇."""
        for code, name in self._town_names(town):
            rest = text.strip().removeprefix(name)
            if rest != text.strip() and len(rest) > 1 and name:
                return rest, code
        return text, town

    def _town_names(self, town: str | None) -> list[tuple[str, str]]:
        return self._all_towns if town is None else [(town, self._names.get(town, ""))]

    def _invent_below(self, parent: str, name: str) -> str | PlaceProblem:
        for numbers in _LOCAL_RANGES:
            for number in numbers:
                code = f"{parent}{number:03d}"
                if code not in self._names:
                    return self._invent(Region(code, name, local=True))
        return PlaceProblem.NO_CODE_LEFT

    def _invent(self, region: Region) -> str:
        self.invented.append(region)
        self._add(region)
        return region.code

    def _add(self, region: Region) -> None:
        self._names[region.code] = region.name
        parent, read = _parent_and_reader(region.code)
        if read is None:
            return
        named = (read(region.name), region.code)
        self._below[parent].append(named)
        if len(region.code) == TOWN:
            self._all_towns.append((region.code, region.name))
            self._town_bases.add(named[0].base)
        else:
            self._by_base[named[0].base].append(named)


def _parent_and_reader(code: str) -> tuple[str, Callable[[str], PlaceName] | None]:
    if len(code) == VILLAGE:
        return code[:TOWN], village_name
    if len(code) == TOWN:
        return code[:_COUNTY], town_name
    return "", None


def _cut(written: Written) -> Written:
    return replace(
        written, town=_short_enough(written.town), village=_short_enough(written.village)
    )


def _short_enough(name: str | None) -> str | None:
    # One sign may stand for eighteen letters, and names are compared by their letters.
    if name is None or len(letters := unicodedata.normalize("NFKC", name.strip())) <= _LONGEST:
        return name
    return letters[:_LONGEST].strip()
