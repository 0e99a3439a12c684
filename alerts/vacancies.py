"""Posts that were held and are not any more: the township hears of each, daily, due or not."""

from datetime import date, datetime

from sqlalchemy import Date, Select, bindparam, exists, or_, select

from alerts.directory import Directory, holds
from alerts.matter_notices import open_gaps
from alerts.recipients import Gap, Ladder
from config.model import Configuration
from ledgers.database import Database
from ledgers.tables import entries, persons, post_holdings, posts

_ANY_BELOW = "9" * 12


def open_vacancies(
    database: Database, configuration: Configuration, above: str, *, today: date, now: datetime
) -> None:
    """Open a matter for each vacant post right below a role where somebody is in the ledger.

    What is due there opens the same matter; this is for the days on which nothing is.
    """
    below = [name for name, role in configuration.roles.items() if role.up == above]
    with database.reading() as connection:
        asked = {"below": below, "day": today}
        rows = connection.execute(_VACANT, asked).all() if below else []
        if not rows:
            return
        ladder = Ladder.of(configuration, Directory.load(connection, today))
    gaps = [gap for gap in (Gap(row.role, row.region) for row in rows) if not ladder.is_filled(gap)]
    if gaps:
        with database.writing() as connection:
            open_gaps(connection, configuration, gaps, now=now)


def _vacant() -> Select[str, str]:
    today = bindparam("day", type_=Date)
    held = post_holdings.alias("held")
    here = (
        select(held.c.id)
        .join(persons, persons.c.id == held.c.person_id)
        .where(
            held.c.post_id == posts.c.id,
            holds(held.c.held_from, held.c.held_to, today),
            or_(persons.c.left_on.is_(None), persons.c.left_on > today),
        )
    )
    was_held = exists().where(
        post_holdings.c.post_id == posts.c.id, post_holdings.c.held_from <= today
    )
    somebody = exists().where(
        entries.c.status == "active",
        entries.c.lives_in.between(posts.c.region, posts.c.region.concat(_ANY_BELOW)),
    )
    return (
        select(posts.c.role, posts.c.region)
        .where(
            posts.c.role.in_(bindparam("below", expanding=True)), was_held, ~here.exists(), somebody
        )
        .order_by(posts.c.role, posts.c.region)
    )


_VACANT = _vacant()
"""Written once: each slot asks."""
