"""What becomes stricter today makes nobody overdue today: looked at around each such change."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from alerts.tables import alerts
from service.simulation.world import World


@contextmanager
def stricter(world: World) -> Iterator[None]:
    """Do a pass before and after a change, and note who is overdue by it on the same day."""
    world.machine.work()
    before = _overdue(world)
    yield
    world.machine.work()
    world.overdue_overnight += sorted(_overdue(world) - before)


def _overdue(world: World) -> set[tuple[str, str]]:
    """Answer which rules' matters are overdue of whom."""
    query = select(alerts.c.rule, alerts.c.entry_id).where(
        alerts.c.closed_at.is_(None), alerts.c.due_on < world.today
    )
    with world.database.reading() as connection:
        return {(rule, entry) for rule, entry in connection.execute(query)}
