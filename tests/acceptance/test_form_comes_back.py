"""Mail → filled-in form → import → matters settled → the next mail no longer lists them."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from alerts.acts import Voiding, void
from alerts.tables import alerts, outcomes, tellings
from channels.protocol import Message
from ledgers.imports import Count
from ledgers.tables import entries, records
from tests.acceptance.office import (
    CHILD,
    LAST_SEEN,
    LAUNCH,
    PEOPLE,
    Cell,
    Office,
    done,
    fill_in,
    form_of,
    lines_of,
    open_office,
)

SUPERVISOR = "dudao@example.invalid"
THURSDAY = LAUNCH + timedelta(days=3)


def child(village: str, name: str, contact: date, visit: date) -> list[Cell]:
    """Answer a line of the ledger: updated lately, contacted and visited on these days."""
    born, updated = date(2016, 5, 1), date(2027, 2, 20)
    return ["柳河镇", village, name, born, "流动儿童", "家庭生活困难", contact, visit, updated]


@pytest.fixture
def office(tmp_path: Path, bare_database_url: str) -> Iterator[Office]:
    """Answer an office on its first Monday, when the supervisor's mail has gone out."""
    with open_office(tmp_path, bare_database_url) as opened:
        opened.bring_rows(
            "人员",
            PEOPLE,
            [
                ["赵示例", "儿童督导员", "15400000001", SUPERVISOR, "柳河镇", None],
                ["钱示例", "儿童主任", "15400000002", None, "柳河镇", "青山村"],
                ["孙示例", "儿童主任", "15400000003", None, "柳河镇", "柳沟村"],
            ],
        )
        contact, visit = date(2026, 12, 4), date(2026, 9, 4)  # both due on 4 March
        opened.bring_rows(
            "台账",
            (*CHILD, *LAST_SEEN),
            [
                child("青山村", "甲示例", contact, visit),
                child("青山村", "乙示例", contact, contact),
                child("柳沟村", "丙示例", contact, visit),
                child("柳沟村", "丁示例", date(2027, 2, 25), date(2027, 2, 25)),
            ],
        )
        opened.tick()
        opened.move(LAUNCH)
        opened.tick()
        yield opened


def asked(mail: Message) -> set[tuple[str, str]]:
    """Answer number and act of every line of a mail's form."""
    return {(line["编号"], line["事项"]) for line in lines_of(form_of(mail))}


def come_back(office: Office, answers: dict[tuple[str, str], dict[str, Cell]]) -> Any:
    """Let the form of the first mail come back on Wednesday, filled in."""
    office.move(LAUNCH + timedelta(days=2))
    form = form_of(office.mails_to(SUPERVISOR)[0])
    return office.bring(fill_in(form, office.folder / "已填.xlsx", answers))


def open_matters(office: Office) -> Counter[tuple[str, str]]:
    """Answer number and rule of all that is open."""
    query = (
        select(entries.c.number, alerts.c.rule)
        .join(entries, entries.c.id == alerts.c.entry_id)
        .where(alerts.c.closed_at.is_(None))
    )
    with office.site.database.reading() as connection:
        return Counter((row.number, row.rule) for row in connection.execute(query))


VISITED = {("青山-01", "走访"): done(LAUNCH + timedelta(days=1))}


def test_the_first_mail_asks_for_the_strongest_act_of_each(office: Office) -> None:
    """One mail for both directors; who is due for a visit is not also asked for a contact."""
    (mail,) = office.mails_to(SUPERVISOR)
    assert asked(mail) == {("青山-01", "走访"), ("青山-02", "联系"), ("柳沟-01", "走访")}
    assert mail.attachments[0].name == "走访登记表-2027-03-01.xlsx"


def test_a_form_settles_what_was_done(office: Office) -> None:
    """A visit settles the visit and the contact, and nothing else."""
    before = open_matters(office)
    report = come_back(office, VISITED)
    assert report.counts[Count.RECORDS] == 1
    gone = {("青山-01", "重点对象半年走访"): 1, ("青山-01", "重点对象季度联系"): 1}
    assert before - open_matters(office) == gone


def test_the_next_mail_lists_only_what_is_left(office: Office) -> None:
    """What was done is neither asked for nor counted again."""
    come_back(office, VISITED)
    office.live(THURSDAY, LAUNCH + timedelta(days=10))
    later = [asked(mail) for mail in office.mails_to(SUPERVISOR)[1:] if mail.attachments]
    assert later
    assert all(number != "青山-01" for lines in later for number, _ in lines)
    assert {"青山-02", "柳沟-01"} == {number for lines in later for number, _ in lines}


def test_the_same_form_twice_changes_nothing(office: Office) -> None:
    """Another day, the same file, saved under another name."""
    come_back(office, VISITED)
    rows = everything(office)
    office.move(LAUNCH + timedelta(days=5))
    again = (office.folder / "已填.xlsx").rename(office.folder / "再来一次.xlsx")
    report = office.bring(again)
    assert report.changed_nothing
    assert report.counts[Count.RECORDS_KNOWN] == 1
    assert everything(office) == rows


def test_a_voided_record_is_not_brought_back_by_its_form(office: Office) -> None:
    """Who says it was a mistake is not contradicted by a file; the matter is open and told again."""
    come_back(office, VISITED)
    site, now = office.site, office.clock()
    with site.database.writing() as connection:
        plan = site.plan(connection, today=office.today)
        wrong = connection.execute(
            select(records.c.id).where(records.c.source == "form")
        ).scalar_one()
        void(connection, plan, Voiding([wrong], "mistake"), now=now, today=office.today)
    office.move(LAUNCH + timedelta(days=2), at=time(11))
    report = office.bring(office.folder / "已填.xlsx")
    assert report.counts[Count.RECORDS] == 0
    office.live(THURSDAY, THURSDAY)
    assert ("青山-01", "重点对象半年走访") in open_matters(office)
    assert any(number == "青山-01" for number, _ in asked(office.mails_to(SUPERVISOR)[-1]))


def test_who_was_not_reached_stays_open(office: Office) -> None:
    """未联系上 closes nothing; the next mail says so."""
    not_met = done(LAUNCH + timedelta(days=1)) | {"结果": "未联系上", "见到儿童本人": "否"}
    before = open_matters(office)
    come_back(office, {("柳沟-01", "走访"): not_met})
    assert open_matters(office) == before


def test_every_telling_of_a_settled_matter_has_its_outcome(office: Office) -> None:
    """What went out before was relayed; what had not gone out ends resolved."""
    come_back(office, VISITED)
    with office.site.database.reading() as connection:
        states = set(connection.execute(select(tellings.c.state)).scalars())
        became = set(connection.execute(select(outcomes.c.became)).scalars())
    assert states <= {"relayed", "merged"}
    assert {"pending", "sending", "relayed"} <= became
    assert office.look() == []


def everything(office: Office) -> list[Any]:
    """Answer all that a form could change."""
    with office.site.database.reading() as connection:
        return [
            sorted(map(tuple, connection.execute(select(*columns))))
            for columns in (
                (records.c.id, records.c.happened_on),
                (alerts.c.id, alerts.c.closed_how),
                (tellings.c.id, tellings.c.state),
            )
        ]
