"""The coming days played through on a copy, with the real engine and channels that only remember."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from alerts.attempts import Compose
from alerts.holding import release_delivery
from alerts.notices import NoticeLine, list_notices
from alerts.states import NoticeState
from channels.registry import build
from ledgers.database import Database
from schedules.calendars import shifted_days
from service.metrics import Figures
from service.outgoing import Sender, compose_of, open_lanes
from service.passes import tick
from service.saving import backup
from service.wiring import Site


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would go out within some days, if nothing more is recorded."""

    days: int
    messages: int
    people: int
    by_role: dict[str, int]

    def as_json(self) -> dict[str, object]:
        """Answer it for a machine."""
        return {
            "within_days": self.days,
            "messages": self.messages,
            "people": self.people,
            "by_role": self.by_role,
        }


@contextmanager
def copied(site: Site) -> Iterator[Site]:
    """Answer the site with a copy of its database, that goes when the block ends."""
    with TemporaryDirectory(prefix="shouwang-") as folder:
        file = Path(folder) / "rehearsal.sqlite"
        backup(site.database, file)
        copy = Database.open(f"sqlite:///{file}")
        try:
            yield replace(site, database=copy)
        finally:
            copy.close()


def rehearse(copy: Site, *, days: int) -> Rehearsed:
    """Play the coming days through on a copy; nothing leaves this process."""
    sent = play(copy, until=copy.clock() + timedelta(days=days))
    return Rehearsed(
        days,
        len(sent),
        len({notice.person for notice in sent}),
        dict(Counter(notice.role for notice in sent)),
    )


def play(copy: Site, *, until: datetime) -> list[NoticeLine]:
    """Let the coming slots open on a copy, up to an instant; answer what went out, the first first.

    Nothing more is recorded meanwhile. What is held now is taken as let go.
    """
    now = copy.clock()
    before = {notice.id for notice in _sent(copy)}
    with copy.database.writing() as connection:
        release_delivery(connection, copy.timetable.quiet.next_allowed, now=now)
    asyncio.run(_play(copy, [now, *_instants(copy, now, until)], compose_of(copy)))
    return [notice for notice in reversed(_sent(copy)) if notice.id not in before]


async def _play(copy: Site, instants: list[datetime], compose: Compose) -> None:
    for instant in instants:
        at = replace(copy, clock=_always(instant))
        channels = {name: build("memory", {}) for name in copy.configuration.channels}
        sender = Sender("rehearsal", Figures(), compose)
        async with open_lanes(at, sender, channels=channels) as lanes:
            await tick(at, lanes)


def _always(instant: datetime) -> Callable[[], datetime]:
    return lambda: instant


def _instants(site: Site, now: datetime, until: datetime) -> list[datetime]:
    """Answer every moment at which somebody's slot, or a workday between two, may open."""
    today = site.today(now)
    coming = {
        site.timetable.plans[role].instant(shifted_days(today, ahead))
        for role in site.configuration.roles
        for ahead in range((until - now).days + 2)
    }
    return sorted(instant for instant in coming if now < instant <= until)


def _sent(site: Site) -> list[NoticeLine]:
    with site.database.reading() as connection:
        return list_notices(connection, states=[NoticeState.SENT])
