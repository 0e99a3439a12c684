"""Promises about dates and closing catch what is planted against them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, func, insert, select, update

from alerts.tables import alerts, steps, tellings
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.tables import persons, post_holdings, posts
from service.simulation.made_up import Size
from service.simulation.trial import Seams
from tests.service.simulation.years import FIRST, County, Year, live

HAMLET = Year(3, faults=frozenset(), days=62, county=County(Size(villages=1, children=6)))


def somebody_new(
    connection: Connection, on: date, handle: str, *, known_on: date | None = None
) -> None:
    """Let every director be somebody else from a day on, without an address of their own.

    `known_on`: when it was written down; None: on that day.
    """
    director = (
        select(post_holdings.c.person_id, posts.c.id)
        .join(posts, posts.c.id == post_holdings.c.post_id)
        .where(posts.c.role == "director", post_holdings.c.held_to.is_(None))
    )
    for person, post in connection.execute(director).all():
        id_ = f"{handle}-{post}"[:36]
        new = {"id": id_, "handle": handle, "sealed_name": b"-", "name_key": "-"}
        connection.execute(insert(persons).values(new))
        mine = (post_holdings.c.person_id == person, post_holdings.c.post_id == post)
        until = on - timedelta(days=1)
        connection.execute(update(post_holdings).where(*mine).values(held_to=until))
        known = new_id(datetime.combine(known_on or on, time(), UTC))
        held = {"id": known, "post_id": post, "person_id": id_, "held_from": on}
        connection.execute(insert(post_holdings).values(held))


def _forget_closing(database: Database) -> None:
    """Open again what an act has closed, and look at it no more."""
    with database.writing() as connection:
        done = select(alerts.c.id).where(alerts.c.closed_how == "done").order_by(alerts.c.id)
        connection.execute(
            update(alerts)
            .where(alerts.c.id.in_(done.limit(1)))
            .values(closed_at=None, closed_on=None, closed_how=None, closing_record=None)
        )


def _hurry(database: Database) -> None:
    """Let a duty fall due the day after it was last done."""
    with database.writing() as connection:
        mine = alerts.c.rule == "contacts"
        some = select(func.min(alerts.c.id)).where(
            mine, alerts.c.closed_at.is_(None), alerts.c.anchor_on.is_not(None)
        )
        row = connection.execute(
            select(alerts.c.id, alerts.c.anchor_on).where(alerts.c.id == some.scalar_subquery())
        ).first()
        if row is not None:
            due = row.anchor_on + timedelta(days=1)
            connection.execute(update(alerts).where(alerts.c.id == row.id).values(due_on=due))


def _come_new(database: Database, *, known_on: date | None = None) -> None:
    """Let every director be somebody new since some days before a supervisor was told."""
    with database.writing() as connection:
        told = select(tellings.c.step_id).where(
            tellings.c.role == "supervisor", tellings.c.state == "sent"
        )
        raised = steps.c.id.in_(told)
        connection.execute(update(steps).where(raised).values(escalation=True))
        first = connection.scalar(select(func.max(steps.c.on_date)).where(raised))
        replaced = connection.scalar(select(func.count()).where(persons.c.handle == "P-new"))
        if first is None or first < FIRST + timedelta(days=20) or replaced:
            return
        somebody_new(connection, first - timedelta(days=9), "P-new", known_on=known_on)


class _LostTakeOvers:
    """On the fourth Monday every director is somebody new, and nothing is told to them again."""

    weeks = 0

    def __call__(self, database: Database) -> None:
        self.weeks += 1
        if self.weeks == 4:
            with database.writing() as connection:
                somebody_new(connection, FIRST + timedelta(days=28), "P-new")
                connection.exec_driver_sql(
                    "CREATE TRIGGER lose BEFORE UPDATE OF waiting ON steps"
                    " WHEN old.waiting = '' AND new.waiting <> '' BEGIN SELECT RAISE(IGNORE); END"
                )


class _Restless:
    """Every Monday the directors are others; what went up by then is counted."""

    weeks = 0
    told = 0

    def __call__(self, database: Database) -> None:
        self.weeks += 1
        raised = select(func.count()).where(
            tellings.c.step_id == steps.c.id, steps.c.escalation, tellings.c.state == "sent"
        )
        with database.writing() as connection:
            self.told = connection.scalar(raised) or 0
            somebody_new(connection, FIRST + timedelta(days=7 * self.weeks), f"P-{self.weeks}")


@pytest.mark.parametrize(
    ("plant", "promise"),
    [
        (_forget_closing, "acts-end-matters"),
        (_hurry, "nobody-is-hurried"),
        (_come_new, "newcomers-are-spared"),
        (_LostTakeOvers(), "newcomers-are-told"),
    ],
)
def test_what_is_planted_is_caught(plant: Callable[[Database], None], promise: str) -> None:
    """With an audit that looks away."""
    seams = Seams(meddle=plant, audit=lambda _site, _now: [], check_every=timedelta(days=14))
    assert promise in {breach.promise for breach in live(replace(HAMLET, seams=seams)).breaches}


def test_a_hand_over_written_down_after_the_message_breaks_nothing() -> None:
    """Nobody could know of it when those above were told."""
    late = partial(_come_new, known_on=FIRST + timedelta(days=HAMLET.days))
    seams = Seams(meddle=late, audit=lambda _site, _now: [], check_every=timedelta(days=14))
    broken = {breach.promise for breach in live(replace(HAMLET, seams=seams)).breaches}
    assert "newcomers-are-spared" not in broken


def test_directors_who_change_every_week_hide_nothing_from_those_above() -> None:
    """Four weeks after the first of them what nobody does goes up, and no promise is broken."""
    restless = _Restless()
    seams = Seams(meddle=restless, check_every=timedelta(days=14))
    county = County(Size(villages=1, children=6), ("contacts", "visits"))
    assert live(replace(HAMLET, seams=seams, county=county)).breaches == []
    assert restless.told
