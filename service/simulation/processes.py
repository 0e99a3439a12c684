"""What processes of a trial share that a real one makes for itself: plans."""

from dataclasses import field, fields
from datetime import date

from sqlalchemy import Connection

from alerts.effective import EvaluationPlan
from config.lean import dataclass
from config.model import Configuration
from ledgers.database import Database
from service.wiring import Site


@dataclass(frozen=True, slots=True)
class TrialSite(Site):
    """A site that makes its plan once for each configuration and process, for commands as well."""

    plans: dict[int, tuple[Configuration, EvaluationPlan]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(cls, site: Site, database: Database) -> "TrialSite":
        """Answer a site anew, as a process does that has just started."""
        given = {one.name: getattr(site, one.name) for one in fields(Site)}
        return cls(**{**given, "database": database})

    def plan(self, connection: Connection, *, today: date) -> EvaluationPlan:
        """Answer the rules in force; only the first time what changed about them is noted."""
        key = id(self.configuration)
        if key not in self.plans:
            # Not `super()`: a dataclass with slots is another class than the one written here.
            # Kept with its configuration, whose number nothing else gets as long as it lives.
            plan = Site.plan(self, connection, today=today)
            self.plans[key] = (self.configuration, plan)
        return self.plans[key][1]
