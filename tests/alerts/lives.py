"""Sites with rules of any kind, what happens to their entries, and lives at random."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import insert, update

from alerts import acts
from alerts.audit import Finding, audit
from ledgers.acts import RecordRequest, RecordSource
from ledgers.database import Database
from ledgers.tables import entries, level_changes, touched
from tests.alerts.world import World, configured, day, entry, entry_id

RECORDS = {
    "contact": {"title": "联系"},
    "visit": {"title": "走访", "counts_as": ["contact"]},
    "proof": {"title": "在校证明"},
    "exit": {"title": "退出"},
    "request": {"title": "协查请求"},
    "reply": {"title": "答复"},
    "payment": {"title": "发放"},
}


def record(site: World, kind: str, on: str, number: int = 1) -> list[str]:
    """Record an act on the day it is, and answer the new records."""
    request = RecordRequest(
        entry_id=entry_id(number), kind=kind, happened_on=day(on), source=RecordSource.CLI
    )
    with site.database.writing() as connection:
        done = acts.record(connection, site.plan, [request], now=site.now, today=site.today)
    return done.new


def level(site: World, number: int, was: str | None, now: str) -> None:
    """Give an entry another level on the day it is."""
    one = entry_id(number)
    with site.database.writing() as connection:
        connection.execute(
            update(entries).where(entries.c.id == one).values(level=now, level_since=site.today)
        )
        connection.execute(
            insert(level_changes).values(
                id=f"{site.today:%Y%m%d}{number:024}",
                entry_id=one,
                on_date=site.today,
                was=was,
                level=now,
            )
        )
        connection.execute(insert(touched).values(entry_id=one, known_on=site.today))


def findings(site: World) -> list[Finding]:
    """Answer what the nightly audit finds to do."""
    return audit(
        site.database, site.plan, today=site.today, now=site.now, look_ahead=site.look_ahead
    )


def assert_nothing_left(site: World) -> None:
    """The nightly audit finds nothing to do."""
    assert findings(site) == []


def live(site: World, until: str, every: int = 1) -> None:
    """Let days go by with a pass on each, or on every n-th."""
    while site.today < day(until):
        site.run(min(site.today + timedelta(days=every), day(until)))


def of_every_kind(database: Database, rules: Sequence[dict[str, Any]], look_ahead: int) -> World:
    """Answer a site with these rules; its summer is the same each year."""
    named = {f"rule-{number}": one for number, one in enumerate(rules)}
    windows = {"summer": {"every_year": ["06-01", "08-31"]}}
    configuration = configured(named, records=RECORDS, calendars=windows)
    return World(database, configuration, look_ahead=look_ahead)


_BIRTHS = st.dates(date(2008, 10, 1), date(2010, 3, 1))
_LEVELS = st.sampled_from([None, "green", "red"])
_CHILDREN = 3


def live_at_random(site: World, data: st.DataObject) -> list[Finding]:
    """Let acts, levels and gaps between passes happen; answer all that audits found after them."""
    levels = {number: data.draw(_LEVELS) for number in range(1, _CHILDREN + 1)}
    site.enter(*(entry(n, born_on=data.draw(_BIRTHS), level=of) for n, of in levels.items()))
    found: list[Finding] = []
    for _ in range(data.draw(st.integers(4, 12))):
        number = data.draw(st.integers(1, _CHILDREN))
        match data.draw(st.sampled_from(["record", "record", "level", "wait"])):
            case "record":
                on = site.today - timedelta(days=data.draw(st.integers(0, 20)))
                record(site, data.draw(st.sampled_from(sorted(RECORDS))), on.isoformat(), number)
            case "level":
                now = "green" if levels[number] == "red" else "red"
                level(site, number, levels[number], now)
                levels[number] = now
        site.run(site.today + timedelta(days=data.draw(st.integers(1, 40))))
        found += findings(site)
    return found
