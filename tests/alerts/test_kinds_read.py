"""What people read of rules of every kind, in messages, forms, lists and figures."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from alerts import digest, engine
from alerts.compose import Composer
from alerts.exports import Asked, export_overdue, export_visits
from alerts.in_force import InForce
from alerts.open_items import Standing
from alerts.render import Templates
from alerts.rules import prepare
from alerts.status import Status, read_status
from alerts.tables import form_lines, notices
from channels.protocol import Message
from config.labels import labels_in
from ledgers.database import Database
from ledgers.tables import entries, persons
from schedules.calendars import WorkCalendar
from tests.alerts.county import VAULT, County, at, written

CALENDAR = WorkCalendar.official()
FOR_ALL = {"ledger": "children", "where": {"status": "active"}}
DIRECTOR = {"at": "0 days", "tell": "director"}
RULES: dict[str, Any] = {
    "eighteen": {
        "kind": "date",
        "say": "材料核对",
        "for": FOR_ALL,
        "on": {"field": "born_on", "plus": "18 years"},
        "done_by": ["proof", "exit"],
        "steps": [
            {"at": "-60 days", "tell": ["director", "supervisor"]},
            {"at": "+1 day", "tell": "county", "escalation": True},
        ],
    },
    "summer": {
        "kind": "season",
        "say": "暑期安全提醒",
        "for": FOR_ALL,
        "window": "summer",
        "steps": [
            {"at": "start", "tell": ["director", "county"]},
            {"at": "start + 7 days", "tell": "supervisor", "as": "summary", "by": "village"},
        ],
    },
    "exams": {
        "kind": "season",
        "say": "考前谈心",
        "for": FOR_ALL,
        "window": "exams",
        "done_by": "talk",
        "steps": [{"at": "start", "tell": "director"}],
    },
    "payment": {
        "kind": "calendar",
        "say": "发放核对",
        "for": FOR_ALL,
        "period": "month",
        "due": "10",
        "done_by": "payment",
        "steps": [
            {"at": "-3 days", "tell": "director"},
            {"at": "+2 days", "tell": ["supervisor", "county"], "escalation": True},
        ],
    },
    "by-level": {
        "kind": "duty",
        "say": "走访",
        "for": FOR_ALL,
        "every": {"by": "level", "levels": {"red": "7 days"}},
        "done_by": "visit",
        "steps": [DIRECTOR],
    },
}
RECORDS = {
    "contact": {"title": "联系"},
    "visit": {"title": "走访"},
    "proof": {"title": "在校证明"},
    "exit": {"title": "退出"},
    "talk": {"title": "谈心"},
    "payment": {"title": "发放核对"},
}
WINDOWS = {
    "summer": {"2027": [date(2027, 7, 5), date(2027, 8, 31)]},
    "exams": {"2027": [date(2027, 6, 14), date(2027, 6, 20)]},
}
LEVELS = [{"id": "green", "title": "绿"}, {"id": "red", "title": "红"}]


class Site:
    """A county with rules of given kinds, and four children of one village."""

    def __init__(self, database: Database, *rules: str, **more: Any) -> None:
        chosen = {name: RULES[name] for name in rules}
        configuration = written(
            rules=more.pop("written_rules", chosen),
            records=RECORDS,
            calendars=WINDOWS,
            levels=LEVELS,
            **more,
        )
        self.county = County(database, configuration, at(date(2027, 6, 1), 9))
        self.county.staff()
        self.ids = [self.county.entry(f"青山-{number:02}") for number in (1, 2, 3, 4)]
        self.database = database

    def born(self, number: int, on: date) -> None:
        """Give a child a birthday."""
        self._set(number, born_on=on)

    def _set(self, number: int, **values: Any) -> None:
        with self.database.writing() as connection:
            one = entries.c.id == self.ids[number - 1]
            connection.execute(update(entries).where(one).values(**values))

    def level(self, number: int, level: str) -> None:
        """Give a child a level."""
        self._set(number, level=level)

    def days(self, until: date, since: date = date(2027, 6, 1)) -> None:
        """Do a pass and open the slots of each day."""
        plan = self.in_force(since).plan
        for day in (since + timedelta(days=n) for n in range((until - since).days + 1)):
            now = at(day, 12)
            look_ahead = self.county.timetable.look_ahead()
            engine.evaluate(self.database, plan, today=day, now=now, look_ahead=look_ahead)
            digest.open_due(self.database, self.county.timetable, now=now)

    def message(self, handle: str, on: date, language: str | None = None) -> Message:
        """Compose a person's newest notice as it would be sent on a day."""
        composer = Composer(self.county.timetable, Templates.load(), VAULT)
        with self.database.writing() as connection:
            who = persons.c.handle == handle
            connection.execute(update(persons).where(who).values(language=language))
            query = select(notices.c.id).join(persons, persons.c.id == notices.c.person_id)
            wanted = connection.scalars(query.where(who).order_by(notices.c.made_at.desc())).first()
            assert wanted is not None
            message = composer(connection, {wanted: 1}, now=at(on, 12))[wanted]
        assert isinstance(message, Message)
        assert labels_in(message.subject + message.text + (message.html or "")) == []
        return message

    def in_force(self, today: date) -> InForce:
        """Answer the rules in force."""
        with self.database.writing() as connection:
            plan = prepare(connection, self.county.configuration, CALENDAR, today=today)
        return InForce(plan, self.county.timetable)

    def status(self, today: date) -> Status:
        """Read the status."""
        in_force = self.in_force(today)
        with self.database.reading() as connection:
            return read_status(connection, in_force, today=today)


def lines(message: Message) -> list[str]:
    """Answer a message's lines that say something."""
    return [line for line in message.text.splitlines() if line.startswith(("　", "  "))]


def test_a_season_is_one_line_for_all(database: Database) -> None:
    """Before it begins, while it lasts, and in English; nothing asks for a report."""
    site = Site(database, "summer")
    site.days(date(2027, 7, 6))
    early = site.message("P-01", date(2027, 7, 2))
    assert early.subject == "请您留意（青山村）"
    assert lines(early) == ["　全体 4 户：暑期安全提醒，7月5日起"]
    assert "办完后" not in early.text
    assert lines(site.message("P-01", date(2027, 7, 6))) == ["　全体 4 户：暑期安全提醒，至8月31日"]
    english = site.message("P-01", date(2027, 7, 6), "en")
    assert lines(english) == ["  all 4: 暑期安全提醒, until 2027-08-31"]


def test_a_season_only_some_are_told_of_names_them(database: Database) -> None:
    """Where it does not concern all of a village, the director must know whom."""
    some = {**RULES["summer"], "for": {"ledger": "children", "where": {"level": "red"}}}
    site = Site(database, written_rules={"summer": some})
    for number in (2, 3):
        site.level(number, "red")
    site.days(date(2027, 7, 6))
    assert lines(site.message("P-01", date(2027, 7, 6))) == ["　02、03　暑期安全提醒，至8月31日"]


def test_a_township_reads_a_summary_by_village(database: Database) -> None:
    """`as: summary` names no entry to any role; a county never reads of single ones."""
    site = Site(database, "summer")
    site.days(date(2027, 7, 15))
    township = site.message("P-03", date(2027, 7, 15))
    assert "青山村：\n　暑期安全提醒 4 户（仅提示）" in township.text
    assert "全体" not in township.text
    assert "01" not in township.text
    county = site.message("P-04", date(2027, 7, 15))
    assert county.subject == "情况汇总"
    assert "临河镇：\n　暑期安全提醒 4 户（仅提示）" in county.text
    assert "已过期" not in county.text


def test_a_date_says_by_when(database: Database) -> None:
    """The director's and the supervisor's own; after it the days past."""
    site = Site(database, "eighteen")
    site.born(1, date(2009, 7, 20))
    site.days(date(2027, 6, 8))
    director = site.message("P-01", date(2027, 6, 8))
    assert director.subject == "请办 1 项（青山村）"
    assert lines(director) == ["　01　材料核对，7月20日前"]
    supervisor = site.message("P-03", date(2027, 6, 8))
    assert "【请您本人】办 1 项" in supervisor.text
    assert "没有可以直接告知" not in supervisor.text
    assert lines(site.message("P-01", date(2027, 7, 22))) == ["　01　材料核对，已过2天"]


def test_a_month_is_named(database: Database) -> None:
    """What is owed of a month names it, also to who presses for it; in a summary it is a count."""
    site = Site(database, "payment")
    site.days(date(2027, 6, 28))
    assert lines(site.message("P-01", date(2027, 6, 8))) == [
        "　01、02、03、04　6月发放核对，6月10日前"
    ]
    assert "6月发放核对，已过6天" in site.message("P-03", date(2027, 6, 16)).text
    assert (
        "发放核对 (2027-06), 6 days overdue" in site.message("P-03", date(2027, 6, 16), "en").text
    )
    assert "　发放核对 4 项（已过期 4）" in site.message("P-04", date(2027, 6, 16)).text


def test_a_season_to_be_worked_through_has_a_deadline(database: Database) -> None:
    """With `done_by` its end is by when, and it is overdue afterwards."""
    site = Site(database, "exams")
    site.days(date(2027, 6, 14))
    assert lines(site.message("P-01", date(2027, 6, 14))) == [
        "　01、02、03、04　考前谈心，6月20日前"
    ]
    site.days(date(2027, 6, 21), date(2027, 6, 15))
    assert site.status(date(2027, 6, 21)).open[Standing.OVERDUE] == 4


def test_only_what_a_record_closes_stands_in_the_form(database: Database) -> None:
    """Under the word of its record kind where the rule's own would not be understood."""
    site = Site(database, "summer", "eighteen", "payment")
    site.born(1, date(2009, 7, 18))
    site.days(date(2027, 7, 15))
    site.message("P-03", date(2027, 7, 15))
    with database.reading() as connection:
        kinds = set(connection.scalars(select(form_lines.c.kind)))
    assert kinds == {"payment", "proof"}


def test_information_is_nobodys_work(database: Database) -> None:
    """It is counted apart in the status, is in no list of what is overdue or of whom to see."""
    site = Site(database, "summer")
    site.days(date(2027, 7, 6))
    found = site.status(date(2027, 7, 6))
    assert found.open == {**dict.fromkeys(Standing, 0), Standing.INFORMS: 4}
    assert (found.this_week, found.rules[0].unrecorded) == (0, 0)
    asked = Asked(site.in_force(date(2027, 7, 6)), date(2027, 7, 6))
    with database.reading() as connection:
        assert export_overdue(connection, asked, BytesIO()) == 0
        assert export_visits(connection, asked, BytesIO(), until=date(2027, 9, 30)) == 0


def test_no_list_shows_a_birthday(database: Database) -> None:
    """A date that a rule counts from is not when something was last done."""
    site = Site(database, "eighteen")
    site.born(1, date(2009, 6, 2))
    site.days(date(2027, 6, 8))
    stream = BytesIO()
    asked = Asked(site.in_force(date(2027, 6, 8)), date(2027, 6, 8))
    with database.reading() as connection:
        assert export_overdue(connection, asked, stream) == 1
    stream.seek(0)
    sheet = CalamineWorkbook.from_filelike(stream).get_sheet_by_index(0)
    cells = [cell for row in sheet.to_python() for cell in row]
    assert not [one for one in cells if getattr(one, "year", None) == 2009]
