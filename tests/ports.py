"""Ports for servers of tests: no two processes of test runs are ever given the same one.

A port that only was free a moment ago may be taken until the server listens there, or while it is
being started again. So each process takes blocks of ports for itself, which lie below those that
the system gives to clients.
"""

import fcntl
import os
import socket
import tempfile
from functools import cache
from pathlib import Path
from typing import IO

# Browsers refuse port 10080, which some routers forward to strangers (fetch.spec.whatwg.org).
FIRST, LAST, BLOCK = 10_200, 32_000, 200


class _Block:
    """Some ports in a row that belong to this process until it ends."""

    def __init__(self, first: int, lock: IO[str]) -> None:
        self._next, self._end = first, first + BLOCK
        self._first, self._lock = first, lock

    def take(self, count: int) -> int:
        """The first of so many in a row that nobody uses; after the last come the first again."""
        for _ in range(2 * BLOCK):
            if self._next + count > self._end:
                self._next = self._first
            ports = range(self._next, self._next + count)
            self._next += count
            if all(_is_free(port) for port in ports):
                return ports[0]
        raise AssertionError(f"no {count} ports are free from {self._first} on")


def free_port() -> int:
    """A port that nobody listens on, and that no other test is given."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """The first of so many in a row."""
    return _block().take(count)


@cache
def _block() -> _Block:
    """That of this process. The system gives its lock back when the process ends."""
    directory = Path(tempfile.gettempdir()) / f"canvas-test-ports-{os.getuid()}"
    directory.mkdir(exist_ok=True)
    for first in range(FIRST, LAST, BLOCK):
        lock = (directory / str(first)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return _Block(first, lock)
    raise AssertionError("all ports for tests are taken")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
