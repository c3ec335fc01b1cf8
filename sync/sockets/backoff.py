"""Sends away clients that come back again and again, before anything is looked up for them.

Most clients take no close code as final: they knock again after 0.1 to 2.5 seconds, for ever. The
first times are free, so that people learn why, and so that reloading a page or a bad network costs
nothing. After these every end of a short visit doubles the time until the next one is let in.
Pure but for the clock it is given.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable

FREE_ENDS = 100
FIRST_WAIT_SECONDS = 0.5
MAX_WAIT_SECONDS = 60.0
LONG_VISIT_SECONDS = 60.0
"""A visit of this length counts for nothing."""
FORGIVEN_AFTER_SECONDS = 600.0
"""Quiet time, or time inside, after which all free visits are free again; less time, fewer. Slow
enough that also a client is noticed that comes back after two or three seconds, for ever."""
MAX_KEYS = 20_000


class _Ends:
    """How many short visits ended lately, and from when on the next is let in."""

    __slots__ = ("count", "last_at", "next_at")

    def __init__(self, now: float) -> None:
        self.count = 0.0
        self.last_at = self.next_at = now


class Backoff:
    """Counts ends of visits by any key, of the newest keys; a key is whom it slows down."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends: OrderedDict[Hashable, _Ends] = OrderedDict()

    def is_too_soon(self, keys: Iterable[Hashable]) -> bool:
        """Whether a client has to wait longer. Asking costs nothing, and makes no wait longer."""
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
        """A visit of so many seconds ended, or was refused."""
        now = self._clock()
        for key in keys:
            ends = self._ends.get(key) or _Ends(now)
            self._ends[key] = ends
            self._ends.move_to_end(key)
            # The time for which it had to wait is not quiet.
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
