"""The event loop of one simulated process, and its threads: on virtual time, on one real thread."""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import greenlet

from proof.simulation.scheduler import Scheduler

ROUND_SECONDS = 0.00005
"""What one round of a loop takes at least, in virtual time."""


class SimulatedTask(asyncio.Task[Any]):
    """A task whose place in a set does not depend on its address."""

    _numbers = count()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._number = next(self._numbers)
        super().__init__(*args, **kwargs)
        self._log_destroy_pending = False  # those of a killed process are never finished

    def __hash__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        return self is other


class SimulatedLoop(asyncio.AbstractEventLoop):
    """As asyncio promises: callbacks in order, timers not before their time. No real time passes.

    A round runs what is ready when it begins. When a round begins, among the rounds, threads and
    arrivals of all processes, is the scheduler's choice. A loop that was killed does nothing.
    """

    def __init__(self, scheduler: Scheduler, name: str) -> None:
        self.scheduler = scheduler
        self.name = name
        self.is_alive = True
        self.is_stalled = False
        self.is_cut_off = False
        """Whether the process can't reach the database."""
        self.failures: list[str] = []
        self.threads = Threads(self)
        self._ready: deque[asyncio.Handle] = deque()
        self._has_round = False

    def kill(self) -> None:
        """Ends the process as `kill -9` does: nothing of it runs any more."""
        self.is_alive = False
        self._ready.clear()

    def stall(self, seconds: float) -> None:
        """The process stands still for a while, as on a busy machine."""
        self.is_stalled = True
        self.scheduler.after(seconds, self._go_on)

    def _go_on(self) -> None:
        self.is_stalled = False
        self._run_soon()

    # --- what asyncio and the engine ask of a loop

    def time(self) -> float:
        return self.scheduler.now

    def call_soon(  # type: ignore[override]
        self,
        callback: Callable[..., Any],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        if self.is_alive:
            self._ready.append(handle)
            if not self._has_round:
                self._run_soon()
        return handle

    call_soon_threadsafe = call_soon  # type: ignore[assignment]

    def call_later(  # type: ignore[override]
        self,
        delay: float,
        callback: Callable[..., Any],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]
        self,
        when: float,
        callback: Callable[..., Any],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self, context)

        def is_due() -> None:
            if self.is_alive and not timer.cancelled():
                self._ready.append(timer)
                if not self._has_round:
                    self._run_soon()

        self.scheduler.at(when, is_due)
        return timer

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(  # type: ignore[override]
        self,
        coro: Coroutine[Any, Any, Any],
        *,
        name: str | None = None,
        context: contextvars.Context | None = None,
    ) -> asyncio.Task[Any]:
        return SimulatedTask(coro, loop=self, name=name, context=context)

    def run_in_executor(  # type: ignore[override]
        self, executor: ThreadPoolExecutor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        return self.threads.run(executor, func, *args)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if self.is_alive:
            error = context.get("exception")
            self.failures.append(f"{context.get('message')}: {error!r}")

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        self.call_exception_handler(context)

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Its event finds it cancelled."""

    # --- rounds

    def _run_soon(self) -> None:
        if self._ready and self.is_alive and not self.is_stalled:
            self._has_round = True
            took = ROUND_SECONDS * (1 + 3 * self.scheduler.random.random())
            self.scheduler.after(took, self._run_round)

    def _run_round(self) -> None:
        self._has_round = False
        if self.is_stalled or not self.is_alive:
            return
        asyncio._set_running_loop(self)
        try:
            for _ in range(len(self._ready)):
                handle = self._ready.popleft()
                if not handle.cancelled():
                    handle._run()
                if not self.is_alive:
                    return
        finally:
            asyncio._set_running_loop(None)
        self._run_soon()


class Threads:
    """The threads of one process: blocking code that is interrupted wherever it waits.

    Each is a greenlet. It gives way when it calls the database or sleeps, and goes on when the
    scheduler says so; the loop and other threads run meanwhile.
    """

    MOST = 32

    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop
        self._free: dict[object, int] = {}
        self._waiting: dict[object, deque[Callable[[], None]]] = {}
        self._started: list[SimulatedThread] = []

    def run(
        self, executor: ThreadPoolExecutor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """What `loop.run_in_executor` returns; begins when a thread of the executor is free."""
        result: asyncio.Future[Any] = self._loop.create_future()
        key: object = executor
        most = getattr(executor, "_max_workers", self.MOST)
        self._free.setdefault(key, most)

        def begin() -> None:
            if result.cancelled():  # as a real one: it is not begun any more
                self._give_back(key)
                return
            self._start(lambda: self._work(key, result, func, args))

        if self._free[key]:
            self._free[key] -= 1
            begin()
        else:
            self._waiting.setdefault(key, deque()).append(begin)
        return result

    def start(self, work: Callable[[], None]) -> None:
        """Runs blocking work of no executor: a program's, in this process."""
        self._start(work)

    def _start(self, work: Callable[[], None]) -> None:
        thread = SimulatedThread(work, self._loop)
        self._started.append(thread)
        self._loop.scheduler.after(wake_seconds(self._loop), thread.go_on)

    def free(self) -> None:
        """Ends what is in the middle of something, in a process that was killed. The garbage
        collector does not see what a greenlet holds that is not running.
        """
        for thread in self._started:
            if thread and not thread.dead:
                thread.throw()
        self._started.clear()

    def _work(
        self, key: object, result: asyncio.Future[Any], func: Callable[..., Any], args: Any
    ) -> None:
        value, error = None, None
        try:
            value = func(*args)
        except greenlet.GreenletExit:
            raise
        except BaseException as raised:  # noqa: BLE001  raised again in the loop
            error = raised
        self._loop.call_soon(_settle, result, value, error)
        self._give_back(key)

    def _give_back(self, key: object) -> None:
        waiting = self._waiting.get(key)
        if waiting:
            waiting.popleft()()
        else:
            self._free[key] += 1


class SimulatedThread(greenlet.greenlet):  # type: ignore[misc]  # it has no stubs
    """One thread; the loop of its process says whether it still lives."""

    def __init__(self, work: Callable[[], None], loop: SimulatedLoop) -> None:
        super().__init__(work)
        self.loop = loop

    def go_on(self) -> None:
        """Runs it until it gives way or ends."""
        if self.loop.is_stalled:
            self.loop.scheduler.after(0.01, self.go_on)
        elif self.loop.is_alive:
            self.parent = greenlet.getcurrent()
            self.switch()

    def pause(self, seconds: float) -> None:
        """Gives way for so many virtual seconds."""
        self.loop.scheduler.after(seconds, self.go_on)
        self.parent.switch()


def wake_seconds(loop: SimulatedLoop) -> float:
    """How long it takes until a thread that has something to do does it."""
    return 0.0001 * loop.scheduler.random.random()


def current_thread() -> SimulatedThread | None:
    """The simulated thread that runs now; None on an event loop and outside of the simulation."""
    current = greenlet.getcurrent()
    return current if isinstance(current, SimulatedThread) else None


def current_loop() -> SimulatedLoop | None:
    """The loop of the process whose code runs now."""
    thread = current_thread()
    if thread is not None:
        return thread.loop
    loop = asyncio._get_running_loop()
    return loop if isinstance(loop, SimulatedLoop) else None


def sleep(seconds: float) -> None:
    """`time.sleep` for blocking code of the engine."""
    thread = current_thread()
    if thread is not None:
        thread.pause(seconds)


def _settle(result: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
    if result.done():
        return
    if error is None:
        result.set_result(value)
    else:
        result.set_exception(error)
