"""Sites for trials: a copy of the real one, or a made-up county under the same configuration."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from config.settings import Settings
from config.shipped import DEMO, example_files
from ledgers.database import Database
from ledgers.ids import drawn_from
from ledgers.wrapping import MasterKey
from service.copies import copied
from service.migrations import upgrade
from service.simulation.chance import Chance
from service.simulation.clocks import TrialClock
from service.simulation.made_up import MadeUp, Size
from service.simulation.mortal import forgetful
from service.wiring import Site, open_site, settings_in

DATABASE = "trial.sqlite"


@contextmanager
def trial_copy(site: Site) -> Iterator[tuple[Site, TrialClock]]:
    """Answer a copy of a site, and the clock it goes by."""
    clock = TrialClock(site.clock())
    with copied(site) as copy:
        forgetful(copy.database)
        yield replace(copy, clock=clock), clock


@contextmanager
def made_up(
    config: Path | None,
    environment: Mapping[str, str],
    size: Size,
    *,
    first: date,
) -> Iterator[tuple[Site, TrialClock]]:
    """Answer a made-up county under a configuration; None: the shipped example."""
    begin = datetime.combine(first, time(0), tzinfo=UTC)
    clock = TrialClock(begin)
    with TemporaryDirectory(prefix="shouwang-") as folder:
        settings = _settings(Path(folder), config)
        (Path(folder) / DATABASE).write_bytes(_empty())
        with open_site(settings, clock=clock, environment=environment) as site:
            forgetful(site.database)
            chance = Chance(size.seed)
            with (
                drawn_from(chance.of("county").randbytes),
                site.database.writing() as connection,
            ):
                plan = site.plan(connection, today=first)
                MadeUp(site.configuration, site.vault, chance).write(
                    connection, plan, size, now=begin
                )
            yield replace(site, notebook=Path(folder)), clock


def _settings(folder: Path, config: Path | None) -> Settings:
    if config is None:
        for name, text in example_files(DEMO).items():
            (folder / name).write_text(text, encoding="utf-8")
    settings = settings_in(folder) if config is None else settings_in(config.parent)
    return settings.model_copy(
        update={
            "config": config or settings.config,
            "database_url": SecretStr(f"sqlite:///{folder / DATABASE}"),
            "keys": SecretStr(MasterKey.create().to_text()),
        }
    )


@cache
def _empty() -> bytes:
    """Make a database of this version without rows, once in a process: it takes half a second."""
    with TemporaryDirectory(prefix="shouwang-") as folder:
        path = Path(folder) / DATABASE
        database = forgetful(Database.open(f"sqlite:///{path}"))
        upgrade(database)
        database.close()
        return path.read_bytes()
