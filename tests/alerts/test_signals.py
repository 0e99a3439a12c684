"""Signals: raised by what happened, told at once, climbing until somebody answers."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from alerts.compose import Composer
from alerts.deferring import Ack, ack
from alerts.errors import AlertUnknown, AnswerMeansOne, NotAnswered, NothingToAnswer
from alerts.render import Templates
from alerts.signals import BATCH
from alerts.tables import alerts, answers, notices, rungs, signals
from channels.protocol import Message
from ledgers.database import Database
from ledgers.tables import (
    differences,
    entries,
    entry_changes,
    imports,
    level_changes,
    post_holdings,
    touched,
)
from tests.alerts.county import LIUGOU, QINGSHAN, VAULT
from tests.alerts.signalling import DAY, FLOOD, NOON, REPORT, Office, with_rules

FROM_LISTS = {
    "ledger": "children",
    "lives_in": LIUGOU,
    "status": "active",
    "entered_on": date(2026, 12, 1),
}


@pytest.fixture
def office(database: Database) -> Office:
    """Answer a county with a flood rule and mandatory reports."""
    return Office(database, with_rules(flood=FLOOD, report=REPORT))


def test_one_signal_is_one_notice_to_each_person(office: Office) -> None:
    """Two children in a village are one message; nobody above is told yet."""
    raised = office.signal()
    assert raised is not None
    assert (raised.is_new, raised.opened) == (True, 3)
    office.look()
    assert office.told() == [
        ("P-01", "青山-01", "rung 1:0"),
        ("P-01", "青山-02", "rung 1:0"),
        ("P-02", "柳沟-01", "rung 1:0"),
    ]
    assert office.notices() == ["P-01", "P-02"]
    assert office.audit() == []


def test_one_answer_settles_all_that_a_person_was_told(office: Office) -> None:
    """The other village still waits, and is heard of above."""
    office.signal()
    office.look()
    assert len(office.answer("flood", "P-01").closed) == 2
    office.look(30)
    assert office.closed() == {"青山-01": "done", "青山-02": "done", "柳沟-01": None}
    assert office.told()[-1] == ("P-03", "柳沟-01", "rung 2:0")
    assert office.states() == {"resolved", "pending"}
    with office.database.reading() as connection:
        assert set(connection.execute(select(answers.c.person_id)).scalars()) == {
            office.person("P-01")
        }
    assert office.audit() == []


def test_it_climbs_until_somebody_answers(office: Office) -> None:
    """Each rung after its wait; the last is called again and again; then all is quiet."""
    office.signal(entry_id=office.entry["青山-01"])
    for minutes in (0, 29, 1, 30, 19, 1, 20):
        office.look(minutes)
    assert [(who, step) for who, _, step in office.told()] == [
        ("P-01", "rung 1:0"),
        ("P-03", "rung 2:0"),
        ("P-04", "rung 3:0"),
        ("P-04", "rung 3:1"),
        ("P-04", "rung 3:2"),
    ]
    office.answer("暴雨", "P-04")
    office.look(60)
    assert len(office.told()) == 5
    assert office.audit() == []


def test_nothing_is_said_after_it_has_run_out(office: Office) -> None:
    """Alerts close, what waits ends, no rung is climbed; it may be raised again."""
    office.signal()
    office.look()
    office.look(6 * 60)
    office.look(60)
    assert set(office.closed().values()) == {"expired"}
    assert office.states() == {"expired"}
    assert len(office.told()) == 3
    again = office.signal()
    assert again is not None
    assert again.is_new
    assert office.audit() == []


def test_the_end_may_be_given_by_hand(office: Office) -> None:
    """`--expires` beats the rule."""
    office.signal(expires_at=NOON + timedelta(minutes=10))
    office.look()
    office.look(10)
    assert set(office.closed().values()) == {"expired"}


def test_the_same_signal_twice_is_one(office: Office) -> None:
    """By hand it is known as long as it lasts; another region is another signal."""
    first, second = office.signal(region=QINGSHAN), office.signal(region=QINGSHAN)
    assert first is not None
    assert second is not None
    assert (second.id, second.is_new) == (first.id, False)
    office.look()
    office.look()
    assert list(office.closed()) == ["青山-01", "青山-02"]
    office.signal(region=LIUGOU)
    office.look()
    assert office.closed().keys() == {"青山-01", "青山-02", "柳沟-01"}


def test_a_pass_finishes_what_a_crash_left_out(office: Office) -> None:
    """More than a unit of work takes: the rest comes with the next pass, each once."""
    more = [
        {**FROM_LISTS, "id": f"{number:032}", "number": f"柳沟-{number}"}
        for number in range(2, BATCH + 2)
    ]
    with office.database.writing() as connection:
        connection.execute(insert(entries), more)
    raised = office.signal()
    assert raised is not None
    assert raised.opened == BATCH
    assert office.look()
    assert len(office.closed()) == BATCH + 3
    assert not office.look()
    assert office.notices() == ["P-01", "P-02"]


def test_a_record_raises_a_signal_in_its_own_transaction(office: Office) -> None:
    """Told above the village only, at once, and not to who recorded it."""
    office.record("青山-01", "report", by="P-03")
    assert list(office.closed()) == ["青山-01"]
    office.look()
    assert [who for who, _, _ in office.told()] == ["P-04"]
    office.look(15)
    assert office.told()[-1] == ("P-04", "青山-01", "rung 2:0")
    assert office.audit() == []


def test_who_alone_would_be_told_and_raised_it_is_not_told(database: Database) -> None:
    """The step ends with that reason, and the next rung is called."""
    rule = {**REPORT, "ladder": [{"tell": "supervisor", "wait": "1 hour"}, {"tell": "county"}]}
    office = Office(database, with_rules(report=rule))
    office.record("青山-01", "report", by="P-03")
    office.look()
    assert office.told() == []
    assert office.audit() == []
    office.look(60)
    assert [who for who, _, _ in office.told()] == ["P-04"]


def test_old_records_raise_nothing(office: Office) -> None:
    """What happened before the rule began comes from old lists and is no emergency."""
    office.record("青山-01", "report", days_ago=3)
    office.look()
    assert office.closed() == {}


def test_an_entry_is_answered_for_by_itself(office: Office) -> None:
    """Where the rule says per entry, the name alone is not enough for several."""
    office.record("青山-01", "report")
    office.record("青山-02", "report")
    office.look()
    with pytest.raises(AnswerMeansOne, match="青山-01, 青山-02"):
        office.answer("report", "P-03")
    office.answer("report", "P-03", "青山-02")
    assert office.closed() == {"青山-01": None, "青山-02": "done"}


def test_an_answer_names_an_alert_too(office: Office) -> None:
    """Its id settles what the person was told of with it."""
    office.signal()
    office.look()
    with office.database.reading() as connection:
        of = select(alerts.c.id).where(alerts.c.entry_id == office.entry["青山-01"])
        one = str(connection.execute(of).scalar_one())
    assert len(office.answer(one, "P-01").closed) == 2
    assert office.answer(one, "P-01").closed == ()


def test_answers_to_nothing_are_refused(office: Office) -> None:
    """An unknown name, and a person who was told of nothing."""
    with pytest.raises(AlertUnknown, match="无此"):
        office.answer("无此", "P-01")
    with pytest.raises(NothingToAnswer, match="flood"):
        office.answer("flood", "P-01")


def test_acknowledging_keeps_the_next_rung_from_being_called(office: Office) -> None:
    """Somebody is at it: nobody above is called that day."""
    office.signal(entry_id=office.entry["青山-01"], expires_at=NOON + timedelta(days=9))
    office.look()
    with office.database.writing() as connection:
        ack(connection, office.entry["青山-01"], Ack(DAY), today=DAY)
    office.look(60)
    assert len(office.told()) == 1
    office.look(24 * 60)
    assert [who for who, _, _ in office.told()] == ["P-01", "P-03"]


def _change_level(office: Office, number: str, was: str | None, level: str) -> None:
    with office.database.writing() as connection:
        one = office.entry[number]
        row = {"id": f"{office.now:%Y%m%d%H%M%S%f}", "entry_id": one, "on_date": office.today}
        connection.execute(insert(level_changes).values(**row, was=was, level=level))
        connection.execute(update(entries).where(entries.c.id == one).values(level=level))
        connection.execute(insert(touched).values(entry_id=one, known_on=office.today))


def test_a_raised_level_raises_a_signal(database: Database) -> None:
    """Once; a lowered level and a first level do not."""
    rule = {**FLOOD, "on": {"changed": "level", "to": "raised"}}
    office = Office(database, with_rules(raised=rule))
    _change_level(office, "青山-01", "green", "red")
    office.look()
    office.look(1)
    _change_level(office, "青山-02", "red", "green")
    office.look(1)
    _change_level(office, "柳沟-01", None, "red")
    office.look(1)
    assert list(office.closed()) == ["青山-01"]
    assert len(office.told()) == 1


def test_a_changed_field_and_a_difference_raise_signals(database: Database) -> None:
    """Whoever writes them touches the entry; that is all the pass looks at."""
    moved = {**FLOOD, "on": {"changed": "lives_in"}}
    differs = {**FLOOD, "on": {"imported": "difference"}}
    office = Office(database, with_rules(moved=moved, differs=differs))
    one, two = office.entry["青山-01"], office.entry["青山-02"]
    with office.database.writing() as connection:
        change = {"id": "c1", "entry_id": one, "at": office.now, "field": "lives_in"}
        connection.execute(insert(entry_changes).values(**change))
        brought = {"id": "i1", "file": "f", "digest": "d", "recorded_by": "office"}
        connection.execute(insert(imports).values(**brought, started_at=office.now))
        found = {"id": "d1", "entry_id": two, "field": "status", "found_on": office.today}
        said = {"source": "民政", "import_id": "i1", "said_key": "k"}
        connection.execute(insert(differences).values(**found, **said))
        rows = [{"entry_id": id_, "known_on": office.today} for id_ in (one, two)]
        connection.execute(insert(touched), rows)
    office.look()
    office.look()
    with office.database.reading() as connection:
        raised = connection.execute(select(signals.c.rule, signals.c.entry_id)).all()
    assert sorted(map(tuple, raised)) == sorted([("moved", one), ("differs", two)])


def test_a_vacated_post_raises_a_signal_where_it_was(database: Database) -> None:
    """On the first day without anybody, once, for the division of the post."""
    rule = {**FLOOD, "on": {"changed": "post", "to": "vacated"}, "ladder": [{"tell": "supervisor"}]}
    office = Office(database, with_rules(vacant=rule))
    with office.database.writing() as connection:
        connection.execute(
            update(post_holdings)
            .where(post_holdings.c.person_id == office.person("P-02"))
            .values(held_to=DAY)
        )
    office.look()
    assert office.closed() == {}
    office.look(24 * 60)
    office.look(1)
    assert list(office.closed()) == ["柳沟-01"]
    assert [who for who, _, _ in office.told()] == ["P-03"]


def test_steps_by_day_are_told_until_a_record_settles_them(database: Database) -> None:
    """Without a ladder the steps count from the day it was raised; only the record closes it."""
    rule = {
        **{key: value for key, value in REPORT.items() if key not in ("ladder", "answer")},
        "done_by": "visit",
        "expires_after": "30 days",
        "steps": [{"at": "0 days", "tell": "director"}, {"at": "+1 day", "tell": "supervisor"}],
    }
    office = Office(database, with_rules(report=rule))
    office.record("青山-01", "report")
    office.look()
    with pytest.raises(NotAnswered, match="report"):
        office.answer("report", "P-01")
    office.look(24 * 60)
    assert [(who, step) for who, _, step in office.told()] == [
        ("P-01", "0 days:0"),
        ("P-03", "+1 days:0"),
    ]
    assert office.audit() == []
    office.record("青山-01", "visit")
    assert office.closed() == {"青山-01": "done"}
    assert office.audit() == []


def test_what_is_over_leaves_no_rung_behind(office: Office) -> None:
    """An answered alert is taken off its ladder when its turn would have come."""
    office.signal()
    office.look()
    office.answer("flood", "P-01")
    office.answer("flood", "P-02")
    office.look(30)
    with office.database.reading() as connection:
        assert connection.execute(select(rungs)).all() == []


def test_a_rule_out_of_force_is_not_raised(database: Database) -> None:
    """Its time has not come yet."""
    rule = {**FLOOD, "valid": {"from": date(2028, 1, 1)}}
    office = Office(database, with_rules(flood=rule))
    assert office.signal() is None


def test_a_mandatory_report_begins_with_what_comes_first(database: Database) -> None:
    """Before any greeting, in text and page; the matter is theirs to see to, not somebody else's."""
    office = Office(database, with_rules(report={**REPORT, "first_line": "请先拨打110报警"}))
    office.record("青山-01", "report", by="P-04")
    office.look()
    composer = Composer(office.county.timetable, Templates.load(), VAULT)
    with database.writing() as connection:
        (notice,) = connection.execute(select(notices.c.id)).scalars().all()
        message = composer(connection, {notice: 1}, now=office.now)[notice]
    assert isinstance(message, Message)
    assert message.text.splitlines()[0] == "请先拨打110报警"
    assert message.html is not None
    assert message.html.index("请先拨打110报警") < message.html.index("您好")
    assert "没有可以直接告知的人" not in message.text
