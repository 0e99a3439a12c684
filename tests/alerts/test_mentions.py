"""Who is called in a group tells nothing of how few are due in one village."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from alerts.mentions import FEWEST, due_members
from alerts.tables import alerts, steps, tellings
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.sealing import Spot
from ledgers.tables import entries, persons, post_holdings, posts
from tests.alerts.county import LIUGOU, MONDAY, QINGSHAN, TOWN, VAULT, County

OTHER_TOWN = "990101002"
VILLAGES = (QINGSHAN, LIUGOU, f"{TOWN}003", f"{OTHER_TOWN}001", f"{OTHER_TOWN}002")


@dataclass(frozen=True, slots=True)
class Group:
    """A county whose members are called by numbers that name their village."""

    county: County

    def settle(self) -> None:
        """Give each village its director."""
        for number, village in enumerate(VILLAGES):
            person = self.county.person(f"P-{number}")
            sealed = VAULT.seal(village, Spot("persons", "sealed_phone", person))
            change = update(persons).where(persons.c.id == person).values(sealed_phone=sealed)
            with self.county.database.writing() as connection:
                connection.execute(change)
            self.county.post("director", village, person)

    def owe(self, due: Mapping[str, int]) -> None:
        """Let so many entries be due in villages, and their directors be told."""
        with self.county.database.writing() as connection:
            for table in (tellings, steps, alerts, entries):
                connection.execute(delete(table))
        for village, count in due.items():
            for number in range(count):
                alert = self.county.due(f"{village}-{number}", "visits", MONDAY, village)
                self._tell(alert, village)

    def _tell(self, alert: str, village: str) -> None:
        with self.county.database.writing() as connection:
            step = steps.select().where(steps.c.alert_id == alert)
            holder = (
                post_holdings.select()
                .join(posts, posts.c.id == post_holdings.c.post_id)
                .where(posts.c.region == village)
            )
            row = {
                "id": new_id(self.county.now),
                "step_id": connection.execute(step).one().id,
                "person_id": connection.execute(holder).one().person_id,
                "alert_id": alert,
                "role": "director",
                "state": "sent",
                "made_at": self.county.now,
            }
            connection.execute(insert(tellings), [row])

    def called(self, place: str) -> set[str]:
        """Answer the villages whose directors are called."""
        with self.county.database.reading() as connection:
            return set(due_members(connection, VAULT, place=place, today=MONDAY))


@pytest.fixture
def group(database: Database) -> Group:
    """Answer a group of a county with two townships."""
    made = Group(County(database))
    made.settle()
    return made


def test_who_has_enough_due_is_called(group: Group) -> None:
    """Three entries of a village are nobody in particular."""
    group.owe({QINGSHAN: FEWEST, LIUGOU: FEWEST + 2})
    assert group.called(TOWN) == {QINGSHAN, LIUGOU}


@pytest.mark.parametrize("few", range(1, FEWEST))
def test_one_village_with_few_calls_its_whole_township(group: Group, few: int) -> None:
    """Also those with enough, and those with nothing: none can be told by what is left."""
    group.owe({QINGSHAN: few, LIUGOU: FEWEST, VILLAGES[3]: FEWEST})
    assert group.called(TOWN) == {village for village in VILLAGES if village.startswith(TOWN)}
    assert group.called("990101") == {*group.called(TOWN), VILLAGES[3]}


def test_a_township_with_one_member_calls_nobody_for_few(group: Group) -> None:
    """To call all of it would be to call that one."""
    with group.county.database.writing() as connection:
        left = update(persons).where(persons.c.handle == "P-4")
        connection.execute(left.values(left_on=MONDAY - timedelta(1)))
    group.owe({VILLAGES[3]: 1})
    assert group.called(OTHER_TOWN) == set()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(counts=st.lists(st.integers(0, 4), min_size=5, max_size=5))
def test_no_call_tells_a_village_with_few_from_the_others(group: Group, counts: list[int]) -> None:
    """Whoever reads along knows which villages are called: all of a township, or those with enough."""
    due = dict(zip(VILLAGES, counts, strict=True))
    group.owe(due)
    called = group.called("990101")
    for town in (TOWN, OTHER_TOWN):
        here = {village for village in VILLAGES if village.startswith(town)}
        enough = {village for village in here if due[village] >= FEWEST}
        has_few = any(0 < due[village] < FEWEST for village in here)
        assert called & here == (here if has_few else enough)


def test_a_member_is_called_by_account_before_number_and_never_by_nothing(group: Group) -> None:
    """An account of WeCom calls surely; who has neither is told by other ways."""
    with group.county.database.writing() as connection:
        for handle, sealed in (("P-0", "sealed_wecom"), ("P-1", "sealed_phone")):
            where = persons.c.handle == handle
            person = connection.scalars(
                persons.select().with_only_columns(persons.c.id).where(where)
            ).one()
            value = (
                VAULT.seal("account", Spot("persons", sealed, person)) if handle == "P-0" else None
            )
            connection.execute(update(persons).where(where).values({sealed: value}))
    group.owe({QINGSHAN: FEWEST, LIUGOU: FEWEST})
    assert group.called(TOWN) == {"account"}
