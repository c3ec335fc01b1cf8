"""Fairness: long work is done in short steps, with as much time for others in between.

On the event loop: what strangers send, and large boards. On threads: large boards. pycrdt keeps
Python's global lock while it works, and an edit passes from the event loop to the thread that
commits and back: each of those hand-overs may wait for one step.
"""

import asyncio
import enum
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from weakref import WeakKeyDictionary

LARGE_BYTES = 1_000_000
"""Boards below this cost no single step that anybody notices."""
STEP_SECONDS = 0.004
TURN_SECONDS = 0.002
MIN_REST_SECONDS = 0.001
MAX_STEP_SECONDS = 0.1
"""No step counts for more, so that a single long one does not make everybody wait for long."""


class ThreadScheduler:
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


_threads = ThreadScheduler()


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
            _threads.wait_after(min(took, MAX_STEP_SECONDS))
            self._started = time.thread_time()


class Work(enum.Enum):
    """What takes turns with itself alone: a flood of the one kind does not delay the other."""

    INCOMING = "what strangers send"
    BOARDS = "long steps on large boards"


class LoopScheduler:
    """Calls steps in their order, a few milliseconds at a time.

    After each turn it waits for as long as the turn took: all steps together use at most half of
    the loop's time, however many sockets or boards they belong to.
    """

    def __init__(self) -> None:
        self._steps: deque[Callable[[], object]] = deque()
        self._is_free = True

    @property
    def is_busy(self) -> bool:
        """Whether steps wait."""
        return bool(self._steps)

    def run(self, step: Callable[[], object]) -> None:
        """Calls `step`: now, unless a turn has just ended or others wait."""
        self._steps.append(step)
        if self._is_free:
            self._run_turn()

    def add(self, step: Callable[[], object]) -> None:
        """Calls `step` soon; it should take less than a millisecond, and add itself again."""
        self._steps.append(step)
        if self._is_free:
            self._is_free = False
            asyncio.get_running_loop().call_soon(self._run_turn)

    def run_all(self, steps: Iterator[object]) -> None:
        """Takes each of the steps as one."""

        def step() -> None:
            if next(steps, done) is not done:
                self.run(step)

        done = object()
        self.run(step)

    def _run_turn(self) -> None:
        self._is_free = False
        started = time.thread_time()
        took = 0.0
        try:
            while self._steps and took < TURN_SECONDS:
                self._steps.popleft()()
                took = time.thread_time() - started
        finally:
            took = min(time.thread_time() - started, MAX_STEP_SECONDS)
            if self._steps or took >= TURN_SECONDS:
                asyncio.get_running_loop().call_later(max(took, MIN_REST_SECONDS), self._end_rest)
            else:
                self._is_free = True

    def _end_rest(self) -> None:
        self._is_free = True
        if self._steps:
            self._run_turn()


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Work, LoopScheduler]]
_of_loop = WeakKeyDictionary()


def scheduler_of(work: Work) -> LoopScheduler:
    """The scheduler of the running event loop for one kind of work."""
    schedulers = _of_loop.setdefault(asyncio.get_running_loop(), {})
    scheduler = schedulers.get(work)
    if scheduler is None:
        scheduler = schedulers[work] = LoopScheduler()
    return scheduler
