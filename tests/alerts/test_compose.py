"""A notice becomes a message that says only what is still true."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from alerts import digest
from alerts.compose import Composer
from alerts.errors import CannotCompose
from alerts.matters import Matter, MatterKind, open_matters
from alerts.outcomes import move
from alerts.render import Templates
from alerts.signs_of_life import open_operator_notice
from alerts.states import Outcome
from alerts.tables import alerts, form_lines, notices, tellings
from channels.protocol import Message
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.tables import persons, records
from tests.alerts.county import LIUGOU, MONDAY, QINGSHAN, TOWN, VAULT, County, at

DAY = timedelta(days=1)
TEMPLATES = Templates.load()


@pytest.fixture
def county(database: Database) -> County:
    """Answer the usual county with its posts filled."""
    made = County(database)
    made.staff()
    return made


def opened(county: County, role: str, weeks: int = 0) -> None:
    """Open a Monday slot of a role at its time."""
    day = MONDAY + timedelta(weeks=weeks)
    now = county.timetable.plans[role].instant(day)
    digest.open_slot(county.database, county.timetable, role, day, now=now)


def composed(county: County, handle: str, day: date = MONDAY) -> Message | None:
    """Compose the newest notice of a person on a day."""
    composer = Composer(county.timetable, TEMPLATES, VAULT)
    with county.database.writing() as connection:
        notice = connection.execute(
            select(notices.c.id)
            .join(persons, persons.c.id == notices.c.person_id)
            .where(persons.c.handle == handle)
            .order_by(notices.c.slot.desc())
        ).scalars()
        wanted = next(iter(notice))
        message = composer(connection, {wanted: 1}, now=at(day, 9, 10))[wanted]
        assert not isinstance(message, CannotCompose)
        return message


def text_of(message: Message | None) -> str:
    """Answer the text of a message that must be there."""
    assert message is not None
    return message.text


def test_a_directors_message_is_a_phone_screen(county: County) -> None:
    """Numbers by village, one line per act and date, warm and short."""
    county.due("青山-03", "visits", MONDAY + 2 * DAY)
    county.due("青山-05", "visits", MONDAY + 2 * DAY)
    county.due("青山-08", "contacts", MONDAY)
    opened(county, "director")
    message = composed(county, "P-01")
    assert message is not None
    assert message.subject == "请办 3 项（青山村）"
    assert message.address == "d1@example.invalid"
    lines = message.text.splitlines()
    assert lines[:5] == [
        "您好！请办 3 项：",
        "",
        "青山村：",
        "　08　联系，今天到期",
        "　03、05　走访，6月9日前",
    ]
    assert "告诉儿童督导员登记" in message.text
    assert len(lines) < 14


def test_one_line_per_entry_the_strongest_act_only(county: County) -> None:
    """A visit is also a contact, by the contact's date; an update stands beside it."""
    entry = county.entry("青山-08")
    for rule, due in (("visits", 4), ("contacts", 2), ("updates", 3)):
        county.step(county.alert(entry, rule, MONDAY + due * DAY), MONDAY + due * DAY)
    opened(county, "director")
    assert "　08　走访、信息更新，6月9日前" in text_of(composed(county, "P-01")).splitlines()


def test_tense_is_that_of_the_day_of_sending(county: County) -> None:
    """The same notice, sent five days later after an outage, says so."""
    county.due("青山-08", "visits", MONDAY + DAY)
    opened(county, "director")
    assert "08　走访，明天到期" in text_of(composed(county, "P-01"))
    assert "08　走访，已过4天" in text_of(composed(county, "P-01", MONDAY + 5 * DAY))


def test_never_recorded_is_not_overdue(county: County) -> None:
    """从未登记 is said as such, without counting days."""
    alert = county.alert(county.entry("青山-08"), "visits", MONDAY - 3 * DAY, anchor="never")
    county.step(alert, MONDAY - 3 * DAY)
    opened(county, "director")
    assert "08　走访，还没有登记过" in text_of(composed(county, "P-01"))


def test_done_items_leave_and_an_empty_notice_is_none(county: County) -> None:
    """What was done between slot and sending is not said."""
    county.due("青山-03", "visits", MONDAY)
    done = county.due("青山-08", "visits", MONDAY)
    opened(county, "director")
    close(county, done)
    assert "08" not in text_of(composed(county, "P-01"))
    assert ("青山-08", "resolved", None) in county.tellings()
    close(county, None)
    assert composed(county, "P-01") is None


def close(county: County, alert: str | None) -> None:
    """Close one alert, or all, as done; their tellings are left as they are."""
    which = alerts.c.id == alert if alert else alerts.c.id.is_not(None)
    with county.database.writing() as connection:
        connection.execute(
            update(alerts).where(which).values(closed_at=county.now, closed_how="done")
        )


def test_an_acknowledged_item_leaves_and_comes_back(county: County) -> None:
    """It ends nowhere: the slot after the acknowledgement tells it."""
    county.due("青山-03", "visits", MONDAY)
    opened(county, "director")
    with county.database.writing() as connection:
        connection.execute(update(alerts).values(deferred_until=MONDAY + 2 * DAY))
    assert composed(county, "P-01") is None
    with county.database.writing() as connection:
        connection.execute(update(notices).values(state="empty", ended_at=county.now))
    opened(county, "director", weeks=1)
    assert "03　走访，已过7天" in text_of(composed(county, "P-01", MONDAY + 7 * DAY))


def test_an_address_taken_away_leaves_the_tellings_for_the_relay(county: County) -> None:
    """Nothing is sent nowhere; the supervisor passes it on at her next slot."""
    county.due("青山-03", "visits", MONDAY)
    opened(county, "director")
    with county.database.writing() as connection:
        connection.execute(
            update(persons).where(persons.c.handle == "P-01").values(sealed_email=None)
        )
    assert composed(county, "P-01") is None
    opened(county, "supervisor", weeks=1)
    assert county.tellings() == [("青山-03", "pending", "P-03")]


def test_older_open_items_are_one_line(county: County) -> None:
    """Only new tellings are listed; what was told before is counted."""
    county.due("青山-03", "visits", MONDAY)
    opened(county, "director")
    sent(county)
    county.due("青山-08", "visits", MONDAY + 8 * DAY)
    opened(county, "director", weeks=1)
    text = text_of(composed(county, "P-01", MONDAY + 7 * DAY))
    assert "另有 1 项以前提醒过，还没有办完。" in text
    assert "03" not in text


def sent(county: County) -> None:
    """Let everything pending have gone out."""
    with county.database.writing() as connection:
        ids = list(connection.execute(select(tellings.c.id)).scalars())
        move(connection, ids, Outcome.SENDING, now=county.now)
        move(connection, ids, Outcome.SENT, now=county.now)
        connection.execute(update(notices).values(state="sent", ended_at=county.now))


def test_a_try_that_found_nobody_is_mentioned(county: County) -> None:
    """未联系上 closes nothing and shows in the next message."""
    alert = county.due("青山-03", "visits", MONDAY)
    with county.database.writing() as connection:
        entry = connection.execute(
            select(alerts.c.entry_id).where(alerts.c.id == alert)
        ).scalar_one()
        connection.execute(
            insert(records).values(
                id=new_id(county.now),
                entry_id=entry,
                kind="visit",
                happened_on=MONDAY - DAY,
                recorded_on=MONDAY - DAY,
                recorded_at=county.now,
                result="not-reached",
                source="form",
                fingerprint="one",
            )
        )
    opened(county, "director")
    assert "　03　走访，今天到期（上次没联系上）" in text_of(composed(county, "P-01"))


def test_a_supervisors_message_has_a_block_for_each_director(county: County) -> None:
    """Relayed texts, her own escalations, villages without director, and the gap."""
    county.due("柳沟-01", "visits", MONDAY + 2 * DAY, LIUGOU)
    late = county.alert(county.entry("青山-08"), "visits", MONDAY - 10 * DAY)
    county.step(late, MONDAY - 3 * DAY, "supervisor", key="+7 days", after_due=True)
    county.due("高山-01", "visits", MONDAY, TOWN + "009")
    opened(county, "supervisor")
    message = composed(county, "P-03")
    text = text_of(message)
    assert "柳沟村儿童主任，您好！请办 1 项：" in text
    assert "【请督促】已过期 1 项\n青山村：\n　08　走访，已过10天" in text
    assert "【请安排】1 项" in text
    assert f"{TOWN}009没有儿童主任，请尽快明确人选。" in text
    assert message is not None
    assert message.subject == "临河镇：转告 1 人共 1 项，督促 1 项，待安排 1 项"


def test_the_form_lists_what_is_open_and_is_the_same_each_time(county: County) -> None:
    """Equal bytes for a notice and revision; its lines are written down."""
    county.due("柳沟-01", "visits", MONDAY + 2 * DAY, LIUGOU)
    county.due("青山-08", "contacts", MONDAY + DAY)
    county.due("青山-09", "contacts", MONDAY + 60 * DAY)
    opened(county, "supervisor")
    first, again = composed(county, "P-03"), composed(county, "P-03")
    assert first is not None
    assert again is not None
    assert first == again
    assert first.out_id.endswith(".1")
    assert first.attachments[0].name == "走访登记表-2027-06-07.xlsx"
    assert "有 2 行" in first.text
    with county.database.reading() as connection:
        kinds = connection.execute(select(form_lines.c.kind)).scalars()
        assert sorted(kinds) == ["contact", "visit"]


def test_a_county_gets_figures_per_township_only(county: County) -> None:
    """No number, no village: townships and counts."""
    for number in ("青山-03", "青山-05"):
        alert = county.alert(county.entry(number), "visits", MONDAY - 30 * DAY)
        county.step(alert, MONDAY, "county", key="+30 days", after_due=True)
    opened(county, "county")
    message = composed(county, "P-04")
    text = text_of(message)
    assert "临河镇：共 2 项，已过期 2 项\n　走访 2 项（已过期 2）" in text
    assert "03" not in text
    assert "青山" not in text
    assert message is not None
    assert message.attachments == ()


def test_a_matter_alone_makes_a_message(county: County) -> None:
    """ "Not well" reaches the supervisor of the place, by number."""
    entry = county.entry("青山-03")
    with county.database.writing() as connection:
        matter = Matter(MatterKind.NOT_WELL, entry, "supervisor", QINGSHAN)
        elsewhere = Matter(MatterKind.NOT_WELL, new_id(county.now), "supervisor", "990101002")
        open_matters(connection, [matter, elsewhere], now=county.now)
    opened(county, "supervisor")
    message = composed(county, "P-03")
    assert "青山村 青山-03 登记为“情况不正常”，请尽快了解。" in text_of(message)
    assert text_of(message).count("情况不正常") == 1


def test_the_operator_hears_every_day_that_the_watch_is_kept(county: County) -> None:
    """One canary a day, with figures and what is the matter, even while delivery is held."""
    county.due("青山-03", "visits", MONDAY)
    opened(county, "director")
    now = at(MONDAY, 9, 30)
    with county.database.writing() as connection:
        open_matters(
            connection, [Matter(MatterKind.QUARANTINE, "i1", detail={"count": 3})], now=now
        )
    assert open_operator_notice(county.database, county.timetable, MONDAY, now=now) == 1
    assert open_operator_notice(county.database, county.timetable, MONDAY, now=now) == 0
    text = text_of(composed(county, "operator"))
    assert "守望在运行" in text
    assert "等待发送 1 条" in text
    assert "有 3 行需要更正" in text


def test_a_persons_own_language_is_spoken(county: County) -> None:
    """English where it is set for the person."""
    with county.database.writing() as connection:
        connection.execute(update(persons).values(language="en"))
    county.due("青山-03", "visits", MONDAY + 2 * DAY)
    opened(county, "director")
    message = composed(county, "P-01")
    assert message is not None
    assert message.subject == "To do: 1 (青山村)"
    assert "03  走访, by 2027-06-09" in message.text


def test_what_may_repeat_says_so(county: County) -> None:
    """A notice that goes out again on another route after a lost answer is marked."""
    county.due("青山-03", "visits", MONDAY)
    opened(county, "director")
    with county.database.writing() as connection:
        connection.execute(update(notices).values(may_repeat=True))
    assert "可能已经收到过" in text_of(composed(county, "P-01"))
