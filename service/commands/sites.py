"""What commands begin with: settings, quiet logs, an opened site; and what writing ones end with."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from alerts.effective import EvaluationPlan
from alerts.in_force import InForce
from config.settings import Settings
from ledgers.database import Database
from service import logs
from service.audit_heads import keep_head
from service.errors import DaemonRuns
from service.keys import KeySource
from service.locks import no_daemon
from service.migrations import require_current
from service.terminal import Terminal
from service.wakeup import announce
from service.wiring import Site, open_database, open_site, read_settings


def settings_for(terminal: Terminal) -> Settings:
    """Read the environment, with what the command line says for all; logs are quiet from here on.

    A command speaks for itself, so its log begins at warnings unless the settings say otherwise.
    """
    settings = read_settings()
    if terminal.config is not None:
        settings = settings.model_copy(update={"config": terminal.config})
    level = settings.log.level if "level" in settings.log.model_fields_set else "warning"
    form: logs.Format = "json" if settings.log.format == "json" else "console"
    logs.configure(level, form=form, stream=terminal.err)
    return settings


@contextmanager
def opened(terminal: Terminal) -> Iterator[Site]:
    """Open the site a command works on."""
    settings = settings_for(terminal)
    with open_site(settings, clock=terminal.clock, environment=terminal.environment) as site:
        yield site
        keep_head(site)


@contextmanager
def key_site(terminal: Terminal) -> Iterator[tuple[Database, KeySource]]:
    """Open what a command on keys works on: the database, and where the master key comes from."""
    settings = settings_for(terminal)
    path = config_file(terminal, settings)
    database = open_database(settings, path)
    try:
        require_current(database)
        yield database, KeySource(settings, path)
    finally:
        database.close()


@contextmanager
def acting(site: Site, now: datetime) -> Iterator[tuple[Connection, EvaluationPlan, date]]:
    """Open one unit of work for what a person did; daemons hear of it when it is kept."""
    today = site.today(now)
    with site.database.writing() as connection:
        yield connection, site.plan(connection, today=today), today
    announce(site.database)


@contextmanager
def looking(site: Site, now: datetime) -> Iterator[tuple[Connection, InForce, date]]:
    """Open a unit that only reads, with the rules in force."""
    today = site.today(now)
    with site.database.writing() as connection:
        plan = site.plan(connection, today=today)
    with site.database.reading() as connection:
        yield connection, InForce(plan, site.timetable), today


def config_file(terminal: Terminal, settings: Settings, named: Path | None = None) -> Path:
    """Answer the configuration file a command is about."""
    return named or settings.config_path(Path.cwd())


def daemon_runs(database: Database) -> bool:
    """Say whether a daemon works on the database, by asking for its place for a moment."""
    try:
        with no_daemon(database):
            return False
    except DaemonRuns:
        return True
