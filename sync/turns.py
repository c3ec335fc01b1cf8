"""One writer of this process at a time, where the database has but one.

SQLite lets whoever finds it locked sleep and try again, longer each time; among several writers the
thread that commits everybody's edits would be unlucky for a quarter of a second. A lock of Python
wakes who waits.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

MAX_WAIT_SECONDS = 1.0

_lock = threading.Lock()


@contextmanager
def writers_turn() -> Iterator[None]:
    """Wraps a transaction that writes; hardly ever waits longer than one of those before it.

    Gives up waiting after a second: when the storage stands still, nobody stands in line twice.
    """
    if connection.vendor != "sqlite":
        yield
        return
    has_turn = _lock.acquire(timeout=MAX_WAIT_SECONDS)
    try:
        yield
    finally:
        if has_turn:
            _lock.release()
