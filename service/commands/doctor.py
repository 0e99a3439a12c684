"""`doctor`: is this installation sound? Looks and changes nothing."""

import os
import shutil
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from channels.errors import ChannelInputError
from config.errors import ConfigurationErrors
from config.language import catalogue
from config.lean import dataclass
from config.settings import Settings
from ledgers.errors import LedgerError
from ledgers.sealing import Keyring
from service.commandline import make
from service.commands.doctor_channels import Seen, Verdict, look_at_channels
from service.commands.sites import config_file, daemon_runs, settings_for
from service.errors import ServiceError
from service.failures import sentence_of
from service.keys import KeySource
from service.terminal import Terminal
from service.version import __version__
from service.wiring import Site, open_site

_ = catalogue("service")

PACKAGES = ("alerts", "channels", "config", "ledgers", "schedules", "service", "web")
_KNOWN = (
    ConfigurationErrors,
    LedgerError,
    ServiceError,
    ChannelInputError,
    SQLAlchemyError,
    OSError,
)
_LEAST_FREE = 500_000_000
_FIRST_YEAR = 2026


@dataclass(frozen=True, slots=True)
class Wish:
    """Nothing can be asked of it."""


def command() -> click.Command:
    """Answer the command, in the language of the moment."""
    about = _(
        "Checks this installation: packages, settings, keys, database, calendar, channels. Ends "
        "with 1 if something is bad."
    )
    return make(Wish, _do, name="doctor", about=about)


def _do(_wish: Wish, terminal: Terminal) -> int:
    settings = settings_for(terminal)
    seen = list(_look(settings, terminal))
    words = {Verdict.GOOD: _("good"), Verdict.LOOK: _("please look"), Verdict.BAD: _("bad")}
    terminal.table(
        [_("what"), _("verdict"), _("found")],
        [(one.name, words[one.verdict], one.sentence) for one in seen],
    )
    is_bad = any(one.verdict is Verdict.BAD for one in seen)
    terminal.answer(
        {
            "well": not is_bad,
            "version": __version__,
            "checks": [
                {"name": one.name, "verdict": one.verdict, "sentence": one.sentence} for one in seen
            ],
        }
    )
    return 1 if is_bad else 0


def _look(settings: Settings, terminal: Terminal) -> Iterator[Seen]:
    yield from _program()
    yield _clock(terminal)
    yield _master_key(settings, config_file(terminal, settings))
    try:
        with open_site(settings, clock=terminal.clock, environment=terminal.environment) as site:
            yield Seen(_("configuration"), Verdict.GOOD, str(site.config_path))
            yield Seen(_("database"), Verdict.GOOD, site.database.name)
            yield from _site(site)
    except _KNOWN as error:
        yield Seen(_("configuration, keys, database"), Verdict.BAD, sentence_of(error))


def _program() -> Iterator[Seen]:
    root = Path(__file__).resolve().parents[2]
    foreign = [name for name in PACKAGES if not _lies_in(name, root)]
    if foreign:
        sentence = _("these come from elsewhere: %(names)s; use an environment of its own")
        yield Seen(_("packages"), Verdict.BAD, sentence % {"names": ", ".join(foreign)})
    else:
        yield Seen(_("packages"), Verdict.GOOD, f"shouwang {__version__}, {root}")
    here = {"", str(Path.cwd())}
    if sys.flags.safe_path or not here & set(sys.path[:1]):
        yield Seen(_("safe path"), Verdict.GOOD, _("nothing is imported from the current folder"))
    else:
        yield Seen(_("safe path"), Verdict.LOOK, _("set PYTHONSAFEPATH=1 for the service"))


def _lies_in(name: str, root: Path) -> bool:
    file = import_module(name).__file__
    return file is not None and Path(file).resolve().is_relative_to(root)


def _clock(terminal: Terminal) -> Seen:
    now = terminal.clock()
    shown = f"{now:%Y-%m-%d %H:%M} UTC"
    verdict = Verdict.GOOD if now.year >= _FIRST_YEAR else Verdict.BAD
    return Seen(_("clock"), verdict, shown)


def _master_key(settings: Settings, config: Path) -> Seen:
    name = _("master key")
    source = KeySource(settings, config)
    try:
        keys = source.read()
    except _KNOWN as error:
        return Seen(name, Verdict.BAD, sentence_of(error))
    if isinstance(keys, Keyring):
        sentence = _(
            "the keys lie in clear, in a file of an older version; run `shouwang keys master`"
        )
        return Seen(name, Verdict.LOOK, sentence)
    where = _("the keys come from the environment") if source.file is None else str(source.file)
    return Seen(name, Verdict.GOOD, f"{keys.id}, {where}")


def _site(site: Site) -> Iterator[Seen]:
    yield _zone(site)
    yield _years(site)
    yield _space(site)
    yield _daemon(site)
    yield from look_at_channels(site)


def _zone(site: Site) -> Seen:
    now = site.clock()
    shown = f"{site.zone.key}, {now.astimezone(site.zone):%Y-%m-%d %H:%M}"
    return Seen(_("time zone"), Verdict.GOOD, shown)


def _years(site: Site) -> Seen:
    missing = site.calendar.missing_years(site.today(site.clock()))
    if not missing:
        return Seen(_("days off"), Verdict.GOOD, _("known"))
    sentence = _("missing: %(years)s; run `shouwang calendar import` when they are published")
    years = ", ".join(map(str, missing))
    return Seen(_("days off"), Verdict.LOOK, sentence % {"years": years})


def _space(site: Site) -> Seen:
    free = shutil.disk_usage(site.folder).free
    verdict = Verdict.GOOD if free >= _LEAST_FREE else Verdict.LOOK
    sentence = _("free: %(size)s MB") % {"size": free // 1_000_000}
    if not os.access(site.folder, os.W_OK):
        return Seen(_("disk"), Verdict.BAD, _("the folder cannot be written"))
    return Seen(_("disk"), verdict, sentence)


def _daemon(site: Site) -> Seen:
    if daemon_runs(site.database):
        return Seen(_("daemon"), Verdict.GOOD, _("running"))
    return Seen(_("daemon"), Verdict.LOOK, _("none is running"))
