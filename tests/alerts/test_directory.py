"""One day's snapshot of posts, leaves, deputies and assignments."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Table, insert, select, update

from alerts.directory import Directory, Person, RouteTable, assigned_by_name
from config.channels.aliyun import AliyunSmsSettings
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.preferences import set_preference
from ledgers.tables import assignments, deputies, leaves, persons, post_holdings
from tests.alerts.county import MONDAY, QINGSHAN, County, written

DAY = timedelta(days=1)


@pytest.fixture
def county(database: Database) -> County:
    """Answer the usual county with its posts filled."""
    made = County(database)
    made.staff()
    return made


def person(county: County, handle: str) -> str:
    """Answer a person's id."""
    with county.database.reading() as connection:
        query = select(persons.c.id).where(persons.c.handle == handle)
        return str(connection.execute(query).scalar_one())


def put(county: County, table: Table, **values: object) -> None:
    """Write one row."""
    with county.database.writing() as connection:
        connection.execute(insert(table).values(**values))


def on(county: County, day: date) -> Directory:
    """Load the snapshot of a day."""
    with county.database.reading() as connection:
        return Directory.load(connection, day)


@pytest.mark.parametrize(("days", "away"), [(-1, False), (0, True), (2, True), (3, False)])
def test_a_leave_lasts_from_its_first_to_its_last_day(
    county: County, days: int, away: bool
) -> None:
    """Both included."""
    director = person(county, "P-01")
    put(
        county,
        leaves,
        id=new_id(county.now),
        person_id=director,
        from_on=MONDAY,
        to_on=MONDAY + 2 * DAY,
    )
    assert on(county, MONDAY + days * DAY).is_present(director) is not away


@pytest.mark.parametrize(("days", "holds"), [(0, True), (1, False)])
def test_a_post_is_held_to_its_last_day(county: County, days: int, holds: bool) -> None:
    """And no longer."""
    director = person(county, "P-01")
    with county.database.writing() as connection:
        connection.execute(
            update(post_holdings)
            .where(post_holdings.c.person_id == director)
            .values(held_to=MONDAY)
        )
    found = on(county, MONDAY + days * DAY).region_holders("director", QINGSHAN)
    assert (found == (director,)) is holds


def test_who_has_left_is_nobody_but_may_be_stood_in_for(county: County) -> None:
    """The post still names them, so that a deputy is found."""
    director, deputy = person(county, "P-01"), person(county, "P-02")
    put(county, deputies, person_id=director, deputy_id=deputy, held_from=MONDAY)
    with county.database.writing() as connection:
        connection.execute(update(persons).where(persons.c.id == director).values(left_on=MONDAY))
    found = on(county, MONDAY)
    assert not found.is_present(director)
    assert found.region_holders("director", QINGSHAN) == (director,)
    assert found.deputies == {director: (deputy,)}


def test_assignments_are_read_for_the_entries_asked(county: County) -> None:
    """By entry and role, only those that hold on the day."""
    first, other = county.entry("青山-01"), county.entry("青山-02")
    director = person(county, "P-01")
    for entry in (first, other):
        put(
            county,
            assignments,
            entry_id=entry,
            role="director",
            person_id=director,
            held_from=MONDAY,
        )
    with county.database.reading() as connection:
        assert assigned_by_name(connection, [first], MONDAY) == {(first, "director"): (director,)}
        assert assigned_by_name(connection, [first], MONDAY - DAY) == {}


def test_the_snapshot_knows_kinds_of_address_and_the_operator(county: County) -> None:
    """Never the addresses themselves."""
    found = on(county, MONDAY)
    assert found.operator == person(county, "operator")
    assert found.persons[person(county, "P-01")].reach == {"email"}
    assert found.persons[person(county, "P-02")].reach == frozenset()


def test_routes_name_channels_and_the_address_they_need() -> None:
    """`relay` is no channel; the operator has every mail channel by default."""
    table = RouteTable.of(written())
    assert table.routes["director"] == (("mail", "email"),)
    assert table.routes["operator"] == (("mail", "email"),)
    assert table.address_kind("mail") == "email"
    assert table.address_kind("pigeon") is None


def _routes(*, urgent: bool) -> RouteTable:
    found = written()
    mail = found.channels["mail"]
    delivery = found.delivery.model_copy(
        update={
            "routes": {"director": ("mail", "sms"), "supervisor": ("mail",)},
            "urgent_routes": {"director": ("sms", "mail")},
        }
    )
    both = {"mail": mail, "sms": _sms()}
    changed = found.model_copy(update={"channels": both, "delivery": delivery})
    return RouteTable.of(changed, urgent=urgent)


def _sms() -> AliyunSmsSettings:
    words = {"type": "aliyun-sms", "access_key_id": "x", "access_key_secret": "x"}
    return AliyunSmsSettings.model_validate({**words, "signature": "演示县民政局"})


def test_urgent_messages_may_have_routes_of_their_own() -> None:
    """A role without any goes as always."""
    reach = frozenset({"email", "phone"})
    somebody = Person("a", "P-01", reach)
    assert _routes(urgent=False).channel(somebody, "director") == "mail"
    assert _routes(urgent=True).channel(somebody, "director") == "sms"
    assert _routes(urgent=True).channel(somebody, "supervisor") == "mail"


@pytest.mark.parametrize(
    ("prefers", "tried", "told"),
    [
        ("sms", frozenset(), "sms"),
        ("sms", frozenset({"sms"}), "mail"),
        ("pigeon", frozenset(), "mail"),
        (None, frozenset(), "mail"),
    ],
)
def test_a_preference_counts_among_the_routes_of_the_role(
    prefers: str | None, tried: frozenset[str], told: str
) -> None:
    """First, but not for ever, and nothing the site does not offer."""
    somebody = Person("a", "P-01", frozenset({"email", "phone"}), prefers=prefers)
    assert _routes(urgent=False).channel(somebody, "director", tried=tried) == told


def test_a_preference_is_read_with_the_directory(county: County) -> None:
    """As it was noted, until it is forgotten."""
    director = person(county, "P-01")
    for wish in ("sms", None):
        with county.database.writing() as connection:
            set_preference(connection, director, wish)
        assert on(county, MONDAY).persons[director].prefers == wish
