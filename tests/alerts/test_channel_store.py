"""What workers share through the database: values that end, and turns."""

import asyncio
from datetime import timedelta

from sqlalchemy import func, select

from alerts.channel_store import ChannelStore
from alerts.tables import channel_state
from ledgers.database import Database
from ledgers.sealing import Keyring, Vault
from tests.alerts.posting import Clock

VAULT = Vault(Keyring.create())
HOUR = timedelta(hours=1)


def test_a_value_is_there_for_another_worker_until_it_ends(database: Database) -> None:
    """Put by one, read by the other; another channel has its own."""
    clock = Clock()
    one, two = (ChannelStore(database, VAULT, "wecom", clock) for _ in range(2))
    other = ChannelStore(database, VAULT, "sms", clock)
    asyncio.run(one.put("token", "markerzebra", until=clock.now + HOUR))
    assert asyncio.run(two.get("token")) == "markerzebra"
    assert asyncio.run(other.get("token")) is None
    clock.pass_(hours=1)
    assert asyncio.run(two.get("token")) is None


def test_a_value_is_sealed(database: Database) -> None:
    """Whoever reads the database reads no token."""
    clock = Clock()
    store = ChannelStore(database, VAULT, "wecom", clock)
    asyncio.run(store.put("token", "markerzebra", until=clock.now + HOUR))
    with database.reading() as connection:
        sealed = connection.scalar(select(channel_state.c.sealed_value))
    assert sealed is not None
    assert b"markerzebra" not in sealed


def test_a_newer_value_takes_the_place_of_the_older(database: Database) -> None:
    """And what has ended goes, so that the table does not grow."""
    clock = Clock()
    store = ChannelStore(database, VAULT, "wecom", clock)
    for number in range(3):
        asyncio.run(store.put(f"parts:{number}", "1", until=clock.now + HOUR))
    clock.pass_(hours=2)
    for value in ("old", "new"):
        asyncio.run(store.put("token", value, until=clock.now + HOUR))
    assert asyncio.run(store.get("token")) == "new"
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(channel_state)) == 1


def test_one_at_a_time_of_all_workers(database: Database) -> None:
    """Two stores stand for two processes: a token is fetched once."""
    clock = Clock()
    stores = [ChannelStore(database, VAULT, "wecom", clock) for _ in range(2)]
    fetched: list[int] = []

    async def token(store: ChannelStore, number: int) -> str | None:
        async with store.alone("token"):
            if await store.get("token") is None:
                fetched.append(number)
                await asyncio.sleep(0)
                await store.put("token", str(number), until=clock.now + HOUR)
        return await store.get("token")

    async def race() -> set[str | None]:
        asked = [token(store, number) for number, store in enumerate(stores * 3)]
        return set(await asyncio.gather(*asked))

    assert asyncio.run(race()) == {str(fetched[0])}
    assert len(fetched) == 1


def test_the_turn_of_a_dead_worker_ends(database: Database) -> None:
    """After a minute somebody else may; the value in the row is kept."""
    clock = Clock()
    dead, alive = (ChannelStore(database, VAULT, "wecom", clock) for _ in range(2))

    async def begin() -> None:
        await dead.alone("token").__aenter__()
        await dead.put("token", "kept", until=clock.now + HOUR)

    asyncio.run(begin())
    clock.pass_(minutes=1)

    async def take() -> str | None:
        async with alive.alone("token"):
            return await alive.get("token")

    assert asyncio.run(take()) == "kept"
