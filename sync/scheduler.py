"""Fairness: long work runs in short steps, with equally long pauses for others in between.

On the event loop this covers frames from untrusted clients and large boards; on threads, large
boards. pycrdt holds Python's global lock while it works, and an edit passes from the event loop to
the commit thread and back: each hand-over may wait for one step.
"""

import asyncio
import enum
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

LARGE_BYTES = 1_000_000
"""Boards below this size have no single step long enough to notice."""
STEP_SECONDS = 0.004
SLICE_SECONDS = 0.002
MAX_STEP_SECONDS = 0.1
"""No step counts for more, so that one long step does not cause a long pause for everyone."""


class ThreadScheduler:
    """Spaces out the steps of all threads of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next_start = 0.0

    def wait_after(self, took: float) -> None:
        """Blocks a thread after a step of this many seconds until its next step may begin."""
        with self._lock:
            now = time.monotonic()
            start = max(self._next_start, now + took)
            self._next_start = start + 2 * took
        time.sleep(start - now)


_threads = ThreadScheduler()


class Steps:
    """Divides one piece of work on a thread into steps; call `end_step` as often as possible.

    A step is measured in processor time of its thread. By the wall clock it would also include
    waiting for a lock, a disk or a busy machine; every thread would then pause longer because
    others do, and a slow machine would grind to a halt.
    """

    def __init__(self) -> None:
        self._started = time.thread_time()

    def end_step(self) -> None:
        """Pauses for others if the current step has been long enough."""
        took = time.thread_time() - self._started
        if took >= STEP_SECONDS:
            _threads.wait_after(min(took, MAX_STEP_SECONDS))
            self._started = time.thread_time()


class Work(enum.Enum):
    """Kinds of work with a scheduler each: a flood of one kind does not delay the other."""

    INCOMING = "what strangers and viewers send"
    EDITS = "what people send who may edit"
    BOARDS = "long steps on large boards"


class Allowance(NamedTuple):
    """How much of the event loop's time a kind of work may take."""

    share: float
    burst_seconds: float = 0.0


ALLOWANCES = {
    Work.INCOMING: Allowance(1 / 6, 0.1),
    # A paste, or a room full of people who return, is read at full speed; a flood is not.
    Work.EDITS: Allowance(1 / 2, 1.0),
    Work.BOARDS: Allowance(1 / 2),
}


class LoopScheduler:
    """Calls steps in their order, a few milliseconds at a time.

    All steps together use at most `share` of the loop's time, no matter how many sockets or boards
    they belong to: after each slice it pauses. Time that was not used is kept, up to
    `burst_seconds`: as long as some is left it pauses for no longer than one round of the loop.
    """

    def __init__(self, share: float = 0.5, burst_seconds: float = 0.0) -> None:
        self._share, self._burst_seconds = share, burst_seconds
        self._steps: deque[Callable[[], object]] = deque()
        self._is_free = True
        self._spare_seconds = burst_seconds
        self._counted_at = time.monotonic()

    @property
    def is_busy(self) -> bool:
        """Whether steps are waiting."""
        return bool(self._steps)

    def run(self, step: Callable[[], object]) -> None:
        """Runs `step` now, unless a slice has just ended or others are waiting."""
        self._steps.append(step)
        if self._is_free:
            self._run_slice()

    def add(self, step: Callable[[], object]) -> None:
        """Runs `step` soon. It should take less than a millisecond and add itself again if it has
        more to do.
        """
        self._steps.append(step)
        if self._is_free:
            self._is_free = False
            asyncio.get_running_loop().call_soon(self._run_slice)

    def run_all(self, steps: Iterator[object]) -> None:
        """Runs each item of an iterator as one step."""

        def step() -> None:
            if next(steps, done) is not done:
                self.run(step)

        done = object()
        self.run(step)

    def _run_slice(self) -> None:
        self._is_free = False
        started = time.thread_time()
        took = 0.0
        try:
            while self._steps and took < SLICE_SECONDS:
                self._steps.popleft()()
                took = time.thread_time() - started
        finally:
            took = min(time.thread_time() - started, MAX_STEP_SECONDS)
            pause = self._pause_after(took)
            if self._steps or pause >= SLICE_SECONDS:
                asyncio.get_running_loop().call_later(pause, self._go_on)
            else:
                self._is_free = True

    def _pause_after(self, took: float) -> float:
        now = time.monotonic()
        unused = now - took - self._counted_at
        self._counted_at = now
        spare = min(self._spare_seconds + unused * self._share, self._burst_seconds)
        self._spare_seconds = spare - took * (1 - self._share)
        return max(-self._spare_seconds / self._share, 0.0)

    def _go_on(self) -> None:
        self._is_free = True
        if self._steps:
            self._run_slice()


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Work, LoopScheduler]]
_of_loop = WeakKeyDictionary()


def scheduler_of(work: Work) -> LoopScheduler:
    """The scheduler of the running event loop for one kind of work."""
    schedulers = _of_loop.setdefault(asyncio.get_running_loop(), {})
    scheduler = schedulers.get(work)
    if scheduler is None:
        scheduler = schedulers[work] = LoopScheduler(*ALLOWANCES[work])
    return scheduler
