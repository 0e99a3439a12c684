"""The only place that builds objects: reads environment and configuration, opens the database."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from alerts.effective import EvaluationPlan
from alerts.locks import hold
from alerts.rules import fingerprint, prepare
from alerts.timetable import Timetable
from alerts.versions import Version
from config.group_channels import group_channels
from config.lean import dataclass
from config.loaded import Loaded
from config.model import Configuration
from config.settings import DEFAULT_NAMES, Settings, settings_from
from ledgers.audit_chain import bind
from ledgers.database import Database
from ledgers.groups import are_kept, keep_groups
from ledgers.operator import is_kept, keep_operator
from ledgers.persons import PersonDetails
from ledgers.sealing import Vault
from ledgers.work_notices import load_notices
from schedules.calendars import WorkCalendar
from schedules.runner import Clock, system_clock
from service.auditing import Act, note_rule
from service.errors import UnusableDatabase
from service.governing import agree
from service.keys import KeySource, open_vault
from service.migrations import require_current
from service.readers import Reader, read_here

_DATABASES = ("sqlite:", "postgresql:", "postgresql+psycopg:")
_SECRETS_FOLDER = "CREDENTIALS_DIRECTORY"
"""The variable in which systemd names the folder of a service's secrets."""


def read_settings() -> Settings:
    """Read the environment, and the folder of secrets that systemd may have given.

    Raises:
        pydantic.ValidationError: a variable has a value that is not allowed.
    """
    folder = os.environ.get(_SECRETS_FOLDER)
    return settings_from(Path(folder) if folder else None)


def settings_in(folder: Path) -> Settings:
    """Answer the settings of a site that lies wholly in one folder, whatever the environment says."""
    path = folder / DEFAULT_NAMES[0]
    plain = Settings.model_construct(config=path)
    return plain.model_copy(update={"database_url": plain.database_for(path)})


@dataclass(frozen=True, slots=True)
class Site:
    """Everything of one site that commands and the daemon share. Safe to share between threads."""

    settings: Settings
    config_path: Path
    environment: Mapping[str, str] = field(repr=False)
    loaded: Loaded
    database: Database
    vault: Vault
    calendar: WorkCalendar
    timetable: Timetable
    clock: Clock
    reader: Reader = read_here
    """What reads the configuration, now and when it has changed."""
    worker: str | None = None
    """The name under which a daemon or `tick` works; None for other commands."""
    notebook: Path | None = None
    """The folder where a trial keeps what a site keeps beside its configuration; None: there."""

    @property
    def configuration(self) -> Configuration:
        """What the YAML says."""
        return self.loaded.configuration

    @property
    def zone(self) -> ZoneInfo:
        """The site's zone."""
        return self.timetable.zone

    @property
    def folder(self) -> Path:
        """The configuration's folder: what paths in it are relative to."""
        return self.config_path.resolve().parent

    def today(self, now: datetime) -> date:
        """Answer the site's day at an instant."""
        return self.timetable.today(now)

    def plan(self, connection: Connection, *, today: date) -> EvaluationPlan:
        """Answer the rules in force, and note in the caller's unit what changed about them.

        Raises:
            OtherRules: somebody who lives goes by other ones.
        """
        hold(connection, [_RULE_VERSIONS])
        rules = fingerprint(self.configuration)
        agree(connection, rules, worker=self.worker, now=self.clock())
        changed = partial(self._note_rule, connection)
        return prepare(connection, self.configuration, self.calendar, today=today, changed=changed)

    def _note_rule(self, connection: Connection, rule: str, version: Version | None) -> None:
        if version is None:
            note_rule(connection, self, Act.RULE_REMOVED, rule=rule)
            return
        said = {"version": str(version.number), "timing": version.hash[:_HASH_LETTERS]}
        note_rule(connection, self, Act.RULE_CHANGED, rule=rule, **said)


_HASH_LETTERS = 16
_RULE_VERSIONS = "*"
"""The lock under which versions are noted; no rule is called so."""


@contextmanager
def open_site(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    environment: Mapping[str, str] | None = None,
    holds: bool = True,
    reader: Reader = read_here,
) -> Iterator[Site]:
    """Open a site: configuration, keys, prepared database, and the operator as a person.

    `environment` is what `${NAME}` in the configuration stands for; None: the process's own. One
    that does not hold (yet) is only looked at: nothing is written.

    Raises:
        ConfigurationErrors, LedgerError, ServiceError: with what to do.
    """
    path = settings.config_path(Path.cwd())
    variables = os.environ if environment is None else environment
    loaded = reader(path, variables)
    database = open_database(settings, path)
    try:
        require_current(database)
        vault = open_vault(database, KeySource(settings, path), now=clock())
        bind(database, vault)
        calendar = calendar_of(database)
        timetable = Timetable.of(loaded.configuration, calendar)
        site = Site(
            settings, path, variables, loaded, database, vault, calendar, timetable, clock, reader
        )
        if holds:
            take_up(site)
        yield site
    finally:
        database.close()


def reloaded(site: Site) -> Site:
    """Answer the site with its configuration and calendar read again, and take them up.

    Raises:
        ConfigurationErrors: the old configuration still holds.
    """
    fresh = read_again(site)
    take_up(fresh)
    return fresh


def read_again(site: Site) -> Site:
    """Answer the site with its configuration and calendar read again; writes nothing.

    Keys and database stay as they are.

    Raises:
        ConfigurationErrors: the old configuration still holds.
    """
    loaded = site.reader(site.config_path, site.environment)
    calendar = calendar_of(site.database)
    timetable = Timetable.of(loaded.configuration, calendar)
    return replace(site, loaded=loaded, calendar=calendar, timetable=timetable)


def take_up(site: Site) -> None:
    """Let the ledger know whom a configuration that holds names: its operator and its groups."""
    _keep_operator(site)
    _keep_groups(site)


def open_database(settings: Settings, config_path: Path) -> Database:
    """Open the database, whatever its version: for `db upgrade`, `backup` and `restore`.

    Raises:
        UnusableDatabase: its address names another kind of database, or is none.
    """
    url = settings.database_for(config_path).get_secret_value()
    if not url.startswith(_DATABASES):
        raise UnusableDatabase
    return Database.open(url)


def calendar_of(database: Database) -> WorkCalendar:
    """Answer the official working days, extended by imported notices."""
    with database.reading() as connection:
        calendar = WorkCalendar.official()
        for notice in load_notices(connection):
            calendar = calendar.extended(notice)
    return calendar


def _keep_operator(site: Site) -> None:
    operator = site.configuration.site.operator
    name = operator.name or site.configuration.site.name
    wanted = PersonDetails(name, operator.phone, operator.email, operator.wecom)
    with site.database.reading() as connection:
        if is_kept(connection, site.vault, wanted):
            return
    with site.database.writing() as connection:
        keep_operator(connection, site.vault, wanted, now=site.clock())


def _keep_groups(site: Site) -> None:
    channels = group_channels(site.configuration)
    with site.database.reading() as connection:
        if are_kept(connection, channels):
            return
    now = site.clock()
    with site.database.writing() as connection:
        keep_groups(connection, site.vault, channels, today=site.today(now), now=now)
