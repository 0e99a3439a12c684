"""Promises about what cannot wait catch what is planted against them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from alerts.tables import signals
from ledgers.database import Database
from service.simulation.due import Due, Waiting
from service.simulation.machine import Machine
from service.simulation.made_up import Size
from service.simulation.trial import Seams
from service.wiring import Site
from tests.service.simulation.years import County, Year, live

STORMY = Year(5, faults=frozenset(), days=15, county=County(Size(villages=1, children=6)))
"""A signal is raised on the tenth day, and nobody answers until it is over."""


class _Ladderless(Due):
    """Knows of what is to be sent only."""

    def waiting(self, site: Site, now: datetime) -> Waiting:
        return Waiting(super().waiting(site, now).channels)


class _Sleeper(Machine):
    """A daemon whose heartbeats look for no ladder."""

    asks = _Ladderless


class _Deaf(_Sleeper):
    """A daemon that nobody wakes: it works at its hours only."""

    def look(self) -> None:
        if self.is_up:
            with self._mortally():
                self._deliver()


def test_what_cannot_wait_is_told_and_told_higher() -> None:
    """What the planted bugs are compared with."""
    assert live(STORMY).breaches == []


@pytest.mark.parametrize(
    ("machine", "promise"), [(_Deaf, "alarms-are-told"), (_Sleeper, "ladders-climb")]
)
def test_a_daemon_that_waits_is_caught(machine: type[Machine], promise: str) -> None:
    """With an audit that looks away."""
    assert promise in _broken(Seams(machine=machine, audit=lambda _site, _now: []))


def test_what_goes_out_after_the_end_is_caught() -> None:
    """Here the end is brought forward afterwards."""

    def hasten(database: Database) -> None:
        with database.writing() as connection:
            for id_, raised_at in connection.execute(select(signals.c.id, signals.c.raised_at)):
                sooner = raised_at - timedelta(minutes=1)
                mine = signals.c.id == id_
                connection.execute(update(signals).where(mine).values(expires_at=sooner))

    assert "what-is-over-is-told-no-more" in _broken(Seams(meddle=hasten))


def _broken(seams: Seams) -> set[str]:
    return {breach.promise for breach in live(replace(STORMY, seams=seams)).breaches}
