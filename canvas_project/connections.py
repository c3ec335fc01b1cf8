"""Limits the connections of a process: per address, of strangers, and in total.

An excess connection is dropped before a byte of it is read. When descriptors get scarce, addresses
without an open board are refused first. Behind a trusted proxy all connections come from the proxy,
so each counts for the address that the proxy names, once the head of its request has been read.
"""

import resource
import time
from collections import Counter, OrderedDict
from collections.abc import Callable

from django.conf import settings

from audit.origin import network_of
from canvas_project.waste import ABUSED, Waste

RESERVED_DESCRIPTORS = 128
"""For files, the database, Redis and listening sockets."""
STRANGERS_SHARE = 0.8
MAX_NETWORKS = 10_000
BURST_SECONDS = 20
WASTEFUL_SOCKETS_PER_SECOND = 1.0
"""Of each client of a proxy whose sockets come to nothing. Without a proxy such clients wait before
they are read (`listener`).
"""


class Place:
    """The count of one connection, until `free`.

    `drop` closes the connection immediately. It is set by the current owner of the connection: the
    listener, then the protocol.
    """

    __slots__ = ("_all", "_is_free", "_is_in", "_is_wasted", "drop", "network")

    def __init__(self, connections: "Connections", network: str) -> None:
        self._all = connections
        self._is_free = self._is_in = self._is_wasted = False
        self.drop: Callable[[], None] = _nothing
        self.network = network

    def begin(self) -> None:
        """From now on the connection costs work, and is wasted unless it comes to something."""
        self._is_wasted = True

    def has_asked(self) -> None:
        """The head of a request is complete: the connection is no longer half-open."""
        self._all.half_open.pop(self, None)

    def belongs_to(self, address: str, *, is_socket: bool) -> bool:
        """Whether the client named by a proxy may have this connection; counts it as theirs."""
        return self._all.move(self, address, is_socket=is_socket)

    def let_in(self) -> None:
        """Notes that the connection is an admitted socket."""
        if not (self._is_in or self._is_free):
            self._is_in = True
            self._all.known[self.network] += 1
            self.has_answered()

    def has_answered(self) -> None:
        """The connection was of use: a request was answered, or its socket is admitted."""
        self._is_wasted = False
        self._all.waste.forgive(self.network)

    def is_abused(self) -> None:
        """The socket has to be closed for what it sent."""
        self._all.waste.add(self.network, ABUSED)

    def free(self) -> None:
        """Stops counting the connection."""
        if not self._is_free:
            self._is_free = True
            if self._is_wasted:
                self._all.waste.add(self.network)
            self._all.forget(self, was_in=self._is_in)


class Connections:
    """Counts connections by network: an IPv4 address, or the /64 of an IPv6 one."""

    def __init__(
        self,
        *,
        in_all: int,
        per_address: int,
        half_open: int,
        per_second: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._in_all, self._per_address = in_all, per_address
        self._max_half_open, self._per_second = half_open, per_second
        self._clock = clock
        self._count = 0
        self._by_network: Counter[str] = Counter()
        self._due: OrderedDict[str, float] = OrderedDict()
        self.waste = Waste(clock)
        self.known: Counter[str] = Counter()
        self.half_open: OrderedDict[Place, None] = OrderedDict()

    def open(self, address: str, *, is_proxy: bool) -> Place | None:
        """Counts a new connection; None if it is one too many."""
        network = network_of(address)
        if not is_proxy and not self._may_open(network):
            return None
        is_known = is_proxy or network in self.known
        if self._count >= self._in_all * (1 if is_known else STRANGERS_SHARE):
            return None
        place = Place(self, network)
        self._count += 1
        self._by_network[network] += 1
        self.half_open[place] = None
        if len(self.half_open) > self._max_half_open:
            oldest, _ = self.half_open.popitem(last=False)
            oldest.drop()
        return place

    def move(self, place: Place, address: str, *, is_socket: bool) -> bool:
        """Counts a proxy's connection for the client of its request; False if it is one too many.

        A proxy may open a connection for each file of a page, so only sockets have a rate.
        """
        network = network_of(address)
        if network != place.network:
            if self._by_network[network] >= self._per_address:
                return False
            if network not in self.known and self._count > self._in_all * STRANGERS_SHARE:
                return False
        if is_socket and not self._is_in_rate(network, self.waste.is_wasteful(network)):
            return False
        self._uncount(self._by_network, place.network)
        place.network = network
        self._by_network[network] += 1
        return True

    def forget(self, place: Place, *, was_in: bool) -> None:
        """A connection has ended."""
        self.half_open.pop(place, None)
        self._count -= 1
        for counter in (self._by_network, self.known) if was_in else (self._by_network,):
            self._uncount(counter, place.network)

    @staticmethod
    def _uncount(counter: Counter[str], network: str) -> None:
        counter[network] -= 1
        if counter[network] <= 0:
            del counter[network]

    def _may_open(self, network: str) -> bool:
        return self._by_network[network] < self._per_address and self._is_in_rate(network)

    def _is_in_rate(self, network: str, is_wasteful: bool = False) -> bool:
        now = self._clock()
        per_second = WASTEFUL_SOCKETS_PER_SECOND if is_wasteful else self._per_second
        burst = 1 / per_second if is_wasteful else BURST_SECONDS
        due = max(self._due.pop(network, 0.0), now - burst)
        may_open = due <= now
        self._due[network] = due + 1 / per_second if may_open else due
        if len(self._due) > MAX_NETWORKS:
            self._due.popitem(last=False)
        return may_open


def _nothing() -> None:
    """Nobody holds the connection yet."""


def descriptors() -> int:
    """The limit of open files and connections of this process, raised as far as allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard and hard != resource.RLIM_INFINITY:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):
            return soft
        return hard
    return soft if soft != resource.RLIM_INFINITY else 1_000_000


def max_connections() -> int:
    """The setting, or as many as the descriptors allow."""
    possible = max(descriptors() - RESERVED_DESCRIPTORS, 16)
    return min(settings.CANVAS_MAX_CONNECTIONS or possible, possible)


_connections: Connections | None = None


def connections_of_this_process() -> Connections:
    """The counts of this process."""
    global _connections
    if _connections is None:
        _connections = Connections(
            in_all=max_connections(),
            per_address=settings.CANVAS_MAX_CONNECTIONS_PER_ADDRESS,
            half_open=settings.CANVAS_MAX_HALF_OPEN,
            per_second=settings.CANVAS_CONNECTIONS_PER_SECOND,
        )
    return _connections
