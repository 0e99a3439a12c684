"""The ways out: channels made from the configuration, a lane for each, closed together."""

import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from alerts.attempts import Compose
from alerts.channel_store import ChannelStore
from alerts.compose import Composer
from alerts.deliver import Lane, Means, Metrics, lanes_of
from alerts.policies import policies_of
from alerts.render import Templates
from alerts.routes import ConfiguredRoutes
from channels.protocol import Channel, Tools
from channels.registry import make, settings_of
from config.channels.types import ChannelSettings
from config.durations import Duration, Unit
from config.lean import dataclass
from service.wiring import Site

_PATHS = ("ca_file", "folder")
"""Settings that name a file or folder, relative to the configuration's own folder."""

_SECONDS = {Unit.MINUTES: 60, Unit.HOURS: 3600, Unit.DAYS: 86400}
_SIDE_BY_SIDE = 8


@dataclass(frozen=True, slots=True)
class Sender:
    """Who delivers: the worker's name in claims, what counts, and what puts notices into words.

    `jitter` answers numbers from 0 to 1, by which tries are spread.
    """

    worker: str
    metrics: Metrics
    compose: Compose
    jitter: Callable[[], float] = random.SystemRandom().random


@asynccontextmanager
async def open_lanes(
    site: Site, sender: Sender, *, channels: Mapping[str, Channel] | None = None
) -> AsyncIterator[list[Lane]]:
    """Open a lane for each configured channel, and close the channels afterwards.

    `channels` take the place of the configured ones: dry runs and demonstrations.

    Raises:
        BadSettings: a channel's settings do not fit.
    """
    ways = build_channels(site) if channels is None else channels
    means = Means(
        database=site.database,
        vault=site.vault,
        compose=sender.compose,
        routes=ConfiguredRoutes(site.configuration, site.zone),
        metrics=sender.metrics,
        clock=site.clock,
        jitter=sender.jitter,
        allowed=site.timetable.quiet.next_allowed,
        worker=sender.worker,
    )
    limits = {
        name: getattr(settings, "connections", _SIDE_BY_SIDE)
        for name, settings in site.configuration.channels.items()
    }
    try:
        policies = policies_of(site.configuration, site.zone)
        yield lanes_of(ways, means, limits=limits, policies=policies)
    finally:
        for channel in ways.values():
            await channel.close()


def compose_of(site: Site) -> Compose:
    """Make what puts notices into words, with the site's own templates where it has some.

    Raises:
        TemplatesRefused: a template shows more than it may.
    """
    configuration = site.configuration
    own = configuration.templates
    folder = None if own is None else site.folder / own
    templates = Templates.load(folder, labelling_words=configuration.labelling_words)
    return Composer(site.timetable, templates, site.vault)


def build_channels(site: Site) -> dict[str, Channel]:
    """Make every configured channel; none connects before its first message."""
    language = site.configuration.language
    return {
        name: make(settings, _tools(site, name), _fields(settings, site.folder, language))
        for name, settings in site.configuration.channels.items()
    }


def _tools(site: Site, channel: str) -> Tools:
    return Tools(ChannelStore(site.database, site.vault, channel, site.clock), site.clock)


def _fields(settings: ChannelSettings, folder: Path, language: str) -> dict[str, object]:
    fields = {
        name: _plain(value)
        for name in type(settings).model_fields
        if name != "type" and (value := getattr(settings, name)) is not None
    }
    for name in _PATHS:
        if name in fields:
            fields[name] = folder / str(fields[name])
    if "language" in settings_of(settings.type):
        fields.setdefault("language", language.replace("_", "-"))
    return fields


def _plain(value: object) -> object:
    if isinstance(value, Duration):
        return timedelta(seconds=value.amount * _SECONDS[value.unit])
    return value
