"""What one process keeps for its channels."""

import asyncio
from datetime import UTC, datetime, timedelta

from channels.stores import MemoryStore

NOW = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)


def test_a_value_ends_at_its_instant() -> None:
    """A token that has run out is not handed out again."""

    async def trial() -> list[str | None]:
        clock = [NOW]
        store = MemoryStore(lambda: clock[0])
        await store.put("token", "abc", until=NOW + timedelta(hours=2))
        before = await store.get("token")
        clock[0] = NOW + timedelta(hours=2)
        return [before, await store.get("token"), await store.get("other")]

    assert asyncio.run(trial()) == ["abc", None, None]


def test_one_at_a_time_does_what_needs_doing_once() -> None:
    """Two that want a token at once do not fetch it twice."""

    async def trial() -> int:
        store = MemoryStore(lambda: NOW)
        fetched = 0

        async def need() -> None:
            nonlocal fetched
            async with store.alone("token"):
                if await store.get("token") is None:
                    await asyncio.sleep(0)
                    fetched += 1
                    await store.put("token", "abc", until=NOW + timedelta(hours=2))

        await asyncio.gather(*(need() for _ in range(5)))
        return fetched

    assert asyncio.run(trial()) == 1
