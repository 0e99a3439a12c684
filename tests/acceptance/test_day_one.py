"""Day one of a county without any record, and the months after it, day by day."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from alerts.acts import RecordRequest, RecordSource, record
from alerts.outbox import Written
from alerts.states import WAITING, Outcome
from alerts.tables import (
    alerts,
    attempts,
    first_dues,
    notices,
    outcomes,
    progress,
    steps,
    tellings,
)
from ledgers.tables import entries, persons
from tests.acceptance.office import (
    CHILD,
    ESCALATE_FROM,
    LAUNCH,
    PEOPLE,
    Cell,
    Office,
    days,
    open_office,
)

TOWNS, VILLAGES = 3, 13
COUNTY = "xian@example.invalid"
_DIGITS = "零一二三四五六七八九"
TERM = timedelta(days=90)


def staff(towns: int, villages: int) -> Iterator[list[Cell]]:
    """Yield the county's officer, supervisors, and directors: every fourth has an address."""
    yield ["周示例", "县民政局儿童福利工作人员", "15490000000", COUNTY, None, None]
    for town in range(towns):
        place = f"{'甲乙丙丁'[town]}河镇"
        mail = f"dudao{town}@example.invalid"
        yield [f"吴{_DIGITS[town]}", "儿童督导员", f"1549000000{town + 1}", mail, place, None]
        for village in range(villages):
            number = town * villages + village
            address = f"zhuren{number}@example.invalid" if number % 4 == 0 else None
            name, phone = f"郑{_name(number)}", f"15480000{number:03}"
            yield [name, "儿童主任", phone, address, place, f"{_name(village)}家沟村"]


def children(towns: int, villages: int, each: int) -> Iterator[list[Cell]]:
    """Yield children of whom nothing is known but that more must be done for them."""
    for town in range(towns):
        for village in range(villages):
            for number in range(each):
                born = date(2016, 1, 1) + timedelta(days=number)
                place = [f"{'甲乙丙丁'[town]}河镇", f"{_name(village)}家沟村"]
                yield [*place, f"王{_name(number)}", born, "流动儿童", "家庭生活困难"]


def _name(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in f"{number:02}")


def set_up(office: Office, *, villages: int, each: int) -> None:
    """Import people and ledger before work on the first Monday, and look once."""
    office.bring_rows("人员", PEOPLE, list(staff(TOWNS, villages)))
    office.bring_rows("台账", CHILD, list(children(TOWNS, villages, each)))
    office.tick()


@pytest.mark.slow
def test_day_one_of_three_thousand(tmp_path: Path, bare_database_url: str) -> None:
    """Nobody is overdue, first duties are spread, and nobody above the townships hears anything."""
    with open_office(tmp_path, bare_database_url) as office:
        set_up(office, villages=VILLAGES, each=77)
        assert count(office, entries) == 3003
        office.move(LAUNCH)
        office.tick()
        assert nobody_is_overdue(office)
        assert_spread(office)
        assert_one_message_each(office)
        assert office.look() == []


def count(office: Office, table: object) -> int:
    with office.site.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def nobody_is_overdue(office: Office) -> bool:
    with office.site.database.reading() as connection:
        due = select(func.count()).where(alerts.c.due_on < office.today)
        late = select(func.count()).where(steps.c.after_due | steps.c.escalation)
        return not connection.execute(due).scalar() and not connection.execute(late).scalar()


def assert_spread(office: Office) -> None:
    """First days of each rule fill the 90 days, the same number in every fortnight and village."""
    with office.site.database.reading() as connection:
        rows = connection.execute(
            select(first_dues.c.rule, first_dues.c.due_on, entries.c.lives_in).join(
                entries, entries.c.id == first_dues.c.entry_id
            )
        ).all()
    assert len(rows) == 3 * 3003
    weeks: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for row in rows:
        assert LAUNCH < row.due_on <= LAUNCH + TERM
        weeks[row.rule, row.lives_in][(row.due_on - LAUNCH).days // 14] += 1
    for of_village in weeks.values():
        full = [of_village[week] for week in range(6)]
        assert sum(full) + of_village[6] == 77
        assert max(full) - min(full) <= 4  # rolled back over weekends


def assert_one_message_each(office: Office) -> None:
    """Who has an address gets one, the supervisors one for all others; nobody else any."""
    got = Counter(mail.address for mail in office.mails)
    assert set(got.values()) == {1}
    directors = {f"zhuren{n}@example.invalid" for n in range(0, TOWNS * VILLAGES, 4)}
    assert got.keys() == directors | {f"dudao{n}@example.invalid" for n in range(TOWNS)}


@dataclass
class Diary:
    """What is checked on every day of the months that follow."""

    office: Office
    ticks: int = 0
    acts: int = 0
    seen: set[str] = field(default_factory=set)

    def live(self, day: date) -> None:
        """Let a day pass: a director does something, the daemon its work, twice."""
        office = self.office
        office.move(day)
        self.somebody_acts(day)
        office.tick()
        if not office.site.database.is_sqlite and day.weekday():
            return  # the one code path was looked at on SQLite; here once a week will do
        assert office.look() == []
        mails, marks = len(office.mails), self.marks()
        again = office.tick()
        assert (again.evaluated.written, again.opened.notices) == (Written(), 0)
        assert len(office.mails) == mails
        assert self.marks() == marks
        self.check_through(day)
        if day < ESCALATE_FROM:
            assert COUNTY not in {mail.address for mail in office.mails}
        self.check_outcomes()

    def marks(self) -> list[tuple[object, ...]]:
        """Answer how far every rule is."""
        with self.office.site.database.reading() as connection:
            return sorted(map(tuple, connection.execute(select(progress))))

    def check_through(self, day: date) -> None:
        """No lead is ahead of today; days on which there was nothing may be looked at again."""
        with self.office.site.database.reading() as connection:
            rows = connection.execute(select(progress)).all()
        assert max(row.through for row in rows) <= day

    def somebody_acts(self, day: date) -> None:
        """On workdays two of the open matters are settled; the oldest are never."""
        if day.weekday() > 4:
            return
        site = self.office.site
        with site.database.writing() as connection:
            query = (
                select(alerts.c.entry_id)
                .where(alerts.c.closed_at.is_(None))
                .order_by(alerts.c.due_on.desc(), alerts.c.id.desc())
            )
            chosen = list(dict.fromkeys(connection.execute(query.limit(6)).scalars()))[:2]
            kind = ("visit", "contact", "update")[self.acts % 3]
            requests = [RecordRequest(id_, kind, day, RecordSource.CLI) for id_ in chosen]
            plan = site.plan(connection, today=day)
            record(connection, plan, requests, now=site.clock(), today=day)
            self.acts += 1

    def check_outcomes(self) -> None:
        """Nothing is on the way any more after a tick; each telling's rows lead to its state."""
        with self.office.site.database.reading() as connection:
            rows = connection.execute(
                select(outcomes.c.telling_id, outcomes.c.was, outcomes.c.became, tellings.c.state)
                .join(tellings, tellings.c.id == outcomes.c.telling_id)
                .order_by(outcomes.c.telling_id, outcomes.c.at, outcomes.c.id)
            ).all()
            untold = connection.execute(
                select(func.count())
                .where(steps.c.waiting == "", steps.c.ended.is_(None))
                .where(~select(tellings.c.id).where(tellings.c.step_id == steps.c.id).exists())
            ).scalar_one()
        assert untold == 0
        last: dict[str, str | None] = {}
        for row in rows:
            assert row.was == last.get(row.telling_id)
            last[row.telling_id] = row.became
        states = {row.telling_id: row.state for row in rows}
        assert states == last
        assert len(states) == count(self.office, tellings)
        assert not {Outcome(state) for state in states.values()} & WAITING


@pytest.mark.slow
def test_a_hundred_and_twenty_days(tmp_path: Path, bare_database_url: str) -> None:
    """Every step reaches every person once, whatever is done meanwhile, and nothing is left over."""
    weekly = ("director: 2 per week", "director: 1 per week")
    with open_office(tmp_path, bare_database_url, weekly) as office:
        set_up(office, villages=4, each=10)
        diary = Diary(office)
        for day in days(LAUNCH, LAUNCH + timedelta(days=119)):
            diary.live(day)
        assert_told_once(office)
        assert_at_most_one_a_week(office)
        assert COUNTY in {mail.address for mail in office.mails}
        assert_all_due_was_told(office)


def assert_told_once(office: Office) -> None:
    with office.site.database.reading() as connection:
        rows = connection.execute(select(attempts.c.telling_ids, attempts.c.result)).all()
        pairs = connection.execute(select(tellings.c.step_id, tellings.c.person_id)).all()
    assert {row.result for row in rows} == {"accepted"}
    said = Counter(id_ for row in rows for id_ in json.loads(row.telling_ids))
    assert set(said.values()) == {1}
    assert len(pairs) == len(set(map(tuple, pairs)))


def assert_at_most_one_a_week(office: Office) -> None:
    with office.site.database.reading() as connection:
        rows = connection.execute(
            select(notices.c.person_id, notices.c.due_at)
            .join(persons, persons.c.id == notices.c.person_id)
            .where(notices.c.role == "director", notices.c.state == "sent")
        ).all()
    weeks = Counter(
        (row.person_id, row.due_at.astimezone(office.site.zone).isocalendar()[:2]) for row in rows
    )
    assert set(weeks.values()) == {1}


def assert_all_due_was_told(office: Office) -> None:
    """Whatever is overdue for a fortnight was told to somebody."""
    told = select(tellings.c.id).where(tellings.c.alert_id == alerts.c.id)
    with office.site.database.reading() as connection:
        forgotten = connection.execute(
            select(alerts.c.id).where(
                alerts.c.closed_at.is_(None),
                alerts.c.due_on < office.today - timedelta(days=14),
                ~told.exists(),
            )
        ).all()
    assert forgotten == []
