"""An erased child is nowhere but in figures; what the law keeps is refused in words."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from alerts.erasing import Reason
from alerts.errors import (
    ErasedAlready,
    LegallyHeld,
    StillInLedger,
    StillSending,
    UrgentOpen,
)
from alerts.statistics import read_statistics
from alerts.tables import alerts, attempts, notices, outcomes, signals, tellings
from alerts.terms import Term
from ledgers.database import Database
from ledgers.entries import known_entries
from ledgers.facts import Facts
from ledgers.ids import new_id
from ledgers.legal_holds import Hold, add_hold, end_holds
from ledgers.rows import LedgerDate, Place
from ledgers.tables import entries, entry_changes, quarantine, records
from tests.alerts.county import QINGSHAN, VAULT, at, written
from tests.alerts.erasable import BORN, ID_NO, NAME, SPRING, Erasable, erasable, set_apart
from tests.alerts.watched import CONTACT


@pytest.fixture
def child(database: Database) -> Erasable:
    """Answer a child with all that a ledger may hold of one."""
    return erasable(database)


def erase(child: Erasable, reason: Reason = Reason.OTHER_LAW) -> None:
    """Erase the child today."""
    with child.site.database.writing() as connection:
        child.eraser.erase_entry(connection, child.entry, reason)


def everything(child: Erasable) -> str:
    """Answer all rows of all tables as one text."""
    tables = entries.metadata.sorted_tables
    with child.site.database.reading() as connection:
        rows = [repr(tuple(row)) for table in tables for row in connection.execute(select(table))]
    return "\n".join(rows)


def test_nothing_of_who_it_was_is_left(child: Erasable) -> None:
    """Sealed values, look-ups, number, birth date, old names and rows set apart are gone."""
    child.site.live(date(2027, 6, 20))
    with child.site.database.reading() as connection:
        row = connection.execute(select(entries)).mappings().one()
    planted = [repr(row[c.name]) for c in entries.c if c.name.startswith("sealed_") and row[c.name]]
    planted += [repr(row[name]) for name in ("name_key", "id_no_key", "phone_key", "row_key")]
    planted += ["青山-01", repr(BORN), str(BORN)]
    before = everything(child)
    assert [text for text in planted if text not in before] == []
    erase(child)
    after = everything(child)
    assert [text for text in planted if text in after] == []
    with child.site.database.reading() as connection:
        assert connection.execute(select(quarantine)).all() == []
        assert connection.execute(select(entry_changes)).all() == []
        left = connection.execute(select(entries)).one()
    assert (left.status, left.lives_in, left.reduced_on) == (
        "closed",
        QINGSHAN[:9],
        child.site.today,
    )


def test_open_alerts_end_with_an_outcome_and_nobody_is_told_any_more(child: Erasable) -> None:
    """What waited is suppressed; the slots to come have nothing to say of it."""
    child.site.live(date(2027, 6, 2))
    erase(child)
    with child.site.database.reading() as connection:
        said = connection.execute(select(tellings.c.id)).all()
        assert connection.scalars(select(alerts.c.closed_how)).all() == ["entry-left"]
    child.site.live(date(2027, 9, 1))
    with child.site.database.reading() as connection:
        assert connection.execute(select(tellings.c.id)).all() == said
        assert connection.execute(select(outcomes)).all()


def test_alerts_that_stand_on_the_birth_date_go(child: Erasable) -> None:
    """Their anchor is the birth date; those that count from a record stay."""
    site = child.site
    eighteen = {
        "kind": "date",
        "title": "十八周岁",
        "say": "材料核对",
        "source": "测试",
        "for": {"ledger": "children", "where": {"status": "active"}},
        "on": {"field": "born_on", "plus": "18 years"},
        "done_by": "update",
        "steps": [{"at": "-60 days", "tell": "director"}],
    }
    site.configure(written(rules={"contacts": CONTACT, "eighteen": eighteen}))
    site.today = date(2028, 8, 20)
    site.pass_now()
    site.live_today()
    rules = select(alerts.c.rule).order_by(alerts.c.rule)
    with site.database.reading() as connection:
        assert connection.scalars(rules).all() == ["contacts", "eighteen"]
    erase(child)
    with site.database.reading() as connection:
        assert connection.scalars(rules).all() == ["contacts"]
        kept = select(tellings.c.id).join(alerts)
        assert connection.scalars(select(tellings.c.id)).all() == connection.scalars(kept).all()
    assert str(BORN) not in everything(child)


def test_figures_of_past_terms_stay_the_same(child: Erasable) -> None:
    """Per township everything counts as before, late and on time."""
    site = child.site
    site.record(site.entry("青山-02", born_on=date(2012, 2, 2)), SPRING)
    site.live(date(2027, 6, 25))
    site.record(child.entry, date(2027, 6, 24))
    site.today = date(2027, 10, 8)

    def figures() -> list[object]:
        with site.database.reading() as connection:
            return [
                read_statistics(connection, site.in_force, Term.parse(term), today=site.today)
                for term in ("2027Q1", "2027Q2", "2027Q3", "2027-06", "2027H1")
            ]

    before = figures()
    erase(child)
    assert figures() == before


def test_history_stays_as_numbers(child: Erasable) -> None:
    """The act counts still; what was said of it does not."""
    erase(child)
    with child.site.database.reading() as connection:
        act = connection.execute(select(records)).one()
    assert (act.kind, act.happened_on, act.result) == ("contact", SPRING, "done")
    assert (act.all_well, act.method) == (None, None)


def test_whoever_comes_back_is_new(child: Erasable) -> None:
    """Neither number, nor ID number, nor name of a row leads to what is left."""
    erase(child)
    row = Facts(
        Place("台账.xlsx", "儿童", 2),
        "青山-01",
        {"lives_in": QINGSHAN, "born_on": BORN},
        {"sealed_name": NAME},
        {
            "name_key": VAULT.lookup("entry.name", NAME),
            "id_no_key": VAULT.lookup("entry.id_no", ID_NO),
        },
    )
    assert row.born == LedgerDate(BORN)
    with child.site.database.reading() as connection:
        assert known_entries(connection, "children", [row]) == []


def test_a_namesake_who_waits_to_be_mended_stays(child: Erasable) -> None:
    """A row with another ID number is about somebody else."""
    with child.site.database.reading() as connection:
        import_id = connection.scalars(select(quarantine.c.import_id)).one()
    other = set_apart(child.site, import_id, {"姓名": NAME, "身份证号": "990101201207071234"})
    erase(child)
    with child.site.database.reading() as connection:
        assert connection.scalars(select(quarantine.c.id)).all() == [other]


def test_an_active_child_is_kept_by_statutory_duty(child: Erasable) -> None:
    """Withdrawn consent alone ends nothing; having left does."""
    with pytest.raises(StillInLedger, match="法定职责"):
        erase(child, Reason.CONSENT_WITHDRAWN)
    child.site.leave(child.entry, SPRING)
    erase(child, Reason.CONSENT_WITHDRAWN)
    with pytest.raises(ErasedAlready):
        erase(child, Reason.CONSENT_WITHDRAWN)


def test_a_legal_hold_forbids_it_until_it_ends(child: Erasable) -> None:
    """Also on its last day; not on the day after, nor once it is ended."""
    site, last = child.site, SPRING + timedelta(days=9)
    with site.database.writing() as connection:
        hold = Hold(child.entry, "court", SPRING, last, "os:root")
        add_hold(connection, hold, now=at(SPRING, 9))
    site.today = last
    before = everything(child)
    with pytest.raises(LegallyHeld, match="court"):
        erase(child)
    assert everything(child) == before
    with site.database.writing() as connection:
        assert end_holds(connection, child.entry, now=at(last, 9)) == 1
    erase(child)


def test_an_open_urgent_matter_forbids_it(child: Erasable) -> None:
    """Who is to be rescued is not forgotten first."""
    signal = new_id(at(SPRING, 9))
    times = {"raised_at": at(SPRING, 9), "expires_at": at(date(2027, 4, 1), 9)}
    with child.site.database.writing() as connection:
        connection.execute(
            insert(signals).values(
                id=signal, rule="report", name="report", source="hand", region="", **times
            )
        )
        connection.execute(
            insert(alerts).values(
                id=new_id(at(SPRING, 9)),
                rule="report",
                entry_id=child.entry,
                anchor=signal,
                rule_version=1,
                due_on=SPRING,
                opened_on=SPRING,
                opened_at=at(SPRING, 9),
            )
        )
    with pytest.raises(UrgentOpen):
        erase(child)


def test_a_message_without_an_answer_is_made_anew_without_the_child(child: Erasable) -> None:
    """Its bytes are destroyed, for they would be sent again as they were; others in it wait."""
    site = child.site
    other = site.entry("青山-02", born_on=BORN)
    site.record(other, SPRING)
    site.live(date(2027, 6, 2))
    with site.database.writing() as connection:
        notice = _unanswered(child, connection, state="unknown")
        inside = list(connection.scalars(select(tellings.c.id)))
        connection.execute(update(tellings).values(state="unknown", notice_id=notice))
    erase(child)
    with site.database.reading() as connection:
        assert connection.scalars(select(attempts.c.sealed_body)).all() == [None]
        row = connection.execute(select(notices).where(notices.c.id == notice)).one()
        joined = select(alerts.c.entry_id, tellings.c.state).join(tellings)
        states = {(one.entry_id, one.state) for one in connection.execute(joined)}
    assert (row.state, row.unknown_since) == ("pending", None)
    assert inside
    assert states == {(child.entry, "suppressed"), (other, "pending")}


def test_while_a_message_is_on_its_way_it_is_refused(child: Erasable) -> None:
    """Bytes with a channel cannot be called back; nothing is touched."""
    with child.site.database.writing() as connection:
        _unanswered(child, connection, state="sending")
    before = everything(child)
    with pytest.raises(StillSending):
        erase(child)
    assert everything(child) == before


def _unanswered(child: Erasable, connection: Connection, *, state: str) -> str:
    now = at(child.site.today, 9)
    notice = new_id(now)
    connection.execute(
        insert(notices).values(
            id=notice,
            person_id=child.person("P-01"),
            channel="mail",
            slot="digest:1",
            **{"class": "digest"},
            role="director",
            state=state,
            made_at=now,
            due_at=now,
            next_attempt_at=now,
            give_up_at=now,
            attempts=1,
            unknown_since=now,
        )
    )
    connection.execute(
        insert(attempts).values(
            id=new_id(now),
            notice_id=notice,
            revision=1,
            fence=1,
            channel="mail",
            out_id="o",
            started_at=now,
            ended_at=now,
            result="unknown",
            telling_ids="[]",
            sealed_body=b"bytes",
            body_hash="h",
        )
    )
    return notice
