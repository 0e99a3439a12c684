"""What waits in a trial's database, and until when; it is asked again only after somebody wrote."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, Date, Engine, bindparam, event, func, or_, select, true

from alerts import breaker as breakers
from alerts.holding import held_for
from alerts.states import NoticeState
from alerts.tables import alerts, notices, rungs, signals
from config.lean import dataclass
from config.model import Configuration
from service import passes
from service.wiring import Site

_WAITING = {
    held: select(notices.c.channel, func.min(notices.c.next_attempt_at))
    .where(
        notices.c.ended_at.is_(None),
        notices.c.next_attempt_at.is_not(None),
        notices.c.state != NoticeState.HELD.value,
        notices.c["class"] == "operator" if held else true(),
    )
    .group_by(notices.c.channel)
    for held in (False, True)
}

_Moment = tuple[int, date]
"""How often was written by then, and on which day."""

_CALLS = (
    select(func.min(signals.c.expires_at)).where(signals.c.ended_at.is_(None)),
    select(func.min(rungs.c.next_at))
    .join(alerts, alerts.c.id == rungs.c.alert_id)
    .where(
        alerts.c.closed_at.is_(None),
        or_(
            alerts.c.deferred_until.is_(None),
            alerts.c.deferred_until < bindparam("today", type_=Date),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Until when each channel has to wait on which anything is to be sent, and `calls`: when a
    ladder goes on or a signal is over.
    """

    channels: Mapping[str, datetime]
    calls: tuple[datetime, ...] = ()

    @property
    def next_at(self) -> datetime | None:
        """The first of all these moments; None: nothing waits."""
        return min([*self.channels.values(), *self.calls], default=None)


class Due:
    """Answers what waits; as long as nobody writes, each day's answer stays what it was.

    `writings`: how often anybody has written so far.
    """

    def __init__(self, engine: Engine) -> None:
        self.writings = 0
        self._asked: _Moment | None = None
        self._waiting = Waiting({})
        self._without_news: _Moment | None = None
        event.listen(engine, "commit", self._note)

    def waiting(self, site: Site, now: datetime) -> Waiting:
        """Answer what waits by the wall clock."""
        moment = self._moment(site, now)
        if moment != self._asked:
            with site.database.reading() as connection:
                calls = _calls(connection, site.configuration, moment[1])
                self._waiting = Waiting(_channels(connection), calls)
            self._asked = moment
        return self._waiting

    def has_news(self, site: Site, now: datetime) -> bool:
        """Say whether a pass would find something to do, once it was done on this day."""
        moment = self._moment(site, now)
        if moment == self._without_news and all(at > now for at in self.waiting(site, now).calls):
            return False
        wanted = passes.is_wanted(site, now)
        self._without_news = None if wanted else moment
        return wanted

    def _moment(self, site: Site, now: datetime) -> _Moment:
        return self.writings, site.today(now)

    def _note(self, _connection: Connection) -> None:
        self.writings += 1


def _channels(connection: Connection) -> dict[str, datetime]:
    held = held_for(connection) is not None
    return {
        channel: max(due, breakers.load(connection, channel, limit=8).open_until or due)
        for channel, due in connection.execute(_WAITING[held]).all()
    }


def _calls(
    connection: Connection, configuration: Configuration, today: date
) -> tuple[datetime, ...]:
    """Answer when a ladder goes on and when a signal is over, as heartbeats find out."""
    if not any(rule.kind == "signal" for rule in configuration.rules.values()):
        return ()
    found = [connection.execute(query, {"today": today}).scalar() for query in _CALLS]
    return tuple(at for at in found if at is not None)
