"""Promises about dates and closing catch what is planted against them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from alerts.tables import alerts, steps, tellings
from ledgers.database import Database
from ledgers.tables import persons, post_holdings, posts
from service.simulation.made_up import Size
from service.simulation.trial import Seams
from tests.service.simulation.years import FIRST, County, Year, live

HAMLET = Year(3, faults=frozenset(), days=62, county=County(Size(villages=1, children=6)))


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


def _come_new(database: Database) -> None:
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
        director = (
            select(post_holdings.c.person_id, posts.c.id)
            .join(posts, posts.c.id == post_holdings.c.post_id)
            .where(posts.c.role == "director", post_holdings.c.held_to.is_(None))
        )
        for person, post in connection.execute(director).all():
            new = {"id": post[::-1], "handle": "P-new", "sealed_name": b"-", "name_key": "-"}
            connection.execute(insert(persons).values(new))
            on = first - timedelta(days=9)
            mine = (post_holdings.c.person_id == person, post_holdings.c.post_id == post)
            connection.execute(
                update(post_holdings).where(*mine).values(held_to=on - timedelta(days=1))
            )
            held = {"id": new["id"], "post_id": post, "person_id": new["id"], "held_from": on}
            connection.execute(insert(post_holdings).values(held))


@pytest.mark.parametrize(
    ("plant", "promise"),
    [
        (_forget_closing, "acts-end-matters"),
        (_hurry, "nobody-is-hurried"),
        (_come_new, "newcomers-are-spared"),
    ],
)
def test_what_is_planted_is_caught(plant: Callable[[Database], None], promise: str) -> None:
    """With an audit that looks away."""
    seams = Seams(meddle=plant, audit=lambda _site, _now: [], check_every=timedelta(days=14))
    assert promise in {breach.promise for breach in live(replace(HAMLET, seams=seams)).breaches}
