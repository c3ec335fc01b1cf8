"""Makes what several people read of one state of a board only once.

Concurrent requests for the same thing share the bytes, and the newest results are kept for later
ones. Access is checked before, for each request.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from boards.limits.expensive import RETRY_SECONDS, OverloadedError, WorkQueue, work_queue


class Encoded(NamedTuple):
    """A response body, and the sequence of the state it shows."""

    body: bytes
    seq: int
    is_kept: bool = True
    """Whether later requests may get it too."""


class Key(NamedTuple):
    """Identifies a result: kind of answer, board and sequence."""

    board_id: UUID
    seq: int
    kind: str


@dataclass(slots=True)
class _Flight:
    """A result being made, which other requests wait for."""

    is_done: threading.Event = field(default_factory=threading.Event)
    result: Encoded | None = None
    error: BaseException | None = None


class SharedReads:
    """The reads of one process."""

    def __init__(self, queue: WorkQueue) -> None:
        self._queue = queue
        self._lock = threading.Lock()
        self._flights: dict[Key, _Flight] = {}
        self._kept: OrderedDict[Key, Encoded] = OrderedDict()
        self._kept_bytes = 0

    def read(self, key: Key, who: str, make: Callable[[], Encoded]) -> Encoded:
        """The result for `key`: a kept one, one that is being made, or what `make` returns.

        Raises OverloadedError, and whatever `make` raises.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
        with self._queue.place(who):
            with self._lock:
                kept, flight = self._kept.get(key), self._flights.get(key)
                if kept is not None:
                    return kept
                is_first = flight is None
                if flight is None:
                    flight = self._flights[key] = _Flight()
            return self._make(key, who, flight, make) if is_first else _waited_for(flight)

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()
            self._kept_bytes = 0

    def _make(self, key: Key, who: str, flight: _Flight, make: Callable[[], Encoded]) -> Encoded:
        try:
            with self._queue.running(who):
                flight.result = make()
            return flight.result
        except BaseException as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                del self._flights[key]
                if flight.result is not None:
                    self._keep(key._replace(seq=flight.result.seq), flight.result)
            flight.is_done.set()

    def _keep(self, key: Key, result: Encoded) -> None:
        limit = settings.CANVAS_SHARED_READ_BYTES
        if not result.is_kept or len(result.body) > limit or key in self._kept:
            return
        self._kept[key] = result
        self._kept_bytes += len(result.body)
        while self._kept_bytes > limit:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= len(dropped.body)


def _waited_for(flight: _Flight) -> Encoded:
    # The request that makes it may have waited as long in the queue already.
    flight.is_done.wait(2 * settings.CANVAS_EXPENSIVE_WAIT_SECONDS)
    if flight.result is not None:
        return flight.result
    if isinstance(flight.error, Exception):
        raise flight.error
    raise OverloadedError(
        "This board is being read for too long.", status=503, retry_after_seconds=RETRY_SECONDS
    )


shared_reads = SharedReads(work_queue)
"""The instance of this process."""
