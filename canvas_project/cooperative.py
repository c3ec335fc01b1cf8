"""Runs what strangers cause in short turns, so that everybody else's frames pass in between."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from weakref import WeakKeyDictionary

TURN_SECONDS = 0.002


class Scheduler:
    """Calls the steps of one event loop in their order, a few milliseconds at a time.

    After each turn it waits for as long as the turn took: all steps together use at most half of
    the loop's time, however many sockets they belong to.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._steps: deque[Callable[[], None]] = deque()
        self._is_scheduled = False

    @property
    def is_busy(self) -> bool:
        """Whether steps wait."""
        return bool(self._steps)

    def add(self, step: Callable[[], None]) -> None:
        """Calls `step` soon; it should take less than a millisecond, and add itself again."""
        self._steps.append(step)
        if not self._is_scheduled:
            self._is_scheduled = True
            self._loop.call_soon(self._run)

    def _run(self) -> None:
        started = time.monotonic()
        took = 0.0
        try:
            while self._steps and took < TURN_SECONDS:
                self._steps.popleft()()
                took = time.monotonic() - started
        finally:
            self._is_scheduled = bool(self._steps)
            if self._is_scheduled:
                self._loop.call_later(max(took, 0.001), self._run)


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Scheduler] = WeakKeyDictionary()


def scheduler_of(loop: asyncio.AbstractEventLoop) -> Scheduler:
    """The one scheduler of an event loop."""
    scheduler = _of_loop.get(loop)
    if scheduler is None:
        scheduler = _of_loop[loop] = Scheduler(loop)
    return scheduler
