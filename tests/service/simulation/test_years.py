"""Years of a small county, with everything that can go wrong."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import delete, select

from alerts.audit import Finding
from alerts.tables import alerts, outcomes, steps, tellings
from channels.protocol import Channel, Message, Receipt
from ledgers.database import Database
from service import duties
from service.simulation.machine import Machine
from service.simulation.made_up import Size
from service.simulation.trial import Seams
from service.simulation.weather import Post, WeatheredChannel
from service.wiring import Site
from tests.service.simulation.years import County, Year, live

SEEDS = range(1, 21)
WHOLE_YEARS = 1
"""So many seeds live through a whole year here, the others 60 days; all of them years in `make soak`.

Here it is always one village of six children, with the rules that the seed has drawn.
"""
HAMLET = Size(villages=1, children=6, unreachable=0.3)

QUIET = Year(3, faults=frozenset(), days=56, county=County(HAMLET, ("contacts", "visits")))


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_time_with_every_fault_breaks_no_promise(seed: int) -> None:
    """Whatever the seed brings."""
    days = 365 if seed <= WHOLE_YEARS else 60
    county = replace(County.of(seed), size=HAMLET)
    assert live(Year(seed, days=days, county=county)).breaches == []


def test_a_lost_outcome_is_caught() -> None:
    """A move that was made and not written down shows within the month."""
    planted = replace(QUIET, seams=Seams(meddle=_lose_an_outcome))
    assert "one-outcome" in _broken(planted)


def _lose_an_outcome(database: Database) -> None:
    with database.writing() as connection:
        newest = select(outcomes.c.id).where(outcomes.c.became == "sent").limit(1)
        connection.execute(delete(outcomes).where(outcomes.c.id.in_(newest)))


class _Stutterer(WeatheredChannel):
    """Says everything twice, as an engine without claims would."""

    async def send(self, message: Message) -> Receipt:
        await super().send(message)
        return await super().send(message)


def test_a_doubled_telling_is_caught() -> None:
    """One copy more than there were answers lost."""

    def stutter(name: str, inner: Channel, post: Post) -> Channel:
        return _Stutterer(name, inner, post)

    assert "copies-are-bounded" in _broken(replace(QUIET, seams=Seams(channel=stutter)))


class _NeverAudited(Machine):
    """A daemon that leaves its audit out."""

    def do(self, job: str) -> None:
        if job != duties.AUDIT:
            super().do(job)


def test_a_skipped_audit_is_caught() -> None:
    """Each Sunday on which the daemon ran has one."""
    planted = replace(QUIET, seams=Seams(machine=_NeverAudited))
    assert _broken(planted) == {"audits-find-nothing"}


def test_what_an_audit_finds_is_a_breach() -> None:
    """A telling that vanished is the audit's to find, too."""

    def audit(site: Site, now: datetime) -> list[Finding]:
        with site.database.writing() as connection:
            some = select(tellings.c.id).where(tellings.c.state == "sent").limit(1)
            connection.execute(
                tellings.update().where(tellings.c.id.in_(some)).values(state="pending")
            )
        return duties.audit_all(site, now)

    assert "audits-find-nothing" in _broken(replace(QUIET, seams=Seams(audit=audit)))


def test_a_forgotten_child_is_caught() -> None:
    """Matters that vanish before anybody is told, with an audit that looks away."""

    def forget(database: Database) -> None:
        with database.writing() as connection:
            fresh = select(alerts.c.id).where(alerts.c.id.not_in(select(tellings.c.alert_id)))
            connection.execute(delete(steps).where(steps.c.alert_id.in_(fresh)))
            connection.execute(delete(alerts).where(alerts.c.id.in_(fresh)))

    seams = Seams(meddle=forget, audit=lambda _site, _now: [])
    assert "who-is-due-is-told" in _broken(replace(QUIET, days=120, seams=seams))


def test_a_calm_time_breaks_no_promise() -> None:
    """What the planted bugs are compared with."""
    assert live(QUIET).breaches == []


def _broken(year: Year) -> set[str]:
    return {breach.promise for breach in live(year).breaches}
