"""A WeCom token is one for all daemons: asked for once, kept sealed, replaced by one of them."""

import asyncio
import dataclasses

from alerts.channel_store import ChannelStore
from channels.protocol import Message, Tools
from channels.wecom_app import WecomAppChannel
from ledgers.database import Database
from ledgers.sealing import Keyring, Vault
from tests.alerts.posting import NOON, Clock
from tests.channels.grounds_wecom import app_settings
from tests.emulators.wecom import TOKEN, WecomEmulator

DAEMONS = 3
MESSAGE = Message("n-1", "director01", "", "08 走访", NOON)


def test_daemons_share_a_token_and_its_replacement(database: Database) -> None:
    """Three daemons begin at once, and find at once that WeCom no longer takes what they have."""
    clock, vault = Clock(), Vault(Keyring.create())

    async def tell(daemons: list[WecomAppChannel], round_: str) -> None:
        messages = [
            dataclasses.replace(MESSAGE, out_id=f"{round_}-{n}", text=f"{round_} {n}")
            for n in range(len(daemons))
        ]
        await asyncio.gather(
            *(daemon.send(one) for daemon, one in zip(daemons, messages, strict=True))
        )

    async def run() -> list[int]:
        async with WecomEmulator(clock=lambda: clock().timestamp()) as server:
            settings = app_settings(server, timeout="10 seconds")
            daemons = [
                WecomAppChannel(
                    settings, Tools(ChannelStore(database, vault, "wecom", clock), clock)
                )
                for _ in range(DAEMONS)
            ]
            asked = []
            for round_ in ("first", "second"):
                await tell(daemons, round_)
                asked.append(sum(one.path == TOKEN for one in server.asked))
                server.end_tokens()
            for daemon in daemons:
                await daemon.close()
            assert len(server.members["director01"]) == 2 * DAEMONS
            return asked

    assert asyncio.run(run()) == [1, 2]
