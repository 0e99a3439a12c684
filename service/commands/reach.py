"""Whom nobody can reach: for `check`, by the very function that delivery asks."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select

from alerts.directory import Directory
from alerts.recipients import Ladder, Subject
from config.checks_delivery import told_roles
from config.language import catalogue
from config.model import Configuration
from ledgers.regions import region_names
from ledgers.tables import entries
from service.wiring import Site

_ = catalogue("service")

_MOST_NAMED = 8


def unreached(site: Site, now: datetime) -> list[str]:
    """Answer, for each role that is told something, the places where nobody holds it.

    What is due there goes to the next rung up.
    """
    query = select(entries.c.ledger, entries.c.lives_in).where(entries.c.status == "active")
    with site.database.reading() as connection:
        places = sorted(tuple(row) for row in connection.execute(query.distinct()))
        told = _roles_told(site.configuration)
        ladder = Ladder.of(site.configuration, Directory.load(connection, site.today(now)))
        empty: dict[str, set[str]] = defaultdict(set)
        for role, ledgers in told.items():
            for place in dict.fromkeys(place for ledger, place in places if ledger in ledgers):
                for gap in ladder.recipients(role, Subject("", place)).gaps:
                    empty[gap.role].add(gap.region)
        names = region_names(connection, {region for found in empty.values() for region in found})
    return [
        _("nobody holds the post %(post)s in these places: %(places)s")
        % {
            "post": site.configuration.roles[role].title,
            "places": _shown([names.get(region, region) for region in sorted(found)]),
        }
        for role, found in empty.items()
    ]


def _roles_told(configuration: Configuration) -> dict[str, set[str]]:
    """Answer the ledgers each role is told of, in the order of the roles."""
    told: dict[str, set[str]] = defaultdict(set)
    for rule in configuration.rules.values():
        for role in told_roles(rule):
            told[role].add(configuration.group_of(rule).ledger)
    return {role: told[role] for role in configuration.roles if role in told}


def _shown(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    shown = "、".join(names[:_MOST_NAMED])
    return shown if more <= 0 else _("%(names)s and %(more)s more") % {"names": shown, "more": more}
