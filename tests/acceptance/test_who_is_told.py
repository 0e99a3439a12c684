"""Directors without an address, supervisors without one, people who come, go and stand in."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from alerts.matters import MatterKind, still_open
from alerts.tables import alerts, steps, tellings
from ledgers.handover import leave_person, replace_person
from ledgers.persons import find_person
from ledgers.tables import entries, persons
from tests.acceptance.office import (
    CHILD,
    LAST_SEEN,
    LAUNCH,
    PEOPLE,
    Cell,
    Office,
    days,
    open_office,
)

DIRECTOR, SUPERVISOR = "zhuren@example.invalid", "dudao@example.invalid"
COUNTY, OPERATOR = "xian@example.invalid", "admin@example.invalid"
MONDAY = LAUNCH
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + timedelta(days=n) for n in range(1, 5))
NEXT_MONDAY = MONDAY + timedelta(days=7)


def people(
    *, director: str | None = None, supervisor: str | None = None, county: str | None = None
) -> list[list[Cell]]:
    """Answer who there is, with their addresses."""
    return [
        ["周示例", "县民政局儿童福利工作人员", "15400000009", county, None, None],
        ["赵示例", "儿童督导员", "15400000001", supervisor, "柳河镇", None],
        ["钱示例", "儿童主任", "15400000002", director, "柳河镇", "青山村"],
    ]


def set_up(office: Office, staff: list[list[Cell]], due: list[date]) -> None:
    """Import people and one child for each day on which a contact is due."""
    office.bring_rows("人员", PEOPLE, staff)
    children = [
        [
            *("柳河镇", "青山村", f"{'甲乙丙丁戊己'[n]}示例", date(2016, 5, 1 + n)),
            *("流动儿童", "家庭生活困难", _three_months_before(day), None, MONDAY),
        ]
        for n, day in enumerate(due)
    ]
    for child in children:
        child[7] = date(2026, 11, 1) if child[6] is None else child[6]
    office.bring_rows("台账", (*CHILD, *LAST_SEEN), children)
    office.tick()


def _three_months_before(day: date) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - 3, 12)
    return date(year, month + 1, day.day)


@pytest.fixture
def office(tmp_path: Path, bare_database_url: str) -> Iterator[Office]:
    """Answer an empty office before work on its first Monday."""
    with open_office(tmp_path, bare_database_url) as opened:
        yield opened


def told(office: Office) -> list[Any]:
    """Answer all tellings with their step's day and how they were passed on."""
    with office.site.database.reading() as connection:
        return list(
            connection.execute(
                select(tellings, steps.c.on_date, alerts.c.due_on, entries.c.number)
                .join(steps, steps.c.id == tellings.c.step_id)
                .join(alerts, alerts.c.id == tellings.c.alert_id)
                .join(entries, entries.c.id == alerts.c.entry_id)
                .order_by(tellings.c.id)
            )
        )


def addresses(office: Office) -> set[str]:
    return {mail.address for mail in office.mails}


def test_who_has_no_address_hears_in_time_through_the_supervisor(office: Office) -> None:
    """Due on Friday and on Sunday: both stand in Monday's mail to the supervisor, to pass on."""
    set_up(office, people(supervisor=SUPERVISOR), [FRIDAY, MONDAY + timedelta(days=6)])
    office.live(MONDAY, MONDAY)
    assert addresses(office) == {SUPERVISOR}
    assert "01、02　联系，3月5日前" in office.mails[0].text
    rows = told(office)
    assert {row.state for row in rows} == {"relayed"}
    assert {row.role for row in rows} == {"director"}
    assert all(row.via is not None and row.via != row.person_id for row in rows)
    assert {row.number for row in rows} == {"青山-01", "青山-02"}


def test_what_is_due_after_the_next_slot_waits_for_it(office: Office) -> None:
    """Due on Thursday week: Monday says nothing, Monday week does."""
    set_up(office, people(supervisor=SUPERVISOR), [NEXT_MONDAY + timedelta(days=3)])
    office.live(MONDAY, THURSDAY - timedelta(days=1))
    assert told(office) == []
    office.live(THURSDAY, NEXT_MONDAY)
    assert [row.number for row in told(office)] == ["青山-01"]


def test_who_gets_an_address_is_told_directly_from_then_on(office: Office) -> None:
    """The first week goes through the supervisor, the second to the director."""
    set_up(office, people(supervisor=SUPERVISOR), [FRIDAY, NEXT_MONDAY + timedelta(days=3)])
    office.live(MONDAY, WEDNESDAY)
    office.bring_rows("人员新", PEOPLE, people(director=DIRECTOR, supervisor=SUPERVISOR))
    office.live(THURSDAY, NEXT_MONDAY)
    second = [row for row in told(office) if row.number == "青山-02"]
    assert [(row.state, row.via) for row in second] == [("sent", None)]
    assert "青山-02" not in "".join(mail.text for mail in office.mails_to(SUPERVISOR))
    assert len({row.person_id for row in told(office) if row.role == "director"}) == 1


def test_a_supervisor_without_an_address_is_passed_over(office: Office) -> None:
    """The county passes it on, on its own Monday."""
    set_up(office, people(county=COUNTY), [FRIDAY])
    office.live(MONDAY, FRIDAY)
    assert addresses(office) == {COUNTY}
    assert [(row.role, row.state) for row in told(office)] == [("director", "relayed")]


def test_nobody_has_an_address_but_the_operator(office: Office) -> None:
    """The last rung hears of it before the day it is due."""
    set_up(office, people(), [FRIDAY])
    office.live(MONDAY, FRIDAY)
    assert addresses(office) == {OPERATOR}
    (row,) = told(office)
    assert (row.role, row.state) == ("director", "relayed")
    assert row.made_at.date() <= FRIDAY


def test_an_empty_post_goes_to_the_rung_above_and_is_a_matter(office: Office) -> None:
    """The director leaves: the supervisor is told in person, and that there is nobody."""
    set_up(office, people(director=DIRECTOR, supervisor=SUPERVISOR), [FRIDAY])
    leave(office, "15400000002", on=MONDAY)
    office.live(MONDAY, MONDAY)
    assert addresses(office) == {SUPERVISOR}
    assert [(row.role, row.state) for row in told(office)] == [("supervisor", "sent")]
    with office.site.database.reading() as connection:
        (gap,) = still_open(connection, kind=MatterKind.NO_RECIPIENT)
    assert gap.matter.subject.startswith("director:")
    assert "没有儿童主任" in office.mails[0].text


def test_a_new_director_takes_over_what_is_open(office: Office) -> None:
    """What the old one was told is told to the new one when its next step comes."""
    set_up(office, people(director=DIRECTOR, supervisor=SUPERVISOR), [FRIDAY])
    office.live(MONDAY, WEDNESDAY)
    new = ["吴示例", "儿童督导员", "15400000005", "xin@example.invalid", "石河镇", None]
    office.bring_rows("新人", PEOPLE, [new])
    with office.site.database.writing() as connection:
        old, fresh = (
            find_person(connection, office.site.vault, phone)[0]
            for phone in ("15400000002", "15400000005")
        )
        replace_person(connection, old, fresh, on=THURSDAY, now=office.clock())
    office.live(THURSDAY, NEXT_MONDAY)
    assert {mail.address for mail in office.mails[1:]} >= {"xin@example.invalid"}
    assert len(office.mails_to(DIRECTOR)) == 1


def test_a_slot_that_opens_late_tells_who_is_there_now(office: Office) -> None:
    """The machine was off on Monday; the director left on Wednesday: Thursday tells the supervisor."""
    set_up(office, people(director=DIRECTOR, supervisor=SUPERVISOR), [FRIDAY])
    leave(office, "15400000002", on=WEDNESDAY)
    office.live(THURSDAY, THURSDAY)
    assert addresses(office) == {SUPERVISOR}


def test_an_address_that_is_lost_after_the_slot_is_told_another_way(office: Office) -> None:
    """The notice is made, no channel takes it; by the next slot the address is gone."""
    set_up(office, people(director=DIRECTOR, supervisor=SUPERVISOR), [FRIDAY])
    office.move(MONDAY, time(9, 30))
    office.tick(channels={})
    with office.site.database.writing() as connection:
        gone = update(persons).values(sealed_email=None, email_key=None)
        id_ = find_person(connection, office.site.vault, DIRECTOR)[0]
        connection.execute(gone.where(persons.c.id == id_))
    office.live(MONDAY, THURSDAY, at=time(10))
    assert addresses(office) == {SUPERVISOR}
    assert [row.state for row in told(office) if row.role == "director"] == ["relayed"]


def test_who_leaves_before_the_message_goes_out_does_not_get_it(office: Office) -> None:
    """The notice is made, then its reader goes: it is withdrawn, and passed on at the next slot."""
    set_up(office, people(director=DIRECTOR, supervisor=SUPERVISOR), [FRIDAY])
    office.move(MONDAY, time(9, 30))
    office.tick(channels={})
    leave(office, DIRECTOR, on=MONDAY)
    office.live(MONDAY, THURSDAY, at=time(10))
    assert addresses(office) == {SUPERVISOR}


def leave(office: Office, phone: str, *, on: date) -> None:
    """Let somebody go."""
    with office.site.database.writing() as connection:
        (id_,) = find_person(connection, office.site.vault, phone)
        leave_person(connection, id_, on=on)


def test_every_day_of_a_fortnight_is_clean(office: Office) -> None:
    """Nothing waits for somebody who never comes: the audit agrees each day."""
    set_up(office, people(county=COUNTY), [FRIDAY, NEXT_MONDAY])
    for day in days(MONDAY, MONDAY + timedelta(days=14)):
        office.move(day)
        office.tick()
        assert office.look() == []
