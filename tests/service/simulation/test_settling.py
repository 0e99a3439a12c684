"""Which records settle a matter, as the promises read it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Date, Row, create_engine, literal, null, select

from config.loader import read
from service.simulation.invariants.settling import is_newer
from tests.service.simulation.written import written

BORN, SIXTEEN = date(2011, 7, 31), date(2027, 7, 31)


def row(**columns: Any) -> Row[Any]:
    """Answer a row as a database answers it."""
    query = select(
        *(
            null().label(name)
            if value is None
            else literal(value, Date() if isinstance(value, date) else None).label(name)
            for name, value in columns.items()
        )
    )
    with create_engine("sqlite://").connect() as connection:
        return connection.execute(query).one()


@pytest.fixture
def settles(tmp_path: Path) -> Callable[..., bool]:
    """Answer whether an act of a day, written down on a day, settles an alert."""
    path = tmp_path / "shouwang.yaml"
    path.write_text(written(("contacts", "sixteen")), encoding="utf-8")
    configuration = read(path, {}).configuration

    def asked(rule: str, anchor: date | None, due_on: date, *, done: date, noted: date) -> bool:
        alert = row(rule=rule, anchor_on=anchor, due_on=due_on)
        act = row(happened_on=done, recorded_on=noted)
        return is_newer(configuration, act, alert)

    return asked


@pytest.mark.parametrize(
    ("noted", "is_settled"),
    [(date(2027, 3, 12), False), (date(2027, 6, 30), False), (date(2027, 7, 1), True)],
)
def test_an_age_is_settled_by_what_is_noted_since_its_first_step(
    settles: Callable[..., bool], noted: date, is_settled: bool
) -> None:
    """Thirty days before the birthday; as a soak found it, a paper of the winter settles nothing."""
    assert settles("sixteen", BORN, SIXTEEN, done=date(2027, 2, 7), noted=noted) is is_settled


def test_a_duty_is_settled_by_what_was_done_after_it_last(settles: Callable[..., bool]) -> None:
    """Whenever that was written down; if nothing was ever done, by anything."""
    due_on, noted = date(2027, 4, 5), date(2027, 6, 1)
    last, later = date(2027, 1, 5), date(2027, 1, 6)
    assert settles("contacts", last, due_on, done=later, noted=noted)
    assert not settles("contacts", last, due_on, done=last, noted=noted)
    assert settles("contacts", None, due_on, done=last, noted=noted)
