"""What a site says of stays: which records begin and end them, which absences break none. Pure."""

from dataclasses import field

from alerts.specs import digest_of
from config.durations import Duration, Unit
from config.lean import dataclass
from config.model import Configuration


@dataclass(frozen=True, slots=True)
class StayRules:
    """Which kinds of record begin and end a stay, and how long an absence breaks none."""

    begins: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    gap: Duration = field(default=Duration(30, Unit.DAYS))

    @classmethod
    def of(cls, configuration: Configuration) -> "StayRules":
        """Take from the configuration what it says of stays."""
        kinds = configuration.records.items()
        return cls(
            begins=frozenset(name for name, kind in kinds if kind.stay == "begins"),
            ends=frozenset(name for name, kind in kinds if kind.stay == "ends"),
            gap=configuration.stay.gap,
        )

    @property
    def kinds(self) -> frozenset[str]:
        """All kinds that say something of stays."""
        return self.begins | self.ends

    @property
    def stamp(self) -> str:
        """What stays depend on beside the records."""
        return digest_of([sorted(self.begins), sorted(self.ends), str(self.gap)])
