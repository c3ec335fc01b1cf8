"""Slows down clients that reconnect again and again, before any database query.

Most clients treat no close code as final: they reconnect after 0.1 to 2.5 seconds, for ever. The
first reconnects are free, so that people learn the reason, and so that a reload or a bad network
costs nothing. After these, every short visit doubles the wait until the next one is admitted. Pure;
the clock is passed in.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable

FREE_ENDS = 100
FIRST_WAIT_SECONDS = 0.5
MAX_WAIT_SECONDS = 60.0
LONG_VISIT_SECONDS = 60.0
"""A visit of this length is not counted."""
FORGIVEN_AFTER_SECONDS = 600.0
"""After this much time quiet or connected, all free visits are available again; after less time,
proportionally fewer. Slow enough to catch a client that reconnects every two or three seconds for
ever.
"""
MAX_KEYS = 20_000


class _Ends:
    """How many short visits ended recently, and when the next one is admitted."""

    __slots__ = ("count", "last_at", "next_at")

    def __init__(self, now: float) -> None:
        self.count = 0.0
        self.last_at = self.next_at = now


class Backoff:
    """Counts the ends of visits for the newest keys; each key is slowed down separately."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends: OrderedDict[Hashable, _Ends] = OrderedDict()

    def is_too_soon(self, keys: Iterable[Hashable]) -> bool:
        """Whether a client has to wait longer. Asking does not extend the wait."""
        now = self._clock()
        return any(key in self._ends and self._ends[key].next_at > now for key in keys)

    def count(
        self,
        keys: Iterable[Hashable],
        *,
        free: int = FREE_ENDS,
        seconds: float = 0.0,
        weight: float = 1.0,
        forgiven_after: float = FORGIVEN_AFTER_SECONDS,
    ) -> None:
        """Counts a visit of this many seconds that ended or was refused."""
        now = self._clock()
        for key in keys:
            ends = self._ends.get(key) or _Ends(now)
            self._ends[key] = ends
            self._ends.move_to_end(key)
            # The enforced wait does not count as quiet time.
            quiet = max(now - max(ends.last_at, ends.next_at), 0.0)
            forgiven = quiet / forgiven_after * free
            ends.count = max(ends.count - forgiven, 0.0)
            if seconds < LONG_VISIT_SECONDS:
                ends.count += weight
            ends.last_at = now
            excess = ends.count - free
            if excess > 0:
                doublings = min(excess - 1, 16)
                wait = min(FIRST_WAIT_SECONDS * 2**doublings, MAX_WAIT_SECONDS)
                ends.next_at = max(ends.next_at, now + wait)
        while len(self._ends) > MAX_KEYS:
            self._ends.popitem(last=False)
