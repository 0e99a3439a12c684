"""What the words of a filter stand for at one site: tags, city districts, codes that were replaced."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from config.lean import dataclass
from config.model import Configuration
from ledgers.codes import current_code


@dataclass(frozen=True, slots=True)
class Lookups:
    """Codes by region tag, districts by city, and the code that took an abolished one's place."""

    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    city_districts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    successors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, configuration: Configuration, replaced: Mapping[str, str]) -> "Lookups":
        """Take from the configuration what its filters mean; `replaced` are abolished codes."""
        return cls(configuration.region_tags, configuration.city_districts, replaced)

    def current_code(self, code: str) -> str:
        """Answer the code in force for one that may be abolished."""
        return current_code(code, self.successors)

    def current(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Answer the codes in force for some that may be abolished, each once, in order."""
        return tuple(sorted({self.current_code(code) for code in codes}))

    def tagged(self, tags: Iterable[str]) -> tuple[str, ...]:
        """Answer the codes that carry one of these tags."""
        return self.current(code for tag in tags for code in self.tags.get(tag, ()))

    def districts_of(self, city: str) -> tuple[str, ...]:
        """Answer the districts that count as the middle of a city."""
        return self.current(self.city_districts.get(city, ()))


NOTHING_SAID = Lookups()
"""A site without tags, districts and abolished codes."""
