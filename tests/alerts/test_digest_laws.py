"""Laws of telling, whatever falls due to whom and in whatever order slots are opened."""

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from alerts import digest
from alerts.tables import outcomes, steps, tellings
from ledgers.database import Database
from ledgers.tables import metadata
from tests.alerts.county import LIUGOU, MONDAY, QINGSHAN, TOWN, County, at
from tests.databases import delete_rows

DAY = timedelta(days=1)
WEEKS = 4


@dataclass(frozen=True)
class Due:
    """An alert: where its child lives, when it is due, which later steps it has."""

    region: str
    days: int
    steps: tuple[tuple[int, str], ...]


_DUE = st.builds(
    Due,
    st.sampled_from([QINGSHAN, LIUGOU, TOWN + "009"]),
    st.integers(-20, 20),
    st.lists(
        st.tuples(
            st.sampled_from([-3, 0, 3, 7, 30]),
            st.sampled_from(["director", "supervisor", "county"]),
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda step: step[0],
    ).map(tuple),
)
_ORDERS = st.lists(
    st.tuples(st.integers(0, WEEKS - 1), st.sampled_from(["director", "supervisor", "county"])),
    max_size=6,
)


def _write(county: County, dues: list[Due]) -> None:
    county.staff()
    for number, due in enumerate(dues):
        due_on = MONDAY + due.days * DAY
        alert = county.alert(county.entry(f"村-{number:02d}", due.region), "visits", due_on)
        for days, role in due.steps:
            county.step(alert, due_on + days * DAY, role, key=f"{days} days", after_due=days > 0)


def _open(county: County, week: int, role: str) -> None:
    day = MONDAY + 7 * week * DAY
    now = at(day, 10)
    digest.open_slot(county.database, county.timetable, role, day, now=now)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dues=st.lists(_DUE, max_size=5), again=_ORDERS)
def test_nothing_is_lost_and_nothing_said_twice(
    database: Database, dues: list[Due], again: list[tuple[int, str]]
) -> None:
    """After the slots of four weeks, opened again at random, all that was due is told or merged.

    Each person has at most one waiting telling of an alert, each telling its first outcome row.
    """
    delete_rows(database, metadata)
    county = County(database)
    _write(county, dues)
    for week in range(WEEKS):
        for role in ("supervisor", "director", "county"):
            _open(county, week, role)
        for earlier, role in again:
            _open(county, min(earlier, week), role)
    last = MONDAY + 7 * (WEEKS - 1) * DAY
    with database.reading() as connection:
        left = connection.execute(
            select(steps.c.id).where(steps.c.waiting != "", steps.c.on_date <= last)
        ).all()
        told = connection.execute(select(tellings)).all()
        first = connection.execute(
            select(outcomes.c.telling_id).where(outcomes.c.was.is_(None))
        ).all()
    assert left == []
    pending = [(one.alert_id, one.person_id) for one in told if one.state == "pending"]
    assert len(pending) == len(set(pending))
    assert {one.state for one in told} <= {"pending", "merged"}
    assert all(one.merged_into for one in told if one.state == "merged")
    assert len(first) == len(told)
