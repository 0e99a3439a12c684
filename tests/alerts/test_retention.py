"""What has been kept long enough is reduced or deleted at night, in short units; holds are left alone."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update

from alerts.retention import Terms, count_due, sweep_all, sweeps
from alerts.statistics import read_statistics
from alerts.tables import form_lines, matters
from alerts.terms import Term
from config.retention import Retention
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.legal_holds import Hold, add_hold
from ledgers.tables import (
    differences,
    entries,
    entry_changes,
    forms,
    imports,
    persons,
    post_holdings,
    quarantine,
    records,
)
from tests.alerts.county import VAULT, at
from tests.alerts.erasable import SPRING, Erasable, erasable

LATER = date(2032, 4, 2)


@pytest.fixture
def child(database: Database) -> Erasable:
    """Answer a child who left on 1 April 2027."""
    child = erasable(database)
    child.site.leave(child.entry, date(2027, 4, 1))
    child.site.pass_now()
    return child


def terms(child: Erasable, **asked: object) -> Terms:
    """Answer terms of retention, today."""
    site = child.site
    retention = Retention.model_validate(asked)
    configuration = site.configuration.model_copy(update={"retention": retention})
    return Terms(configuration, site.timetable.calendar, site.today)


def sweep(child: Erasable, **asked: object) -> Mapping[str, int]:
    """Do what is due today; answer what was done."""
    found = sweeps(terms(child, **asked), VAULT, now=at(child.site.today, 3))
    done = sweep_all(child.site.database, found, batch=2)
    return {name: count for name, count in done.items() if count}


def count(child: Erasable, *tables: object) -> list[int]:
    """Count rows."""
    with child.site.database.reading() as connection:
        return [
            connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]
            for table in tables
        ]


@pytest.mark.parametrize(("days", "done"), [(-1, {}), (0, {"children": 1}), (1, {"children": 1})])
def test_an_entry_is_reduced_when_its_term_is_over(
    child: Erasable, days: int, done: dict[str, int]
) -> None:
    """Five years after it left, on the corresponding day and not before."""
    child.site.today = date(2032, 4, 1) + timedelta(days=days)
    assert sweep(child, children="5 years") == done


def test_doing_it_again_finds_nothing(child: Erasable) -> None:
    """What is reduced is not due any more."""
    child.site.today = LATER
    assert sweep(child, children="5 years") == {"children": 1}
    assert sweep(child, children="5 years") == {}


def test_without_a_term_everything_is_kept(child: Erasable) -> None:
    """No law names a number, so none is made up."""
    child.site.today = date(2099, 1, 1)
    before = count(child, entries, entry_changes, quarantine, imports, differences)
    assert sweep(child) == {}
    assert count(child, entries, entry_changes, quarantine, imports, differences) == before


def test_many_entries_go_in_short_units(child: Erasable) -> None:
    """Every one of them, though a unit takes two."""
    for number in range(2, 7):
        entry = child.site.entry(f"青山-{number:02}")
        child.site.leave(entry, date(2027, 4, 1))
    child.site.pass_now()
    child.site.today = LATER
    found = sweeps(terms(child, children="5 years"), VAULT, now=at(LATER, 3))
    with child.site.database.reading() as connection:
        assert count_due(connection, found) == {"bytes": 0, "children": 6}
    assert sweep(child, children="5 years") == {"children": 6}


def test_figures_stay_the_same(child: Erasable) -> None:
    """The term in which it was there counts it as before."""
    child.site.today = LATER

    def figures() -> list[object]:
        with child.site.database.reading() as connection:
            in_force = child.site.in_force
            terms_ = [Term.parse(name) for name in ("2027Q1", "2027Q2", "2027-03", "2027")]
            return [read_statistics(connection, in_force, one, today=LATER) for one in terms_]

    before = figures()
    sweep(child, children="5 years", records={"contact": "1 year"})
    assert figures() == before


def test_a_legal_hold_is_left_alone(child: Erasable) -> None:
    """The entry and its records stay as they are while it lasts."""
    with child.site.database.writing() as connection:
        hold = Hold(child.entry, "court", SPRING, LATER, "os:root")
        add_hold(connection, hold, now=at(SPRING, 9))
    asked = {"children": "5 years", "records": {"contact": "1 year"}, "changes": "1 year"}
    child.site.today = LATER
    assert sweep(child, **asked) == {}
    child.site.today = LATER + timedelta(days=1)
    assert sweep(child, **asked) == {"children": 1}


def test_a_record_may_hold_an_entry_for_good(child: Erasable) -> None:
    """Such as a mandatory report, which is evidence."""
    child.site.today = LATER
    assert sweep(child, children="5 years", legal_hold=["contact"]) == {}
    assert sweep(child, children="5 years", legal_hold=["visit"]) == {"children": 1}


def test_of_old_records_date_and_result_stay(child: Erasable) -> None:
    """How, and whether all was well, goes after the term of the kind."""
    child.site.today = LATER
    assert sweep(child, records={"contact": "5 years", "visit": "30 days"}) == {
        "records.contact": 1
    }
    with child.site.database.reading() as connection:
        row = connection.execute(select(records)).one()
    assert (row.kind, row.happened_on, row.result) == ("contact", SPRING, "done")
    assert (row.all_well, row.method) == (None, None)


def test_a_person_is_reduced_after_their_last_post(child: Erasable) -> None:
    """Not while they hold one; the operator and groups never."""
    left = {"left_on": date(2027, 4, 1)}
    with child.site.database.writing() as connection:
        connection.execute(update(persons).where(persons.c.handle != "P-04").values(left))
        connection.execute(update(persons).where(persons.c.handle == "P-03").values(left_on=LATER))
        gone = select(persons.c.id).where(persons.c.handle == "P-01")
        ended = update(post_holdings).where(post_holdings.c.person_id.in_(gone))
        connection.execute(ended.values(held_to=date(2027, 3, 31)))
    child.site.today = LATER
    assert sweep(child, persons="5 years") == {"persons": 1}
    with child.site.database.reading() as connection:
        row = connection.execute(select(persons).where(persons.c.reduced_on.is_not(None))).one()
    assert (row.handle, row.sealed_email, row.phone_key) == ("P-01", None, None)


def test_what_the_engine_made_goes_after_its_own_terms(child: Erasable) -> None:
    """Old texts, rows set apart, names of files, closed matters, forms, settled differences."""
    now = at(SPRING, 9)
    with child.site.database.writing() as connection:
        form = new_id(now)
        connection.execute(insert(forms).values(id=form, made_at=now))
        line = {"form_id": form, "entry_id": child.entry, "kind": "visit"}
        connection.execute(insert(form_lines).values(line))
        matter = {"kind": "backlog-held", "subject": "slot", "role": "operator"}
        times = {"opened_at": now, "closed_at": now}
        connection.execute(delete(matters))
        connection.execute(insert(matters).values(id=new_id(now), **matter, **times))
        connection.execute(update(differences).values(settled_on=SPRING))
        connection.execute(update(imports).values(finished_at=now))
    names = ("changes", "quarantine", "imports", "differences", "matters", "forms")
    child.site.today = SPRING + timedelta(days=39)
    asked = dict.fromkeys(names, "40 days")
    assert sweep(child, **asked) == {}
    child.site.today = SPRING + timedelta(days=42)
    assert sweep(child, **asked) == dict.fromkeys(names, 1)
    gone = (entry_changes, quarantine, differences, matters, forms, form_lines)
    assert count(child, *gone) == [0] * len(gone)
    with child.site.database.reading() as connection:
        row = connection.execute(select(imports)).one()
    assert (row.file, row.recorded_by) == ("", "")
