"""An event loop in which everything happens in the same order every time, and nothing in parallel.

Its clock stands still while anything can be done, and jumps to the next timer when nothing can:
how busy the machine is decides neither what a timeout catches nor how long a trial lasts.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

Answered = TypeVar("Answered")
_Given = ParamSpec("_Given")


class _AtOnce(ThreadPoolExecutor):
    """Does work where it is asked for, before anything else goes on."""

    def submit(
        self, work: Callable[_Given, Answered], /, *args: _Given.args, **kwargs: _Given.kwargs
    ) -> "Future[Answered]":
        done: Future[Answered] = Future()
        try:
            done.set_result(work(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  # whoever waits for it gets it
            done.set_exception(error)
        return done


class _Numbered(asyncio.Task[Any]):
    """A task that stands in sets by its number, not by where it lies in memory."""

    def __init__(self, work: Coroutine[Any, Any, Any], *, number: int, **given: Any) -> None:
        self._number = number
        super().__init__(work, **given)

    def __hash__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        return self is other


class _Impatient(selectors.DefaultSelector):
    """Waits for nothing: it says how long it would have waited instead."""

    def __init__(self) -> None:
        super().__init__()
        self.waited = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout > 0:
            self.waited += timeout
            timeout = 0
        return super().select(timeout)


class _Unhurried(asyncio.SelectorEventLoop):
    """Loses no time over work, and none over waiting."""

    def __init__(self) -> None:
        self._timers = _Impatient()
        super().__init__(self._timers)

    def time(self) -> float:
        return self._timers.waited


class InOrder:
    """Runs coroutines one after the other; `forget` ends what a dead process left behind."""

    def __init__(self) -> None:
        self._runner: asyncio.Runner | None = None

    def run(self, work: Coroutine[Any, Any, Answered]) -> Answered:
        """Run one coroutine to its end."""
        if self._runner is None:
            self._runner = asyncio.Runner(loop_factory=_loop)
        return self._runner.run(work)

    def forget(self) -> None:
        """Cancel everything that is still under way."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None


def _loop() -> asyncio.AbstractEventLoop:
    loop = _Unhurried()
    count = iter(range(2**62))

    def number(_loop: asyncio.AbstractEventLoop, work: Any, **given: Any) -> _Numbered:
        return _Numbered(work, number=next(count), loop=_loop, **given)

    loop.set_task_factory(number)
    loop.set_default_executor(_AtOnce(max_workers=1))
    # What a dead process's tasks raise, nobody fetches.
    loop.set_exception_handler(lambda _loop, _context: None)
    return loop
