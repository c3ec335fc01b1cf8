"""A fair lock between processes, made of two files.

`flock` alone is not fair: a process that releases and retakes it in a loop always beats one that
has to wake up. So a process first locks a second file, the front of the queue, and is then next
whatever the others do. The kernel frees both when a process ends, however it ends.
"""

import fcntl
import logging
import os
import time
from functools import cache

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.0005
"""Waiting is by polling, because a wait inside the kernel would have no time limit."""


class FileLock:
    """This process's handle of one lock; used by one thread at a time."""

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
