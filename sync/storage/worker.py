"""One thread that works for an event loop, where an executor would cost more than the work.

`run_in_executor` joins two futures, each with a lock, a condition and callbacks: more Python for
each commit than the commit itself.
"""

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class _Task(NamedTuple):
    work: Callable[[], Any]
    loop: asyncio.AbstractEventLoop
    result: asyncio.Future[Any]


class Worker:
    """Does one thing after the other, in order, on a thread of its own."""

    def __init__(self, name: str) -> None:
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """What `work` returns or raises; it is not begun any more once the future is cancelled."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()
        self._tasks.put(_Task(work, loop, result))
        return result

    def close(self) -> None:
        """Waits for what has been asked for, and ends the thread."""
        self._tasks.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            if task.result.cancelled():
                continue
            value, error = None, None
            try:
                value = task.work()
            except BaseException as raised:  # noqa: BLE001  whoever waits for it raises it
                error = raised
            try:
                task.loop.call_soon_threadsafe(_settle, task.result, value, error)
            except RuntimeError:  # the loop has been closed: nobody waits any more
                continue
            finally:
                del task, value, error  # else the thread holds them until it has more to do


def _settle(result: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
    if result.done():  # cancelled meanwhile
        return
    if error is None:
        result.set_result(value)
    else:
        result.set_exception(error)
