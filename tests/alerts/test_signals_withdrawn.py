"""Signals whose record was a mistake, and where they are over sooner than elsewhere."""

from datetime import timedelta

from sqlalchemy import select

from alerts import acts
from alerts.acts import Voiding
from alerts.tables import alerts, signals
from ledgers.database import Database
from ledgers.tables import records
from tests.alerts.county import LIUGOU, QINGSHAN
from tests.alerts.signalling import FLOOD, NOON, REPORT, Office, with_rules

SETTLED = {
    **{key: value for key, value in REPORT.items() if key not in ("ladder", "answer")},
    "done_by": "visit",
    "expires_after": "30 days",
    "steps": [{"at": "0 days", "tell": "director"}],
}


def void(office: Office, kind: str) -> None:
    """Declare the record of a kind a mistake."""
    with office.database.writing() as connection:
        ids = list(connection.scalars(select(records.c.id).where(records.c.kind == kind)))
        wish = Voiding(ids, "mistake")
        acts.void(connection, office.plan, wish, now=office.now, today=office.today)


def cycles(office: Office) -> list[tuple[int, str | None]]:
    """Answer the alerts' cycles, and how each ended."""
    query = select(alerts.c.cycle, alerts.c.closed_how).order_by(alerts.c.cycle)
    with office.database.reading() as connection:
        return [(row[0], row[1]) for row in connection.execute(query)]


def test_a_report_that_was_a_mistake_ends_what_it_raised(database: Database) -> None:
    """Nobody further is called, what still waited ends, and the signal is over."""
    office = Office(database, with_rules(report=REPORT))
    office.record("青山-01", "report", by="P-03")
    office.look()
    void(office, "report")
    assert cycles(office) == [(1, "record-voided")]
    office.look(60)
    assert [who for who, _, _ in office.told()] == ["P-04"]
    with database.reading() as connection:
        assert connection.execute(select(signals.c.ended_at)).scalars().all() == [NOON]
    assert office.states() == {"suppressed"}
    assert office.audit() == []


def test_the_same_report_made_again_is_another_signal(database: Database) -> None:
    """Voided by mistake, and recorded once more."""
    office = Office(database, with_rules(report=REPORT))
    for _ in range(2):
        office.record("青山-01", "report", by="P-03")
        office.look()
        void(office, "report")
    assert cycles(office) == [(1, "record-voided"), (1, "record-voided")]


def test_what_an_act_had_settled_opens_again_with_its_mistake(database: Database) -> None:
    """While the signal lasts: told anew, and the next act settles it."""
    office = Office(database, with_rules(report=SETTLED))
    office.record("青山-01", "report")
    office.look()
    office.record("青山-01", "visit")
    void(office, "visit")
    assert cycles(office) == [(1, "record-voided"), (2, None)]
    office.look()
    assert [who for who, _, _ in office.told()] == ["P-01", "P-01"]
    assert office.audit() == []
    office.record("青山-01", "visit")
    assert cycles(office) == [(1, "record-voided"), (2, "done")]


def test_nothing_opens_again_when_the_signal_is_over(database: Database) -> None:
    """A visit voided months later raises no alarm."""
    office = Office(database, with_rules(report=SETTLED))
    office.record("青山-01", "report")
    office.look()
    office.record("青山-01", "visit")
    office.look(60 * 24 * 31)
    void(office, "visit")
    office.look(1)
    assert cycles(office) == [(1, "record-voided")]
    assert office.audit() == []


def test_a_division_may_say_that_it_is_over_sooner(database: Database) -> None:
    """There the alerts end after an hour; elsewhere somebody is still called."""
    rule = {**FLOOD, "regions": {QINGSHAN: {"expires_after": "1 hour"}}}
    office = Office(database, with_rules(flood=rule))
    office.signal()
    office.look()
    office.look(61)
    assert office.closed() == {"青山-01": "expired", "青山-02": "expired", "柳沟-01": None}
    office.look(10)
    assert {number for who, number, _ in office.told() if who != "P-01"} == {"柳沟-01"}
    assert office.audit() == []


def test_a_division_may_say_that_it_lasts_longer(database: Database) -> None:
    """The base rule's hour does not end it there; after its own time it is over everywhere."""
    rule = {
        **FLOOD,
        "expires_after": "1 hour",
        "regions": {LIUGOU: {"expires_after": "6 hours"}},
    }
    office = Office(database, with_rules(flood=rule))
    office.signal()
    office.look()
    office.look(61)
    assert office.closed() == {"青山-01": "expired", "青山-02": "expired", "柳沟-01": None}
    office.look(6 * 60)
    assert set(office.closed().values()) == {"expired"}


def test_an_end_given_by_hand_holds_everywhere(database: Database) -> None:
    """Whatever divisions say."""
    rule = {**FLOOD, "regions": {QINGSHAN: {"expires_after": "1 hour"}}}
    office = Office(database, with_rules(flood=rule))
    office.signal(expires_at=NOON + timedelta(hours=2))
    office.look()
    office.look(61)
    assert set(office.closed().values()) == {None}
