"""A little site for service tests: a folder with a configuration, keys and a prepared database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Connection, insert

from alerts.acts import record
from alerts.slot_marks import mark_opened
from config.settings import KEY_FILE, Liveness, Settings
from ledgers.acts import RecordRequest, RecordSource
from ledgers.database import Database
from ledgers.ids import new_id
from ledgers.key_files import write_key_file
from ledgers.persons import PersonDetails, add_persons
from ledgers.tables import entries, post_holdings, posts, regions, touched
from ledgers.wrapping import MasterKey
from schedules.periods import Period
from schedules.runner import Clock
from service.migrations import upgrade
from service.wiring import Site, open_site

MONDAY = datetime(2027, 6, 7, 1, 30, tzinfo=UTC)
"""A Monday, 09:30 in the site's zone: after everybody's slot."""

VILLAGE = "990101001001"

CONFIGURATION = """\
version: 1
timezone: Asia/Shanghai
site:
  name: 演示县民政局
  region: "990101"
  operator: {{name: 值守, email: operator@example.invalid}}
launch: {{on: 2026-01-01, first_due_within: 90 days, escalate_from: 2026-04-01}}
roles:
  director: {{title: 儿童主任, level: village}}
records:
  contact: {{title: 联系}}
rules:
  monthly:
    kind: duty
    title: 每月联系
    say: 联系
    source: 测试
    for: {{ledger: children, where: {{status: active}}}}
    every: 1 month
    urgent: {urgent}
    done_by: contact
    steps:
      - {{at: 0 days, tell: director}}
delivery:
  quiet_hours: ["21:00", "08:00"]
  digest:
    director: {{days: [monday], at: "{slot}"}}
  routes: {{director: [mail]}}
channels:
  mail: {{type: file, folder: outbox}}
"""


def write_site(folder: Path, *, slot: str = "09:10", urgent: bool = False) -> Path:
    """Write configuration and keys; answer the configuration's path."""
    path = folder / "shouwang.yaml"
    text = CONFIGURATION.format(slot=slot, urgent=str(urgent).lower())
    path.write_text(text, encoding="utf-8")
    if not (folder / KEY_FILE).exists():
        write_key_file(folder / KEY_FILE, MasterKey.create())
    return path


def settings_for(
    folder: Path, url: str, *, liveness: Liveness | None = None, urgent: bool = False
) -> Settings:
    """Answer the settings of a site in `folder` with its database at `url`."""
    return Settings(
        config=write_site(folder, urgent=urgent),
        database_url=SecretStr(url),
        liveness=liveness or Liveness(),
    )


@contextmanager
def a_site(
    folder: Path, url: str, *, clock: Clock = lambda: MONDAY, urgent: bool = False
) -> Iterator[Site]:
    """Open a site on a database without tables, or with those of this version."""
    settings = settings_for(folder, url, urgent=urgent)
    prepare(url)
    with open_site(settings, clock=clock, environment={}) as site:
        yield site


def prepare(url: str) -> None:
    """Bring a database to this version."""
    database = Database.open(url)
    upgrade(database)
    database.close()


def add_due_entries(site: Site, count: int, *, now: datetime = MONDAY) -> None:
    """Write entries of one village whose contact is due today, and their director."""
    with site.database.writing() as connection:
        director = add_persons(
            connection, site.vault, [PersonDetails("赵一", email="zhao@example.invalid")], now=now
        )[0]
        _give_post(connection, director, now)
        added = [add_entry(connection, number, now=now) for number in range(count)]
        _record_contacts(connection, site, added, now)


def add_villages(site: Site, count: int, *, first: int = 0, now: datetime = MONDAY) -> None:
    """Write villages with a director and one due entry each: as many mails. `first`: their number."""
    with site.database.writing() as connection:
        people = [
            PersonDetails(f"钱{number}", email=f"p{number}@example.invalid")
            for number in range(first, first + count)
        ]
        added = []
        written = add_persons(connection, site.vault, people, now=now)
        for number, person in enumerate(written, start=first):
            place = f"990101{2000 + number:06}"
            _hold_post(connection, person, place, now)
            added.append(add_entry(connection, number, place=place, now=now))
        _record_contacts(connection, site, added, now)


def expect_slot(site: Site, *, now: datetime = MONDAY) -> None:
    """Let the director's slot of this week be due: last week's was opened."""
    with site.database.writing() as connection:
        mark_opened(connection, "slot", "director", date(2027, 5, 31), now=now)


def add_entry(connection: Connection, number: int, *, now: datetime, place: str = VILLAGE) -> str:
    """Write one entry of a village, without any record."""
    id_ = new_id(now)
    connection.execute(
        insert(entries).values(
            id=id_,
            ledger="children",
            number=f"青山{place[-3:]}-{number:03}",
            lives_in=place,
            status="active",
            entered_on=date(2026, 1, 1),
        )
    )
    connection.execute(insert(touched).values(entry_id=id_, known_on=now.date()))
    return id_


def _record_contacts(
    connection: Connection, site: Site, entry_ids: Sequence[str], now: datetime
) -> None:
    today = site.today(now)
    plan = site.plan(connection, today=today)
    day = Period.parse("1 month").latest_start(today)
    contacts = [RecordRequest(id_, "contact", day, RecordSource.CLI) for id_ in entry_ids]
    record(connection, plan, contacts, now=now, today=today)


def _give_post(connection: Connection, person: str, now: datetime) -> None:
    for code, name in ((VILLAGE, "青山村"), ("990101001", "山前乡"), ("990101", "演示县")):
        connection.execute(insert(regions).values(code=code, name=name, local=False))
    _hold_post(connection, person, VILLAGE, now)


def _hold_post(connection: Connection, person: str, place: str, now: datetime) -> None:
    post = new_id(now)
    connection.execute(insert(posts).values(id=post, role="director", region=place))
    connection.execute(
        insert(post_holdings).values(
            id=new_id(now), post_id=post, person_id=person, held_from=date(2026, 1, 1)
        )
    )
