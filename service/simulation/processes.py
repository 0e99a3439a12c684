"""What processes of a trial share that a real one makes for itself: plans and shipped templates."""

from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache

from sqlalchemy import Connection

from alerts.attempts import Compose
from alerts.compose import Composer
from alerts.effective import EvaluationPlan
from alerts.render import Templates
from config.model import Configuration
from ledgers.database import Database
from service.outgoing import compose_of
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


def shared_compose(site: Site) -> Compose:
    """Make what puts notices into words; shipped templates are read once in a process."""
    configuration = site.configuration
    if configuration.templates is not None:
        return compose_of(site)
    words = tuple(configuration.labelling_words)
    return Composer(site.timetable, _shipped_templates(words), site.vault)


@cache
def _shipped_templates(labelling_words: tuple[str, ...]) -> Templates:
    return Templates.load(None, labelling_words=labelling_words)
