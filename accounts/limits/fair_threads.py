"""A few threads for work that takes a processor, in turn between those who ask for it.

The threads have a low priority, so that the work gets what others leave.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

NICENESS = 5
"""Added to the process's own; on Linux every thread has its own niceness. On a busy machine the
threads get about a third of what others get: with much less, nobody could sign in there."""

_Answer = TypeVar("_Answer")
_asker: ContextVar[str] = ContextVar("asker", default="")


@contextmanager
def asked_by(asker: str) -> Iterator[None]:
    """What the block asks for counts for this network."""
    token = _asker.set(asker)
    try:
        yield
    finally:
        _asker.reset(token)


class FairThreads:
    """Runs work on threads of its own. Whoever asks waits for one task of each other asker that
    waits, and for their own.
    """

    def __init__(self, threads: int, name: str) -> None:
        self._threads, self._name = threads, name
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    @property
    def waiting(self) -> int:
        """How many tasks wait."""
        with self._changed:
            return sum(map(len, self._waiting.values()))

    def run(self, work: Callable[[], _Answer]) -> _Answer:
        """The result of `work`, or its exception."""
        future: Future[_Answer] = Future()
        with self._changed:
            self._waiting.setdefault(_asker.get(), deque()).append((work, future))
            if self._started < self._threads:
                self._started += 1
                threading.Thread(target=self._serve, name=self._name, daemon=True).start()
            self._changed.notify()
        return future.result()

    def _begin(self) -> None:
        """Without threads: those of a process stay behind when it forks."""
        self._changed = threading.Condition()
        self._waiting: OrderedDict[str, deque[tuple[Callable[[], Any], Future[Any]]]] = (
            OrderedDict()
        )
        self._started = 0

    def _serve(self) -> None:
        _yield_to_others()
        while True:
            work, future = self._next()
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001  raised where it was asked for
                future.set_exception(error)
            del work, future

    def _next(self) -> tuple[Callable[[], Any], Future[Any]]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            asker, theirs = self._waiting.popitem(last=False)
            task = theirs.popleft()
            if theirs:
                self._waiting[asker] = theirs  # behind the others
            return task


def _yield_to_others() -> None:
    thread = threading.get_native_id()
    with contextlib.suppress(OSError):  # where threads have no priority of their own
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS)
