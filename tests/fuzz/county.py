"""A small county to hand things in to: prepared once, and put back before each try."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from channels.inbound import Heard, Inbound
from channels.memory import MemoryChannel
from config.settings import DEFAULT_NAMES
from ledgers.audit_chain import bind
from ledgers.database import Database
from ledgers.sealing import Vault
from service.metrics import NoFigures
from service.outgoing import Sender, compose_of, open_lanes
from service.passes import tick
from service.wiring import Site, open_site, settings_in
from tests.fuzz.cutting import Cut
from tests.service.commands.desk import HEAVY_RAIN, MONDAY, Answer, Desk, settle_in

_DATABASE, _HEAD = "shouwang.sqlite", "shouwang.audit-head"
_BESIDE = (_DATABASE, _HEAD, f"{_DATABASE}-wal", f"{_DATABASE}-shm")


@dataclass(frozen=True, slots=True)
class County:
    """A folder with a site in it, and the same as it was when it was prepared."""

    folder: Path
    prepared: Path
    site: Site
    """Opened on the prepared database, which nobody writes to."""

    @property
    def vault(self) -> Vault:
        """Its keys."""
        return self.site.vault

    def put_back(self) -> None:
        """Let everything be as it was prepared."""
        for name in _BESIDE:
            (self.folder / name).unlink(missing_ok=True)
            if (self.prepared / name).exists():
                shutil.copyfile(self.prepared / name, self.folder / name)

    def run(self, *words: str) -> Answer:
        """Run a command here."""
        config = self.folder / DEFAULT_NAMES[0]
        return Desk(self.folder).run("--config", str(config), *words)

    @contextmanager
    def open(self, *, keeps: int | None = None) -> Iterator[Site]:
        """Open the site on its database as it is; `keeps`: so many units of work, then the power goes."""
        database = Database.open(f"sqlite:///{self.folder / _DATABASE}")
        if keeps is not None:
            database = Cut(database.engine, after=keeps)
        bind(database, self.vault)
        try:
            yield replace(self.site, database=database, config_path=self.folder / DEFAULT_NAMES[0])
        finally:
            database.close()


class Telling(MemoryChannel):
    """A channel whose far side tells later what arrived."""

    def hear(self, inbound: Inbound, *, now: object) -> Heard:
        """Hear nothing: here others listen."""
        return Heard()


def settle(folder: Path) -> Path:
    """Prepare a county: people, children, a signal of heavy rain, and messages about all of it."""
    folder.mkdir(exist_ok=True)
    desk = Desk(folder)
    desk.done("init", str(folder))
    settle_in(folder)
    config = folder / DEFAULT_NAMES[0]
    config.write_text(config.read_text("utf-8") + f"\nrules:{HEAVY_RAIN}", "utf-8")
    there = ("--config", str(config))
    desk.done(*there, "import", str(folder / "人员.xlsx"), str(folder / "儿童.xlsx"))
    desk.done(*there, "tick", "--at", "2026-12-06T12:00")  # so that Monday's slots are due
    desk.done(*there, "signal", "暴雨", "--region", "青山村")
    with open_site(settings_in(folder), clock=lambda: MONDAY, environment={}) as site:
        asyncio.run(_tell(site))
    return folder


async def _tell(site: Site) -> None:
    sender = Sender("settling", NoFigures(), compose_of(site))
    async with open_lanes(site, sender, channels={"email": Telling()}) as lanes:
        await tick(site, lanes)


@contextmanager
def county_of(prepared: Path, folder: Path) -> Iterator[County]:
    """Open a copy of a prepared county in another folder."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    with open_site(settings_in(prepared), clock=lambda: MONDAY, environment={}) as site:
        yield County(folder, prepared, site)
