"""SQLite's write lock, made fair within this process and between processes.

A writer that finds SQLite locked sleeps and retries, longer each time, in no particular order. Here
writers are served in order of arrival; the thread that commits edits goes to the front of the
queue, but always lets one other writer in between two of its commits.

The order is: write lock outside, transaction inside. Every transaction takes the lock before it
begins and holds it until its outermost commit (`canvas_project.sqlite3` sees to that); asking for
it inside an open transaction is the wrong order and an error, on every database.
"""

import fcntl
import logging
import math
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

MAX_WAIT_SECONDS = 2.0
"""If the storage hangs, nobody waits longer than this; SQLite's own lock decides then."""
LOOK_SECONDS = 0.0005
"""Waiting for a file is by polling: a wait inside the kernel would have no time limit."""


class LockOrderError(RuntimeError):
    """The write lock was asked for inside an open transaction."""


class FairLock:
    """A lock that is passed to the one that has waited longest.

    A plain lock is free for a moment between two holders, and a running thread takes it before one
    that has to wake up: a loop of writes would starve everyone else.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._line: deque[threading.Lock] = deque()
        self._is_held = False

    def acquire(
        self, blocking: bool = True, timeout: float = -1, *, goes_first: bool = False
    ) -> bool:
        """Waits in the queue; False if the time ran out first."""
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
            if place not in self._line:  # it was passed on at the last moment
                return True
            self._line.remove(place)
            return False

    def release(self) -> None:
        """Passes the lock to the first in the queue."""
        with self._mutex:
            if self._line:
                self._line.popleft().release()
            else:
                self._is_held = False

    def locked(self) -> bool:
        """Whether someone holds it."""
        return self._is_held


class FileLock:
    """A lock between processes, made of two files; used by one thread at a time.

    `flock` alone is not fair: a process that releases and retakes it in a loop always beats one
    that has to wake up. So a process first locks a second file, the front of the queue, and is then
    next whatever the others do. The kernel frees both when a process ends, however it ends.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._process = 0
        self._front = self._lock = -1

    @staticmethod
    @cache
    def of(path: str) -> "FileLock":
        """This process's lock for `path`."""
        return FileLock(path)

    def acquire(self, deadline: float) -> bool:
        """Waits until `deadline` (monotonic seconds); False if that passed, or if the file system
        has no locks.
        """
        try:
            self._open()
            if not _taken(self._front, deadline):
                return False
            try:
                return _taken(self._lock, deadline)
            finally:
                fcntl.flock(self._front, fcntl.LOCK_UN)
        except OSError:
            logger.debug("storage: no lock file; relying on SQLite's own lock", exc_info=True)
            return False

    def release(self) -> None:
        """Lets the next process in."""
        fcntl.flock(self._lock, fcntl.LOCK_UN)

    def _open(self) -> None:
        if self._process == os.getpid():  # after a fork the files belong to the parent as well
            return
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._front = os.open(f"{self._path}-front", flags, 0o600)
        self._lock = os.open(self._path, flags, 0o600)
        self._process = os.getpid()


def _taken(file: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_SECONDS)
        else:
            return True


class _OfThread(threading.local):
    depth = 0
    wrapped = 0
    has_lock = False
    file: FileLock | None = None


_lock = FairLock()
_of_thread = _OfThread()
_committed_at = -math.inf


def note_commit() -> None:
    """A transaction of this process that could write has just been committed."""
    global _committed_at
    _committed_at = time.monotonic()


def seconds_since_commit() -> float:
    """How long ago that was last."""
    return time.monotonic() - _committed_at


def take_write_lock(path: str | None = None, *, goes_first: bool = False) -> None:
    """Takes the lock for this thread, which may hold it already; waits at most `MAX_WAIT_SECONDS`.

    `path` names the lock file shared by all processes of one database; None if there is only one
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
    """Holds the lock over one or several transactions, so that no other writer comes in between.

    Raises:
        LockOrderError: a transaction is open already. As with Django's durable transactions, the
            one around a test case does not count, nor one inside another `holding_write_lock`.
    """
    database = connections[DEFAULT_DB_ALIAS]
    if _of_thread.wrapped == 0 and _is_in_transaction(database):
        raise LockOrderError("take the write lock before the transaction begins, not inside it")
    _of_thread.wrapped += 1
    is_needed = database.vendor == "sqlite"
    try:
        if is_needed:
            take_write_lock(lock_path_of(database.settings_dict), goes_first=goes_first)
        yield
    finally:
        if is_needed:
            release_write_lock()
        _of_thread.wrapped -= 1


def _is_in_transaction(database: BaseDatabaseWrapper) -> bool:
    # Inside the transaction of a test case all others are savepoints.
    outermost = next(iter(database.atomic_blocks), None)
    return outermost is not None and not getattr(outermost, "_from_testcase", False)


def lock_path_of(database: dict[str, Any]) -> str | None:
    """The lock file next to a SQLite database; None for one in memory, which only one process
    has.
    """
    name = str(database["NAME"])
    return None if not name or ":memory:" in name or "mode=memory" in name else f"{name}-writers"
