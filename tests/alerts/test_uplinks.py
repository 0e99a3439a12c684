"""Answers by SMS: who writes back 1 has seen it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from alerts.tables import attempts, notices
from alerts.uplinks import Line, Understood, hear_answers
from channels.inbound import Uplink
from ledgers.database import Database
from ledgers.persons import phone_key
from ledgers.tables import persons
from tests.alerts.county import VAULT
from tests.alerts.signalling import FLOOD, REPORT, Office, with_rules

PHONE = "15400000001"


@pytest.fixture
def office(database: Database) -> Office:
    """Answer a county where the director of 青山 has a phone."""
    office = Office(database, with_rules(flood=FLOOD, report=REPORT))
    has_phone(office, "P-01", PHONE)
    return office


def has_phone(office: Office, handle: str, phone: str) -> None:
    """Give somebody a phone number."""
    change = persons.update().where(persons.c.id == office.person(handle))
    with office.database.writing() as connection:
        connection.execute(change.values(phone_key=phone_key(VAULT, phone)))


def hear(
    office: Office, text: str, sender: str = PHONE, *, id_: str = "", at: datetime | None = None
) -> Understood:
    """Let somebody write back."""
    with office.database.writing() as connection:
        return hear_answers(
            connection,
            Line("sms", VAULT, office.plan),
            [Uplink(sender, text, id_, at)],
            now=office.now,
            today=office.today,
        )


@pytest.mark.parametrize("text", ["1", " １ ", "收到。", "1\n"])
@pytest.mark.parametrize("sender", [PHONE, "86" + PHONE, "+86" + PHONE, "0086" + PHONE])
def test_one_settles_what_its_sender_was_told(office: Office, text: str, sender: str) -> None:
    """As the command does: nobody above is called for this village any more."""
    office.signal()
    office.look()
    assert len(hear(office, text, sender).closed) == 2
    office.look(30)
    assert office.closed() == {"青山-01": "done", "青山-02": "done", "柳沟-01": None}
    assert office.audit() == []


def test_the_same_answer_again_changes_nothing(office: Office) -> None:
    """Gateways repeat themselves."""
    office.signal()
    office.look()
    hear(office, "1")
    assert hear(office, "1") == Understood()


def test_an_answer_counts_once(office: Office) -> None:
    """What a gateway says again does not settle what came up since."""
    assert hear(office, "1", id_="u-1") == Understood()
    office.signal()
    office.look()
    assert hear(office, "1", id_="u-1") == Understood()
    assert set(office.closed().values()) == {None}
    assert len(hear(office, "1", id_="u-2").closed) == 2


def test_without_an_id_an_answer_is_known_by_its_second(office: Office) -> None:
    """Tencent gives none: the same words of the same second are the same answer."""
    at = office.now - timedelta(minutes=1)
    assert hear(office, "1", at=at) == Understood()
    office.signal()
    office.look()
    assert hear(office, "1", at=at) == Understood()
    assert set(office.closed().values()) == {None}
    assert len(hear(office, "1", at=at + timedelta(seconds=1)).closed) == 2


@pytest.mark.parametrize("late", [timedelta(days=2, minutes=1), -timedelta(minutes=11)])
def test_an_answer_of_another_time_counts_for_nothing(office: Office, late: timedelta) -> None:
    """Kept back for days, or from tomorrow: nobody answers this signal with it."""
    office.signal()
    office.look()
    assert hear(office, "1", at=office.now - late) == Understood()
    assert len(hear(office, "1", at=office.now - timedelta(hours=47)).closed) == 2


@pytest.mark.parametrize("text", ["孩子在家", "11", "不知道", ""])
def test_other_words_answer_nothing(office: Office, text: str) -> None:
    """What people write is neither guessed at nor kept."""
    office.signal()
    office.look()
    assert hear(office, text) == Understood(unknown=1)
    assert set(office.closed().values()) == {None}


def test_a_number_nobody_has_answers_nothing(office: Office) -> None:
    """Nor does the number of one who was told of nothing."""
    office.signal()
    office.look()
    has_phone(office, "P-04", "15400000004")
    assert hear(office, "1", "15400000099") == Understood(unknown=1)
    assert hear(office, "1", "15400000004") == Understood()
    assert set(office.closed().values()) == {None}


def test_one_word_is_too_little_for_several_entries(office: Office) -> None:
    """Where each entry wants an answer of its own, the person is named instead of guessing."""
    has_phone(office, "P-03", "15400000003")
    office.record("青山-01", "report")
    office.record("青山-02", "report")
    office.look()
    assert hear(office, "1", "15400000003").unclear == [office.person("P-03")]
    assert set(office.closed().values()) == {None}


def test_an_answer_shows_that_the_last_message_arrived(office: Office) -> None:
    """A reminder cannot be answered, but whoever writes back has received it."""
    with office.database.writing() as connection:
        connection.execute(insert(notices), [a_notice(office, "n1")])
        connection.execute(insert(attempts), [an_attempt(office, "n1", "accepted")])
        connection.execute(insert(attempts), [an_attempt(office, "n1", "refused")])
    (report,) = hear(office, "1").reports
    assert (report.arrived, report.out_id) == (True, "n1.accepted")


def a_notice(office: Office, id_: str) -> dict[str, object]:
    """Answer a notice that was sent to the director of 青山 by SMS."""
    return {
        "id": id_,
        "person_id": office.person("P-01"),
        "channel": "sms",
        "slot": "digest:2027",
        "class": "digest",
        "role": "director",
        "state": "sent",
        "made_at": office.now,
        "due_at": office.now,
        "give_up_at": office.now,
    }


def an_attempt(office: Office, notice: str, result: str) -> dict[str, object]:
    """Answer an attempt of a notice that came to this."""
    return {
        "id": f"{notice}-{result}",
        "notice_id": notice,
        "revision": 1,
        "fence": 1,
        "channel": "sms",
        "out_id": f"{notice}.{result}",
        "started_at": office.now,
        "result": result,
        "telling_ids": "[]",
        "body_hash": "0",
    }
