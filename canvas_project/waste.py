"""Which networks open connections for nothing: those have to wait longer for the next one.

A connection is wasted if it ends without a whole request and without an admitted socket, or if its
socket had to be closed for what it sent. Each costs the server a handshake, and many of them two
transactions. Whoever has work that succeeds as well is forgiven; so is everyone, as time passes.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

ABUSED = 4.0
"""What a socket counts that had to be closed for what it sent."""
FORGIVEN_PER_SECOND = 0.5
PATIENCE = 10.0
"""A network that has wasted more than this is wasteful: a script with a mistake may be one."""
LITTLE_PATIENCE = 2.0
MANY = 40.0
"""When all networks together have wasted more than this lately, there is little patience with each:
an attack from many addresses uses each of them rarely."""
LATELY_SECONDS = 20.0
MAX_NETWORKS = 10_000


class Waste:
    """Counts for the networks that wasted something last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._by_network: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._in_all, self._at = 0.0, clock()

    def add(self, network: str, wasted: float = 1.0) -> None:
        """A connection was wasted."""
        self._in_all = self._lately() + wasted
        self._at = self._clock()
        self._by_network[network] = (self._left(network) + wasted, self._at)
        self._by_network.move_to_end(network)
        if len(self._by_network) > MAX_NETWORKS:
            self._by_network.popitem(last=False)

    def forgive(self, network: str) -> None:
        """A connection was of use."""
        if network in self._by_network:
            left = self._left(network) - 1.0
            if left > 0:
                self._by_network[network] = (left, self._clock())
            else:
                del self._by_network[network]

    def is_wasteful(self, network: str) -> bool:
        """Whether the network has to wait longer."""
        left = self._left(network)
        return left > LITTLE_PATIENCE and (left > PATIENCE or self._lately() > MANY)

    def _left(self, network: str) -> float:
        wasted, at = self._by_network.get(network, (0.0, 0.0))
        return max(wasted - (self._clock() - at) * FORGIVEN_PER_SECOND, 0.0)

    def _lately(self) -> float:
        return self._in_all * max(1 - (self._clock() - self._at) / LATELY_SECONDS, 0.0)
