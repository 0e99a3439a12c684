"""Whether the configuration's files have changed, and what is said of the new ones."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import datetime
from pathlib import Path

import structlog

from alerts.attempts import Compose
from alerts.errors import AlertError
from alerts.matters import Matter, MatterKind
from channels.errors import BadSettings
from channels.protocol import Channel
from config.errors import ConfigurationErrors
from config.lean import dataclass
from ledgers.errors import LedgerError
from service.alarms import raise_matters, settle_matters
from service.errors import UpgradedMeanwhile
from service.wiring import Site, read_again, take_up

REFUSALS = (ConfigurationErrors, AlertError, BadSettings, LedgerError, UpgradedMeanwhile)
"""What a configuration with mistakes raises when it is read or its templates are."""

_log = structlog.get_logger(__name__)

Mark = tuple[int, int, int]

_GONE: Mark = (0, 0, 0)


@dataclass(slots=True)
class Watched:
    """Files as they were when last looked at: time of change, size and inode of each."""

    files: Iterable[Path]
    _marks: dict[Path, Mark] = field(init=False)

    def __post_init__(self) -> None:
        self.files = tuple(self.files)
        self._marks = {path: _mark(path) for path in self.files}

    def has_changed(self) -> bool:
        """Say whether any file is another one than at the last look, and remember this look."""
        marks = {path: _mark(path) for path in self.files}
        changed = marks != self._marks
        self._marks = marks
        return changed


def _mark(path: Path) -> Mark:
    try:
        found = path.stat()
    except OSError:
        return _GONE
    return found.st_mtime_ns, found.st_size, found.st_ino


def files_of(site: Site) -> tuple[Path, ...]:
    """Answer every file that the site is made of: the YAML and its own templates."""
    own = site.configuration.templates
    if own is None:
        return site.loaded.files
    folder = site.folder / own
    return (*site.loaded.files, folder, *sorted(folder.rglob("*.*")))


@dataclass(frozen=True, slots=True)
class Renewed:
    """A configuration that holds, and what is made of it."""

    site: Site
    compose: Compose
    channels: Mapping[str, Channel]


def renew(
    site: Site,
    compose_of: Callable[[Site], Compose],
    channels_of: Callable[[Site], Mapping[str, Channel]],
) -> Renewed:
    """Read a configuration again, and take it up once nothing of it is refused.

    Raises:
        ConfigurationErrors, AlertError, BadSettings, LedgerError, UpgradedMeanwhile: nothing was
            written.
    """
    fresh = read_again(site)
    renewed = Renewed(fresh, compose_of(fresh), channels_of(fresh))
    take_up(fresh)
    return renewed


def note_refusal(site: Site, error: Exception, *, now: datetime) -> None:
    """Say why the old configuration still holds: in the log, and to the operator."""
    reasons = error.problems if isinstance(error, ConfigurationErrors) else [error]
    for reason in reasons:
        _log.error("configuration.refused", reason=str(reason))
    upgraded = isinstance(error, UpgradedMeanwhile)
    kind = MatterKind.UPGRADED_MEANWHILE if upgraded else MatterKind.CONFIGURATION_REFUSED
    matter = Matter(kind, "configuration", detail={"count": len(reasons)})
    raise_matters(site, [matter], now=now)


def note_loaded(site: Site, *, now: datetime) -> None:
    """Say that the new configuration holds."""
    _log.info("configuration.loaded", files=len(site.loaded.files))
    settle_refusal(site, now=now)


def settle_refusal(site: Site, *, now: datetime) -> None:
    """Note that the configuration on disk holds: nobody need look at it any more."""
    for kind in (MatterKind.CONFIGURATION_REFUSED, MatterKind.UPGRADED_MEANWHILE):
        settle_matters(site, kind, now=now)
