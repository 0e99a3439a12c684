"""The daemon: evaluates, opens slots and delivers until told to stop (DESIGN.md 7).

    somebody wrote ─┐                                     ┌─▶ lane ─▶ channel
    a slot begins  ─┼─▶ wanted ─▶ pass in a thread ─▶ rows ┼─▶ lane ─▶ channel
    a day begins   ─┘   (evaluate, open slots)            └─▶ …

Evaluation never waits for delivery: between them are rows and a wake-up call.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from alerts.attempts import Compose
from channels.protocol import Channel
from config.lean import dataclass
from config.settings import Settings
from ledgers.memory import give_back
from schedules.jobs import Job
from schedules.runner import Clock, Runner, system_clock
from service import duties, passes
from service.alarms import last_sent
from service.clocks import HOLD_OVER, NOTICED_OVER, Heartbeat, Stopwatch
from service.courier import Courier
from service.evaluating import Evaluator
from service.guarding import guarded
from service.liveness import Signs, serve
from service.locks import Place, one_daemon
from service.metrics import figures_for
from service.outgoing import Sender, build_channels, compose_of, open_lanes
from service.readers import Reader, read_here
from service.receiving import Receiver, counter_open
from service.reloading import (
    REFUSALS,
    Watched,
    files_of,
    note_loaded,
    note_refusal,
    renew,
    settle_refusal,
)
from service.reporting import has_work, look, page_for
from service.wakeup import watch
from service.wiring import Site, calendar_of, open_site

DRAIN_WITHIN = 60.0
"""Seconds for what is under way when the daemon is told to stop; systemd gives 90."""

_LOOK_AT_FILES_EVERY = 2.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a daemon is made of besides its site. `channels` take the configured ones' place."""

    compose_of: Callable[[Site], Compose] = compose_of
    channels: Mapping[str, Channel] | None = None
    stopwatch: Stopwatch = time.monotonic
    heartbeat: float = duties.HEARTBEAT_SECONDS


def run(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    environment: Mapping[str, str] | None = None,
    parts: Parts | None = None,
    reader: Reader = read_here,
) -> None:
    """Watch over a site until SIGTERM or SIGINT; SIGHUP reads the configuration again.

    A daemon with a process of its own should have a `reader` with one too.

    Raises:
        AnotherDaemon: the SQLite file has its daemon already.
        ConfigurationErrors, LedgerError, AlertError, ServiceError: with what to do.
    """
    with (
        open_site(settings, clock=clock, environment=environment, reader=reader) as site,
        one_daemon(site.database) as place,
        asyncio.Runner(loop_factory=_fast_loop) as loop,
    ):
        daemon = Daemon(site, place, parts)
        try:
            loop.run(daemon.run())
        except ExceptionGroup as group:
            raise group.exceptions[0] from group


def _fast_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


@dataclass(frozen=True, slots=True)
class _Found:
    """What a heartbeat found to do."""

    something_to_send: bool
    something_to_evaluate: bool
    another_calendar: bool


class Daemon:
    """One watch over one site, from `run` until `stop`."""

    def __init__(self, site: Site, place: Place, parts: Parts | None = None) -> None:
        self._site = site = replace(site, worker=place.worker)
        self._place = place
        self._parts = parts or Parts()
        now = site.clock()
        self.figures = figures_for(site.settings.liveness.port)
        self.signs = Signs(place.worker, started_at=now, beat_at=now)
        self._compose = self._parts.compose_of(site)
        self._channels = self._try_channels(site)
        self._receiver = Receiver(lambda: self._site, lambda: self._channels, self._woken)
        self._courier: Courier | None = None
        self._evaluator = Evaluator(
            lambda: self._site, self.signs, self.figures, self._wake_couriers
        )
        self._runner = self._new_runner()
        self._heartbeat = Heartbeat(site.clock, self._parts.stopwatch)
        self._watched = Watched(files_of(site))
        self._stopping = asyncio.Event()
        self._reload_wanted = asyncio.Event()

    def _try_channels(self, site: Site) -> Mapping[str, Channel]:
        """See that the channels' settings fit before anything depends on them; answer those that hear."""
        return build_channels(site) if self._parts.channels is None else self._parts.channels

    async def _close_channels(self) -> None:
        if self._parts.channels is None:
            for channel in self._channels.values():
                await channel.close()

    def stop(self) -> None:
        """Begin nothing new; `run` returns when what is under way has its answer."""
        self._stopping.set()

    def reload(self) -> None:
        """Read the configuration again, whether or not its files have changed."""
        self._reload_wanted.set()

    async def run(self) -> None:
        """Watch until stopped."""
        async with AsyncExitStack() as stack:
            stack.callback(self._on_signals())
            await self._open_port(stack)
            stack.push_async_callback(self._close_channels)
            await stack.enter_async_context(counter_open(self._receiver, self._site.settings.web))
            await asyncio.to_thread(self._begin)
            async with asyncio.TaskGroup() as group:
                delivering = group.create_task(self._deliver_forever(), name="delivery")
                watching = [
                    group.create_task(self._evaluator.run(), name="evaluation"),
                    group.create_task(watch(self._site.database, self._woken), name="wake-up"),
                    group.create_task(self._watch_files(), name="files"),
                    group.create_task(self._reload_when_wanted(), name="reload"),
                    group.create_task(self._receiver.ask_forever(), name="receipts"),
                ]
                self._runner.rebuild(self._jobs())
                self._runner.start()
                await self._beat(self._site.clock())
                self._evaluator.want()
                _log.info("daemon.watching", worker=self._place.worker)
                await self._stopping.wait()
                _log.info("daemon.stopping", worker=self._place.worker)
                await self._wind_down(delivering)
                for task in watching:
                    task.cancel()
        _log.info("daemon.stopped", worker=self._place.worker)

    async def _wind_down(self, delivering: asyncio.Task[None]) -> None:
        await self._runner.shutdown(within=DRAIN_WITHIN)
        if self._courier is not None:
            self._courier.drain()
        _, late = await asyncio.wait({delivering}, timeout=DRAIN_WITHIN)
        for task in late:
            # What is in the air stays claimed and is settled as unknown at the next start.
            _log.warning("daemon.cut_off", task=task.get_name())
            task.cancel()

    def _on_signals(self) -> Callable[[], None]:
        loop = asyncio.get_running_loop()
        asked = {signal.SIGTERM: self.stop, signal.SIGINT: self.stop, signal.SIGHUP: self.reload}
        for number, wish in asked.items():
            loop.add_signal_handler(number, wish)

        def leave() -> None:
            for number in asked:
                loop.remove_signal_handler(number)

        return leave

    async def _open_port(self, stack: AsyncExitStack) -> None:
        liveness = self._site.settings.liveness
        if liveness.port is None:
            return
        server = await serve(
            liveness.host,
            liveness.port,
            lambda path: page_for(path, self._site, self.signs, self.figures),
        )
        stack.callback(server.close)

    def _begin(self) -> None:
        """Settle what was left behind, and see that the clock has not gone back meanwhile."""
        site, now = self._site, self._site.clock()
        with site.database.reading() as connection:
            before = last_sent(connection)
        if before is not None and before - now > HOLD_OVER:
            _log.warning("clock.jumped", seconds=round((now - before).total_seconds()))
            duties.hold_for_clock(site, now)
        settle_refusal(site, now=now)
        self._recover()

    def _recover(self) -> int:
        site = self._site
        taken = passes.recover(site.database, worker=self._place.worker, now=site.clock())
        if taken:
            _log.warning("claims.taken_over", notices=taken)
        return taken

    async def _deliver_forever(self) -> None:
        """Deliver with the lanes of the configuration in force; a reload brings new ones."""
        while not self._stopping.is_set():
            sender = Sender(self._place.worker, self.figures, self._compose)
            async with open_lanes(self._site, sender, channels=self._parts.channels) as lanes:
                self._courier = Courier(self._site, lanes)
                await self._courier.run()

    def _wake_couriers(self) -> None:
        if self._courier is not None:
            self._courier.wake()

    def _woken(self) -> None:
        """Somebody wrote: look for notices now, and for changes at the same time."""
        self._wake_couriers()
        self._evaluator.look()

    def _new_runner(self) -> Runner:
        return Runner(self._site.zone, self.fire, clock=self._site.clock)

    def _jobs(self) -> Iterator[Job]:
        return duties.jobs_of(self._site, heartbeat=self._parts.heartbeat)

    async def fire(self, job: str, now: datetime) -> None:
        """Do one job of the runner, whenever it is due."""
        site = self._site
        if job == duties.HEARTBEAT:
            await self._beat(now)
        elif job == duties.AUDIT and not self.signs.other_rules:
            await asyncio.to_thread(duties.audit_all, site, now)
            self._wake_couriers()
        elif job == duties.RETENTION:
            from service.retaining import retain  # a night's work: a daemon by day goes without

            await asyncio.to_thread(retain, site, now)
        elif job == duties.SIGN_OF_LIFE:
            await asyncio.to_thread(duties.send_sign_of_life, site, now)
            self._wake_couriers()
        else:
            self._evaluator.want()

    async def _beat(self, now: datetime) -> None:
        await self._check_clock(now)
        found = await asyncio.to_thread(self._look_round, now)
        if found.something_to_send:
            self._wake_couriers()
        if found.something_to_evaluate:
            self._evaluator.want()
        if found.another_calendar:
            self.reload()

    def _look_round(self, now: datetime) -> _Found:
        site = self._site
        self._place.keep()
        taken = self._recover()
        alarmed = look(site, self.signs, self.figures, now=now)
        if site.database.rest():
            give_back()
        return _Found(
            something_to_send=alarmed or taken > 0,
            something_to_evaluate=has_work(site, self.signs),
            another_calendar=calendar_of(site.database) != site.calendar,
        )

    async def _check_clock(self, now: datetime) -> None:
        jump = self._heartbeat.beat()
        if abs(jump) < NOTICED_OVER:
            return
        _log.warning("clock.jumped", seconds=round(jump.total_seconds()))
        if jump < timedelta(0):
            self._runner.realign()
        if abs(jump) > HOLD_OVER:
            await asyncio.to_thread(duties.hold_for_clock, self._site, now)
        self._evaluator.want()

    async def _watch_files(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_AT_FILES_EVERY)
            if self._watched.has_changed():
                await asyncio.sleep(_LOOK_AT_FILES_EVERY / 4)  # an editor may be half done
                self._watched.has_changed()
                self.reload()

    async def _reload_when_wanted(self) -> None:
        while True:
            await self._reload_wanted.wait()
            self._reload_wanted.clear()
            if (error := (await guarded(self._reload(), "reload")).exception()) is not None:
                _log.error("configuration.not_loaded", exc_info=error)

    async def _reload(self) -> None:
        """Take the configuration as it is now; one with mistakes changes nothing but a matter."""
        now = self._site.clock()
        try:
            renewed = await asyncio.to_thread(
                renew, self._site, self._parts.compose_of, self._try_channels
            )
        except REFUSALS as error:
            self.signs.configuration_refused = True
            await asyncio.to_thread(note_refusal, self._site, error, now=now)
            self._wake_couriers()
            return
        old, fresh = self._site, renewed.site
        self._site, self._compose = fresh, renewed.compose
        await self._close_channels()
        self._channels = renewed.channels
        self._watched = Watched(files_of(fresh))
        self.signs.configuration_refused = False
        if fresh.zone != old.zone:
            await self._runner.shutdown(within=DRAIN_WITHIN)
            self._runner = self._new_runner()
            self._runner.start()
        self._runner.rebuild(self._jobs())
        if self._courier is not None:
            self._courier.drain()
        self._evaluator.want()
        await asyncio.to_thread(note_loaded, fresh, now=now)
