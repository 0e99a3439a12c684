"""`shouwang demo`: the whole main job on a made-up county, with real workbooks and real mail.

    workbooks → ledger → deadlines → digest → SMTP → filled-in form → alerts closed → next mail

It tells last week's story, so that everything in it has happened when it is read.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from config.language import catalogue
from config.lean import dataclass
from config.settings import Web
from config.shipped import DEMO, SETTINGS_FILE, example_files
from ledgers.importing import apply_import, plan_import
from ledgers.imports import ImportReport
from ledgers.key_files import write_key_file
from ledgers.reading import reader
from ledgers.wrapping import MasterKey
from service import daemon, logs, passes
from service import demo_summary as summary
from service.demo_county import make_county
from service.demo_gateways import Gateway, show_received, with_gateways
from service.demo_office import (
    HERE,
    DemoClock,
    Inbox,
    fill_in,
    form_in,
    free_port,
    last_week,
    mail_server,
)
from service.demo_workbooks import write_directory, write_ledger
from service.importing import import_context, vocabulary_of
from service.metrics import NoFigures
from service.migrations import upgrade
from service.outgoing import Sender, build_channels, compose_of, open_lanes
from service.passes import Ticked
from service.receiving import Receiver, counter_open
from service.terminal import Terminal
from service.wiring import (
    Site,
    open_database,
    open_site,
    settings_in,
)

_ = catalogue("service")

LEDGER_FILE = "演示县儿童台账.xlsx"
DIRECTORY_FILE = "演示县人员名单.xlsx"
RETURNED_FILE = "走访登记表-已填.xlsx"
MAILS = "received"
_EVERY_LINE = 2
"""Every second line of the form is filled in: the rest must stand in the next mail again."""

_CALM = timedelta(days=90)
"""Nothing of the never recorded is escalated for so long after the launch."""

_MORNING, _BEFORE_WORK = time(9, 15), time(8, 30)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the story plays: its site, its clock, its inbox, and its three days."""

    site: Site
    clock: DemoClock
    inbox: Inbox
    days: tuple[date, date, date]
    gateways: Sequence[Gateway]
    port: int  # where these hand in receipts

    def move(self, day: date, at: time) -> None:
        """Let it be `at` o'clock of a day, in the site's zone."""
        self.clock.now = datetime.combine(day, at, tzinfo=self.site.zone)


def run(
    terminal: Terminal,
    *,
    folder: Path | None = None,
    stay: bool = False,
    gateways: Sequence[Gateway] = (),
) -> int:
    """Tell the story in a new folder and answer the exit code; `stay`: then keep the daemon up.

    `gateways` stand in for what brings messages to phones; without them there is only mail.
    Nothing that the environment says about a real site is used.
    """
    logs.configure("warning", stream=terminal.err)
    home = folder or Path.cwd() / f"demo-{terminal.clock():%Y%m%d-%H%M%S}"
    home.mkdir(parents=True)
    with mail_server(home / MAILS) as port:
        days = last_week(terminal.clock().date())
        ports = port, free_port()
        _set_up(home, ports, gateways, launch=days[0])
        clock = DemoClock(terminal.clock())
        with open_site(settings_in(home), clock=clock) as site:
            stage = Stage(site, clock, Inbox(home / MAILS), days, gateways, ports[1])
            asyncio.run(_tell(stage, terminal))
        if stay:
            terminal.say(
                _("The daemon keeps watch over %(folder)s now; Ctrl-C ends it.") % {"folder": home}
            )
            logs.configure("info", stream=terminal.err)
            daemon.run(settings_in(home), clock=terminal.clock)
    return 0


def _set_up(
    home: Path, ports: tuple[int, int], gateways: Sequence[Gateway], *, launch: date
) -> None:
    """Write what `init` writes, with the demo's dates, mail server and gateways filled in."""
    mail, receipts = ports
    for name, text in example_files(DEMO).items():
        adapted = _adapted(text, mail, launch)
        if name == SETTINGS_FILE:
            adapted = with_gateways(adapted, gateways, port=receipts)
        (home / name).write_text(adapted, encoding="utf-8")
    settings = settings_in(home)
    path = home / SETTINGS_FILE
    write_key_file(settings.key_file_for(path), MasterKey.create())
    database = open_database(settings, path)
    upgrade(database)
    database.close()


def _adapted(text: str, port: int, launch: date) -> str:
    return (
        text.replace("on: 2026-12-01", f"on: {launch}")
        .replace("escalate_from: 2027-03-01", f"escalate_from: {launch + _CALM}")
        .replace("host: smtp.example.invalid", f"host: {HERE}\n    allow_private: {HERE}")
        .replace("port: 587", f"port: {port}")
        .replace("security: starttls", "security: none")
    )


async def _tell(stage: Stage, terminal: Terminal) -> None:
    monday, tuesday, thursday = stage.days
    home = stage.site.folder
    stage.move(monday, _BEFORE_WORK)
    county = make_county(monday)
    write_directory(home / DIRECTORY_FILE, county)
    write_ledger(home / LEDGER_FILE, county)
    terminal.say(_("1. What the workbooks said"))
    for name in (DIRECTORY_FILE, LEDGER_FILE):
        summary.show_import(terminal, _import(stage, home / name))

    terminal.say(_("2. Monday %(day)s: what was due, and who was told") % {"day": monday})
    stage.move(monday, _MORNING)
    told = await _tick(stage)
    first = len(stage.inbox.mails())
    summary.show_due(terminal, stage.site, told)
    summary.show_sent(terminal, stage.site, stage.inbox)
    show_received(terminal, stage.gateways, home / MAILS)

    terminal.say(_("3. Thursday %(day)s: a filled-in form comes back") % {"day": thursday})
    stage.move(thursday, _BEFORE_WORK)
    # By reader, not by arrival: eight mails are under way at once.
    forms = [mail for _path, mail in stage.inbox.mails() if form_in(mail)]
    returned = min(forms, key=lambda mail: str(mail["To"]))
    lines = fill_in(
        form_in(returned) or b"", home / RETURNED_FILE, happened=tuesday, every=_EVERY_LINE
    )
    summary.show_form(
        terminal, stage.site, lines, [_import(stage, home / RETURNED_FILE) for _time in range(2)]
    )

    terminal.say(_("4. The next mail"))
    stage.move(thursday, _MORNING)
    await _tick(stage)
    summary.show_next(terminal, stage.site, stage.inbox.mails()[first:], to=returned["To"])
    summary.show_outcomes(terminal, stage.site)
    summary.show_places(terminal, home, stage.inbox)


def _import(stage: Stage, path: Path) -> ImportReport:
    site, now = stage.site, stage.clock()
    rows = reader.read(path, vocabulary=vocabulary_of(site.configuration))
    with site.database.writing() as connection:
        plan = site.plan(connection, today=site.today(now))
    context = import_context(site, plan, now=now, recorded_by="demo")
    return apply_import(site.database, plan_import(site.database, rows, context), context)


async def _tick(stage: Stage) -> Ticked:
    sender = Sender("demo", NoFigures(), compose_of(stage.site))
    channels = build_channels(stage.site)
    receiver = Receiver(lambda: stage.site, lambda: channels, _nothing)
    web = Web(port=stage.port if stage.gateways else None)
    async with open_lanes(stage.site, sender) as lanes, counter_open(receiver, web):
        ticked = await passes.tick(stage.site, lanes, slot_now=True)
        for gateway in stage.gateways:
            await asyncio.to_thread(gateway.report)
        return ticked


def _nothing() -> None:
    """Wake nobody: the demo itself looks for what is to be done."""
