"""The write lock of SQLite: who may write next, in this process and among processes.

SQLite lets whoever finds it locked sleep and try again, longer each time, and never says who came
first. Here everybody is served in the order of arrival; the thread that commits everybody's edits
goes to the head of the line, and two of its commits always let one other writer in between.

The order is: write lock outside, transaction inside. Every transaction takes the lock before it
begins and holds it until its outermost commit (`canvas_project.sqlite3` sees to that); whoever asks
for it inside an open transaction has the order wrong and gets an error, on every database.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from sync.storage.file_lock import FileLock

MAX_WAIT_SECONDS = 2.0
"""A storage that stands still lets nobody stand in line longer; SQLite's own lock decides then."""


class LockOrderError(RuntimeError):
    """The write lock was asked for inside an open transaction."""


class FairLock:
    """A lock that is handed to whoever has waited longest.

    A plain lock is free for a moment between two holders, and a thread that runs takes it before
    one that has to wake up: a loop of writes would keep everybody else out.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._line: deque[threading.Lock] = deque()
        self._is_held = False

    def acquire(
        self, blocking: bool = True, timeout: float = -1, *, goes_first: bool = False
    ) -> bool:
        """Waits in line; False when the time was over first."""
        with self._mutex:
            if not self._is_held:
                self._is_held = True
                return True
            if not blocking:
                return False
            place = threading.Lock()
            place.acquire()
            if goes_first:
                self._line.appendleft(place)
            else:
                self._line.append(place)
        if place.acquire(timeout=timeout):
            return True
        with self._mutex:
            if place not in self._line:  # it was handed over at the last moment
                return True
            self._line.remove(place)
            return False

    def release(self) -> None:
        """Hands the lock to the first in line."""
        with self._mutex:
            if self._line:
                self._line.popleft().release()
            else:
                self._is_held = False

    def locked(self) -> bool:
        """Whether somebody has it."""
        return self._is_held


class _OfThread(threading.local):
    depth = 0
    wrapped = 0
    has_lock = False
    file: FileLock | None = None


_lock = FairLock()
_of_thread = _OfThread()


def take_write_lock(path: str | None = None, *, goes_first: bool = False) -> None:
    """Takes the lock for this thread, which may have it already; at most `MAX_WAIT_SECONDS` later.

    `path` names the lock file that processes of one database share; None where there is just one
    process. `release_write_lock` has to be called as often.
    """
    _of_thread.depth += 1
    if _of_thread.depth > 1:
        return
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    _of_thread.has_lock = _lock.acquire(timeout=MAX_WAIT_SECONDS, goes_first=goes_first)
    if path is not None and _of_thread.has_lock:
        file = FileLock.of(path)
        _of_thread.file = file if file.acquire(deadline) else None


def release_write_lock() -> None:
    """Undoes one `take_write_lock`; the last one lets the next writer in."""
    _of_thread.depth -= 1
    if _of_thread.depth > 0:
        return
    if _of_thread.file is not None:
        _of_thread.file.release()
        _of_thread.file = None
    if _of_thread.has_lock:
        _of_thread.has_lock = False
        _lock.release()


@contextmanager
def holding_write_lock(*, goes_first: bool = False) -> Iterator[None]:
    """Wraps one or several transactions that write, so that nobody comes in between.

    Raises:
        LockOrderError: a transaction is open already. As with Django's durable transactions, the
            one around a test case does not count, nor does one inside another `holding_write_lock`.
    """
    if _of_thread.wrapped == 0 and _is_in_transaction():
        raise LockOrderError("take the write lock before the transaction begins, not inside it")
    _of_thread.wrapped += 1
    is_needed = connection.vendor == "sqlite"
    try:
        if is_needed:
            take_write_lock(lock_path_of(connection.settings_dict), goes_first=goes_first)
        yield
    finally:
        if is_needed:
            release_write_lock()
        _of_thread.wrapped -= 1


def _is_in_transaction() -> bool:
    # Inside the transaction around a test case all others are savepoints.
    outermost = next(iter(connection.atomic_blocks), None)
    return outermost is not None and not getattr(outermost, "_from_testcase", False)


def lock_path_of(database: dict[str, Any]) -> str | None:
    """The lock file beside a SQLite database; None for one in memory, which is one process's."""
    name = str(database["NAME"])
    return None if not name or ":memory:" in name or "mode=memory" in name else f"{name}-writers"
