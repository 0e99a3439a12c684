"""Both event loops the daemon may run on, for tests that must hold on each."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]
LOOP_NAMES = ["asyncio", "uvloop"]
NewLoop = Callable[[], asyncio.AbstractEventLoop]


def run_on(loop: NewLoop, trial: Coroutine[Any, Any, None]) -> None:
    """Run a trial on a new loop of this kind."""
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(trial)
