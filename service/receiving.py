"""What far sides say, written down: receipts and answers that are pushed, and those that are asked for."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from alerts import receipts
from alerts.awaiting import to_ask
from alerts.routes import ConfiguredRoutes
from channels.inbound import Asked, Heard, Hears, Polls, Report, Uplink
from channels.protocol import AddressKind, Channel, ChannelError
from channels.registry import traits_of
from config.lean import dataclass
from config.settings import Web
from service.errors import OtherRules
from service.guarding import guarded
from service.wiring import Site
from web.taking import Busy

LOOK_EVERY = 30.0
"""Seconds between two looks for messages whose far side is to be asked."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Takes in what channels hear. `site` and `channels` are those of the configuration in force.

    `written` is called when something was written that delivery should look at.
    """

    site: Callable[[], Site]
    channels: Callable[[], Mapping[str, Channel]]
    written: Callable[[], None]

    def hearing(self) -> dict[str, Hears]:
        """Answer the channels whose far sides push."""
        return {name: it for name, it in self.channels().items() if isinstance(it, Hears)}

    async def take(self, channel: str, heard: Heard) -> None:
        """Write down what a far side said (`web.taking.Take`).

        Raises:
            Busy: not now; nothing was written.
        """
        if not heard.reports and not heard.uplinks:
            return
        try:
            await asyncio.to_thread(self._write, channel, heard)
        except (DBAPIError, OtherRules) as error:
            _log.warning("receipts.not_written", channel=channel, error=type(error).__name__)
            raise Busy from None
        self.written()

    async def ask_forever(self) -> None:
        """Ask far sides that do not tell by themselves, until cancelled."""
        while True:
            for name, channel in self.channels().items():
                if isinstance(channel, Polls):
                    work = await guarded(self.ask(name, channel), f"receipts:{name}")
                    if (error := work.exception()) is not None:
                        _log.error("receipts.failed", channel=name, exc_info=error)
            await asyncio.sleep(LOOK_EVERY)

    async def ask(self, name: str, channel: Polls) -> int:
        """Ask one far side for the receipts that are out; answer for how many it was asked."""
        asked = await asyncio.to_thread(self._to_ask, name)
        if asked:
            try:
                heard = await channel.poll(asked, now=self.site().clock())
                await self.take(name, heard)
            except (ChannelError, Busy) as error:
                # They are asked for again: when, was written down before.
                reason = error.reason.value if isinstance(error, ChannelError) else "busy"
                _log.warning("receipts.not_asked", channel=name, reason=reason)
        return len(asked)

    def _to_ask(self, name: str) -> list[Asked]:
        site = self.site()
        settings = site.configuration.channels.get(name)
        address = settings and traits_of(settings.type, settings.model_dump()).address
        kind = address or AddressKind.PHONE
        with site.database.writing() as connection:
            return to_ask(connection, name, site.vault, kind=kind.value, now=site.clock())

    def _write(self, channel: str, heard: Heard) -> None:
        site = self.site()
        routes = ConfiguredRoutes(site.configuration, site.zone)
        with site.database.writing() as connection:
            answered = self._answers(connection, site, channel, heard.uplinks)
            reports = [*heard.reports, *answered]
            receipts.take(connection, channel, reports, routes=routes, now=site.clock())

    def _answers(
        self, connection: Connection, site: Site, channel: str, uplinks: Sequence[Uplink]
    ) -> list[Report]:
        """Do what people answered; answer what their answers show to have arrived."""
        if not uplinks:
            return []
        from alerts.uplinks import Line, hear_answers  # most channels never bring an answer

        now = site.clock()
        today = site.today(now)
        line = Line(channel, site.vault, site.plan(connection, today=today))
        understood = hear_answers(connection, line, uplinks, now=now, today=today)
        _log.info(
            "answers.heard",
            channel=channel,
            closed=len(understood.closed),
            unclear=understood.unclear,
            unknown=understood.unknown,
        )
        return understood.reports


@asynccontextmanager
async def counter_open(receiver: Receiver, web: Web) -> AsyncIterator[None]:
    """Let gateways hand in receipts where a port is set; its libraries are loaded only then.

    Raises:
        OSError: the port is taken, or the address is not ours.
    """
    if web.port is None:
        yield
        return
    from service.web import serving
    from web.receipts import Counter, receipts_app

    counter = Counter(receiver.hearing, receiver.take, lambda: receiver.site().clock())
    app = receipts_app(counter)
    async with serving(app, web.host, web.port, proxies=web.proxies):
        yield
