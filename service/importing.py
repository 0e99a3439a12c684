"""What reading and importing a workbook are told: the site's words, keys, door and day."""

from datetime import datetime

from alerts.acts import door
from alerts.effective import EvaluationPlan
from alerts.moved_regions import follow_moves
from alerts.ways import ways_of
from config.fields import COLUMNS
from config.model import Configuration
from ledgers.imports import IMPORTED, ImportContext, ImportSettings
from ledgers.reading.vocabulary import BUILT_IN, Kind, Vocabulary
from service.wiring import Site


def vocabulary_of(configuration: Configuration) -> Vocabulary:
    """Answer the header words that are read: the built-in ones and the site's own."""
    columns = configuration.columns
    vocabulary = BUILT_IN.extended(
        {name: words for name, words in columns.items() if name in COLUMNS}
    )
    for ledger in IMPORTED:
        declared = configuration.fields.get(ledger, {})
        vocabulary = vocabulary.extended(
            {},
            extras={name: (one.title, *columns.get(name, ())) for name, one in declared.items()},
            kind=Kind(ledger),
        )
    return vocabulary


def import_settings(configuration: Configuration) -> ImportSettings:
    """Answer what the configuration says that an import needs."""
    return ImportSettings.of(configuration, ways_of(configuration))


def import_context(
    site: Site, plan: EvaluationPlan, *, now: datetime, recorded_by: str
) -> ImportContext:
    """Answer what an import is told; what it records goes through the one door."""
    today = site.today(now)
    return ImportContext(
        settings=import_settings(site.configuration),
        vault=site.vault,
        door=door(plan, now=now, today=today),
        today=today,
        now=now,
        recorded_by=recorded_by,
        moved=follow_moves(now=now),
    )
