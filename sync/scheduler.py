"""Leaves the event loop time between the steps of long work on large boards.

pycrdt keeps Python's global lock while it works, and an edit passes from the event loop to the
thread that commits and back: each of those hand-overs may wait for one step. So steps are short,
and between them there is as much time as they took, whichever board and thread they are for.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from weakref import WeakKeyDictionary

LARGE_BYTES = 1_000_000
"""Boards below this cost no single step that anybody notices."""
STEP_SECONDS = 0.004
MAX_STEP_SECONDS = 0.1
"""No step counts for more, so that a single long one does not make everybody wait for long."""


class ThreadAir:
    """Spreads the steps of all threads of this process over time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next_start = 0.0

    def wait_after(self, took: float) -> None:
        """Blocks a thread after a step of so many seconds, until its next may begin."""
        with self._lock:
            now = time.monotonic()
            start = max(self._next_start, now + took)
            self._next_start = start + 2 * took
        time.sleep(start - now)


_thread_air = ThreadAir()


class Steps:
    """The steps of one piece of work on a thread; call `end_step` as often as possible.

    What counts is the processor time of the thread. By the clock on the wall a step would also last
    while it waits for a lock, a disk or a busy machine: every thread would then wait longer because
    others do, and a slow machine would come to a stop.
    """

    def __init__(self) -> None:
        self._started = time.thread_time()

    def end_step(self) -> None:
        """Leaves others their time, if enough has passed since the last time."""
        took = time.thread_time() - self._started
        if took >= STEP_SECONDS:
            _thread_air.wait_after(min(took, MAX_STEP_SECONDS))
            self._started = time.thread_time()


class LoopAir:
    """The long steps of one event loop: one after another, in their order."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], object]] = deque()
        self._is_free = True

    def run(self, step: Callable[[], object]) -> None:
        """Calls `step`: now, unless another has just ended or waits."""
        self._waiting.append(step)
        if self._is_free:
            self._begin()

    def run_all(self, steps: Iterator[object]) -> None:
        """Takes each of the steps as one."""

        def step() -> None:
            if next(steps, done) is not done:
                self.run(step)

        done = object()
        self.run(step)

    def _begin(self) -> None:
        self._is_free = False
        started = time.thread_time()
        try:
            self._waiting.popleft()()
        finally:
            took = min(time.thread_time() - started, MAX_STEP_SECONDS)
            asyncio.get_running_loop().call_later(took, self._end)

    def _end(self) -> None:
        self._is_free = True
        if self._waiting:
            self._begin()


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, LoopAir] = WeakKeyDictionary()


def air_of_this_loop() -> LoopAir:
    """What the boards of the running event loop share."""
    loop = asyncio.get_running_loop()
    air = _of_loop.get(loop)
    if air is None:
        air = _of_loop[loop] = LoopAir()
    return air
