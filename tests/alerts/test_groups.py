"""A group is told beside the persons of its role, in totals only, and stands in for nobody."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import get_type_hints

import pytest
from sqlalchemy import select

from alerts import digest
from alerts.compose import Composer
from alerts.directory import Directory
from alerts.errors import CannotCompose
from alerts.recipients import Addressee, Ladder, Recipient, Subject
from alerts.render import Templates
from alerts.tables import notices
from alerts.views import Count, Day, GroupView
from channels.protocol import Message
from ledgers.database import Database
from ledgers.groups import keep_groups
from ledgers.tables import persons
from tests.alerts.county import LIUGOU, MONDAY, QINGSHAN, TOWN, VAULT, County, at, written

ROBOT = {
    "type": "wecom-robot",
    "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=K",
    "region": TOWN,
    "role": "supervisor",
}


def a_county(database: Database, **robot: object) -> County:
    """Answer the usual county, whose supervisors share a group with a robot."""
    base = written().delivery.model_dump(by_alias=True)
    routes = {"director": ["mail", "relay"], "supervisor": ["mail", "robot"], "county": ["mail"]}
    delivery = {**base, "routes": routes}
    channels = {"mail": {"type": "memory"}, "robot": {**ROBOT, **robot}}
    made = County(database, configuration=written(delivery=delivery, channels=channels))
    with database.writing() as connection:
        keep_groups(connection, VAULT, ["robot"], today=MONDAY, now=made.now)
    return made


@pytest.fixture
def county(database: Database) -> County:
    """Answer it with its posts filled."""
    made = a_county(database)
    made.staff()
    return made


def ladder(county: County) -> Ladder:
    """Answer who is told on the Monday."""
    with county.database.reading() as connection:
        return Ladder.of(county.configuration, Directory.load(connection, MONDAY))


def handles(county: County, recipients: tuple[Recipient, ...]) -> list[str]:
    """Answer who they are."""
    with county.database.reading() as connection:
        known = dict(iter(connection.execute(select(persons.c.id, persons.c.handle))))
    return [known[one.person] for one in recipients]


def test_a_group_is_told_beside_its_roles_holders(county: County) -> None:
    """Of every village of its division, on its own channel."""
    found = ladder(county).recipients("supervisor", Subject("e1", QINGSHAN))
    assert handles(county, found.recipients) == ["P-03", "group:robot"]
    addressee = found.recipients[1].addressee
    assert addressee == Addressee(found.recipients[1].person, "supervisor", "robot")
    assert handles(
        county, ladder(county).recipients("county", Subject("e1", QINGSHAN)).recipients
    ) == ["P-04"]


def test_a_group_fills_no_post(database: Database) -> None:
    """Without a supervisor the county is told too, and the gap is one."""
    county = a_county(database)
    county.post("county", "990101", county.person("P-04", email="c1@example.invalid"))
    found = ladder(county).recipients("supervisor", Subject("e1", QINGSHAN))
    assert handles(county, found.recipients) == ["P-04", "group:robot"]
    assert [gap.role for gap in found.gaps] == ["supervisor"]


def test_nobody_passes_on_what_was_for_a_group(county: County) -> None:
    """When its channel is gone, it is told no more."""
    now = ladder(county)
    group = now.recipients("supervisor", Subject("e1", QINGSHAN)).recipients[1].person
    without = replace(now, routes=replace(now.routes, routes={"county": (("mail", "email"),)}))
    assert without.readdressed(group, "supervisor", Subject("e1", QINGSHAN)).addressee is None


def composed(county: County, handle: str) -> Message:
    """Open the supervisors' slot and compose what somebody gets."""
    now = county.timetable.plans["supervisor"].instant(MONDAY)
    digest.open_slot(county.database, county.timetable, "supervisor", MONDAY, now=now)
    composer = Composer(county.timetable, Templates.load(), VAULT)
    with county.database.writing() as connection:
        wanted = connection.execute(
            select(notices.c.id)
            .join(persons, persons.c.id == notices.c.person_id)
            .where(persons.c.handle == handle)
        ).scalar_one()
        message = composer(connection, {wanted: 1}, now=at(MONDAY, 9, 10))[wanted]
    assert message is not None
    assert not isinstance(message, CannotCompose)
    return message


def test_a_group_reads_totals_and_no_number(county: County) -> None:
    """The township's, by act; no village, no file, no address."""
    for number in ("青山-03", "青山-05"):
        alert = county.alert(county.entry(number), "visits", MONDAY - timedelta(7))
        county.step(alert, MONDAY, "supervisor", key="+7 days", after_due=True)
    message = composed(county, "group:robot")
    assert message.address == ""
    assert message.attachments == ()
    assert message.text.startswith("临河镇截至 6月7日待办 2 项，已过期 2 项：\n\n走访 2 项")
    assert "青山" not in message.text + message.subject
    assert "03" not in message.text


def composed_with_due(county: County, due: dict[str, int]) -> Message:
    """Let so many entries be due in villages, and compose what the group gets."""
    for village, count in due.items():
        for number in range(count):
            alert = county.alert(county.entry(f"{village}-{number}", village), "visits", MONDAY)
            county.step(alert, MONDAY, "supervisor")
    return composed(county, "group:robot")


def test_a_groups_page_has_room_for_totals_only(county: County) -> None:
    """No field of it can hold a village, a line, an area or a number, so no count of one either."""
    held = set(get_type_hints(GroupView).values())
    assert held == {str, int, bool, Day, tuple[Count, ...]}
    message = composed_with_due(county, {QINGSHAN: 1, LIUGOU: 2})
    assert "3 项" in message.text
    assert not {"1 项", "2 项"} & set(re.findall(r"\d 项", message.text))
    assert not any(name in message.text + message.subject for name in ("青山", "柳沟"))
