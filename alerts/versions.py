"""The timings each rule has had, as they are kept."""

import json
from collections import defaultdict
from datetime import date

from sqlalchemy import Connection, select

from alerts.specs import Spec
from alerts.tables import rule_versions
from config.lean import dataclass


@dataclass(frozen=True, slots=True)
class Version:
    """One timing a rule has had, and from when."""

    number: int
    effective_on: date
    spec: Spec
    hash: str
    removed_on: date | None


def load_versions(connection: Connection) -> dict[str, list[Version]]:
    """Read all versions of all rules, oldest first."""
    found: dict[str, list[Version]] = defaultdict(list)
    rows = connection.execute(
        select(rule_versions).order_by(rule_versions.c.rule, rule_versions.c.version)
    )
    for row in rows:
        found[row.rule].append(
            Version(
                row.version,
                row.effective_on,
                json.loads(row.spec),
                row.timing_hash,
                row.removed_on,
            )
        )
    return dict(found)
