"""Slows down who is refused again and again. Pure but for the clock it is given.

A stock provider takes no close code as final: it knocks again after 0.1 to 2.5 seconds, for ever.
The first refusals of a minute are answered at once, so that people learn why, also many people
behind one address; later ones wait.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW_SECONDS = 60.0
FREE_REFUSALS = 60
STEP_SECONDS = 0.25
MAX_DELAY_SECONDS = 5.0
MAX_ADDRESSES = 10_000


class Tarpit:
    """Counts refusals by client address, of the last minute and of the newest addresses."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._refusals: OrderedDict[str, deque[float]] = OrderedDict()

    def delay_after_refusal(self, address: str) -> float:
        """Counts a refusal; how many seconds its answer should wait."""
        now = self._clock()
        times = self._refusals.setdefault(address, deque(maxlen=100))
        self._refusals.move_to_end(address)
        if len(self._refusals) > MAX_ADDRESSES:
            self._refusals.popitem(last=False)
        while times and now - times[0] > WINDOW_SECONDS:
            times.popleft()
        times.append(now)
        excess = len(times) - FREE_REFUSALS
        return min(max(excess, 0) * STEP_SECONDS, MAX_DELAY_SECONDS)
