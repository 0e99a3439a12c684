"""Work whose failure is somebody's to log, not the end of everything around it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


async def guarded(work: Coroutine[Any, Any, Result], name: str) -> "asyncio.Task[Result]":
    """Run work to its end, good or bad, and answer the finished task.

    A fault nobody foresaw must not stop the daemon: one pass or one notice would stop all others.
    """
    task = asyncio.create_task(work, name=name)
    await asyncio.wait({task})
    return task
