"""Which channels really would be used, and what became of the one that somebody prefers."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from alerts.explain import explain
from alerts.explain_routes import RouteFacts, Wish
from alerts.explained import sentences
from alerts.explanation import Explanation
from alerts.in_force import InForce
from config.language import speaking
from config.model import Configuration
from ledgers.database import Database
from ledgers.preferences import set_preference
from ledgers.tables import persons
from tests.alerts.county import written
from tests.alerts.signalling import FLOOD, LEVELS, RECORDS, Office

EVERYBODY = ("director", "supervisor", "county")
CHANNELS = {
    "mail": {"type": "memory"},
    "sms": {"type": "http-sms", "url": "http://127.0.0.1:9/"},
    "app": {"type": "wecom-app", "corpid": "c", "secret": "s", "agentid": 1},
}
YEARLY: dict[str, Any] = {
    "kind": "duty",
    "say": "走访",
    "for": {"ledger": "children", "where": {"status": "active"}},
    "every": "12 months",
    "done_by": "visit",
    "steps": [{"at": "0 days", "tell": "director"}],
}


def county(*, yearly: Any = YEARLY, **changes: Any) -> Configuration:
    """Answer a county with usual routes by mail and SMS, and urgent ones by SMS first."""
    return written(
        rules={"flood": {**FLOOD, "title": "暴雨叫应", **changes}, "yearly": yearly},
        records=RECORDS,
        levels=LEVELS,
        channels=CHANNELS,
        delivery={
            "digest": {role: {"days": ["monday"], "at": "09:10"} for role in EVERYBODY},
            "routes": {role: ["mail", "sms"] for role in EVERYBODY},
            "urgent_routes": {"director": ["sms", "mail"]},
        },
    )


def office(database: Database, **changes: Any) -> Office:
    """Answer an office in which the director has a phone beside the mail."""
    made = Office(database, county(**changes))
    with database.writing() as connection:
        statement = update(persons).where(persons.c.handle == "P-01")
        connection.execute(statement.values(sealed_phone=b"x"))
    return made


def told(office: Office, person: str | None = None) -> Explanation:
    """Explain the first entry."""
    in_force = InForce(office.plan, office.county.timetable)
    with office.database.reading() as connection:
        return explain(connection, in_force, "青山-01", on=office.today, person=person)


def lines(office: Office, person: str | None = None) -> list[str]:
    """Explain the first entry in words, in English."""
    found = told(office, person)
    with speaking("en"):
        return [line.strip() for line in sentences(found, office.county.timetable.zone)]


def test_a_ladder_shows_the_routes_of_urgent_messages(database: Database) -> None:
    """The director by SMS first, the others as usual."""
    said = lines(office(database))
    assert "Rung 1: 儿童主任, today P-01 (sms)." in said
    assert "Rung 2: 儿童督导员, today P-03 (mail)." in said


def test_a_loud_rule_shows_all_channels_at_once(database: Database) -> None:
    """Of those who have several; with one address there is one."""
    said = lines(office(database, all=True))
    assert "Rung 1: 儿童主任, today P-01 (at once on sms, mail)." in said
    assert "Rung 2: 儿童督导员, today P-03 (mail)." in said


@pytest.mark.parametrize(
    ("urgent", "slot", "channel"),
    [(True, date(2027, 8, 15), "sms"), (False, date(2027, 8, 9), "mail")],
)
def test_an_urgent_step_waits_for_no_message(
    database: Database, urgent: bool, slot: date, channel: str
) -> None:
    """It goes out on its day, by urgent routes; else in the message of the Monday before."""
    made = office(database, yearly={**YEARLY, "urgent": urgent})
    made.look()
    (coming,) = told(made).rules[1].coming
    assert (coming.slot, coming.on_date) == (slot, date(2027, 8, 15))
    assert coming.expected[0].channel == channel


@pytest.mark.parametrize(
    ("prefers", "wish", "channels"),
    [
        (None, None, ("mail", "sms")),
        ("sms", Wish.KEPT, ("sms", "mail")),
        ("app", Wish.NO_ROUTE, ("mail", "sms")),
        ("gone", Wish.NOT_THERE, ("mail", "sms")),
    ],
)
def test_a_preference_says_what_became_of_it(
    database: Database, prefers: str | None, wish: Wish | None, channels: tuple[str, ...]
) -> None:
    """First where the routes have it; else why not."""
    made = office(database)
    with database.writing() as connection:
        set_preference(connection, made.person("P-01"), prefers)
    found = told(made, "P-01").person
    assert found is not None
    usual, *_urgent = found.routes
    assert usual == RouteFacts("director", False, channels, (), prefers, wish)


def test_a_preference_without_an_address_is_not_used(database: Database) -> None:
    """The supervisor has no phone."""
    made = office(database)
    with database.writing() as connection:
        set_preference(connection, made.person("P-03"), "sms")
    said = lines(made, "P-03")
    assert "As 儿童督导员: by mail, each when the one before failed." in said
    assert "They prefer sms, but have no address for it: not used." in said


def test_urgent_routes_of_a_person_are_told_where_they_differ(database: Database) -> None:
    """And which rules use them all at once."""
    said = lines(office(database, all=True), "P-01")
    at = said.index("As 儿童主任, urgent: by sms, mail, each when the one before failed.")
    assert said[at - 1] == "As 儿童主任: by mail, sms, each when the one before failed."
    assert said[at + 1] == "By all of these at once: 暴雨叫应."
