"""Accepts connections: a few at a time, in turn between networks, and as the event loop has time.

A server's own loop accepts whatever waits, and begins to serve it at once: a peer that connects
faster than it accepts holds the loop for as long as it likes. Here a connection that is one too
many costs two system calls. The others wait, unread, until it is their network's turn; how many of
them the server begins with in a second follows from the time that its work leaves free. When too
many wait, the newest of the network that has most is dropped: a burst from one address would
otherwise keep newcomers in the system's queue, which is first come, first served. Networks whose
connections came to nothing lately (`waste`) have a queue of their own, which is slower.
"""

import asyncio
import socket
import struct
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from django.conf import settings

from canvas_project.connections import Connections, Place

BACKLOG = 2048
ACCEPTS_AT_ONCE = 64
"""At most four milliseconds. What comes after them waits until the loop has done all else."""
MIN_REST_SECONDS = 0.004
"""After some were refused. Meanwhile the system keeps up to BACKLOG connections."""
OUT_OF_DESCRIPTORS_REST_SECONDS = 0.1
WAITING_AT_ONCE = 768
"""Connections that are accepted and wait: the people of an office may all come back at once."""
BEGUN_PER_SECOND = 80.0
"""What the server begins with in any case: a new connection costs it some milliseconds."""
BEGUN_PER_IDLE_SECOND = 300.0
WASTEFUL_PER_SECOND = 5.0
WASTEFUL_PER_IDLE_SECOND = 20.0
"""Of all networks together whose connections come to nothing."""
WASTEFUL_WAITING = 50
"""Of one such network: who shares it with others does not wait for long."""
BEGUN_AT_ONCE = 2.0
BEGIN_AGAIN_SECONDS = 0.005
MIN_LOOK_SECONDS = 0.001
"""Asking for the processor time of all threads costs more than dropping a connection."""
RECEIVE_BUFFER_BYTES = 1 << 17
"""What the system keeps of a connection that is not read, or twice that: by itself it keeps up to
six megabytes for each, and receiving them takes its time, whatever we refuse to read."""

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: a connection is closed without keeping its port in TIME_WAIT."""


class Pace:
    """A token bucket that is filled by time, and faster by time in which the process is idle."""

    def __init__(
        self,
        per_second: float,
        per_idle_second: float,
        clock: Callable[[], float] = time.monotonic,
        processor_clock: Callable[[], float] = time.process_time,
    ) -> None:
        self._per_second, self._per_idle_second = per_second, per_idle_second
        self._clock, self._processor_clock = clock, processor_clock
        self._at, self._worked = clock(), processor_clock()
        self._tokens = BEGUN_AT_ONCE

    def take(self) -> bool:
        """Whether one more connection may be begun with now."""
        now = self._clock()
        took = now - self._at
        if self._tokens < 1 and took < MIN_LOOK_SECONDS:
            return False
        worked = self._processor_clock()
        idle = max(took - (worked - self._worked), 0.0)
        gained = took * self._per_second + idle * self._per_idle_second
        self._at, self._worked = now, worked
        self._tokens = min(self._tokens + gained, BEGUN_AT_ONCE)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Queue:
    """Connections that wait, in turn between networks, for the tokens of one pace."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.count = 0
        self._waiting: OrderedDict[str, deque[tuple[socket.socket, Place]]] = OrderedDict()

    def add(self, connection: socket.socket, place: Place) -> None:
        """The last of its network."""
        self._waiting.setdefault(place.network, deque()).append((connection, place))
        self.count += 1

    def count_of(self, network: str) -> int:
        """How many of one network wait."""
        return len(self._waiting.get(network, ()))

    def take(self) -> tuple[socket.socket, Place]:
        """The next of the network whose turn it is."""
        network, queue = self._waiting.popitem(last=False)
        item = queue.popleft()
        if queue:
            self._waiting[network] = queue
        self.count -= 1
        return item

    def take_newest_of_most(self) -> tuple[socket.socket, Place]:
        """Of the network that has most."""
        network = max(self._waiting, key=lambda one: len(self._waiting[one]))
        item = self._waiting[network].pop()
        if not self._waiting[network]:
            del self._waiting[network]
        self.count -= 1
        return item


class Listener:
    """Some listening sockets; `begin` gets each connection when it is its turn."""

    def __init__(
        self,
        sockets: list[socket.socket],
        begin: Callable[[socket.socket, Place], None],
        connections: Connections,
    ) -> None:
        self.sockets = sockets
        self._begin = begin
        self._connections = connections
        self._usual = Queue(Pace(BEGUN_PER_SECOND, BEGUN_PER_IDLE_SECOND))
        self._wasteful = Queue(Pace(WASTEFUL_PER_SECOND, WASTEFUL_PER_IDLE_SECOND))
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        for one in sockets:
            one.setblocking(False)
            self._loop.add_reader(one, self._accept, one)

    def close(self) -> None:
        """Accepts no more, and drops who waits."""
        for one in self.sockets:
            self._loop.remove_reader(one)
            one.close()
        self.sockets = []
        if self._timer is not None:
            self._timer.cancel()
        for queue in (self._usual, self._wasteful):
            while queue.count:
                connection, place = queue.take()
                place.free()
                _drop(connection)

    async def wait_closed(self) -> None:
        """Nothing is left to wait for."""

    def _accept(self, listening: socket.socket) -> None:
        rest = 0.0
        for _ in range(ACCEPTS_AT_ONCE):
            if self._count >= WAITING_AT_ONCE and settings.CANVAS_TRUSTED_PROXY_HOPS > 0:
                rest = MIN_REST_SECONDS  # whose a connection is, a proxy says only later
                break
            try:
                connection, peer = listening.accept()
            except (BlockingIOError, ConnectionError):
                break
            except OSError:  # out of descriptors
                rest = OUT_OF_DESCRIPTORS_REST_SECONDS
                break
            if not self._take(connection, peer):
                rest = MIN_REST_SECONDS
        self._work()
        if rest:
            self._rest(listening, rest)

    def _rest(self, listening: socket.socket, seconds: float) -> None:
        self._loop.remove_reader(listening)
        self._loop.call_later(seconds, self._listen_again, listening)

    def _listen_again(self, listening: socket.socket) -> None:
        if listening in self.sockets:
            self._loop.add_reader(listening, self._accept, listening)

    def _take(self, connection: socket.socket, peer: object) -> bool:
        address = peer[0] if isinstance(peer, tuple) else ""
        is_proxy = settings.CANVAS_TRUSTED_PROXY_HOPS > 0 or not address
        place = self._connections.open(address, is_proxy=is_proxy)
        if place is None:
            _drop(connection)
            return False
        place.drop = connection.close
        is_wasteful = not is_proxy and self._connections.waste.is_wasteful(place.network)
        if is_wasteful and self._wasteful.count_of(place.network) >= WASTEFUL_WAITING:
            place.free()
            _drop(connection)
            return False
        (self._wasteful if is_wasteful else self._usual).add(connection, place)
        if self._count <= WAITING_AT_ONCE:
            return True
        queue = self._wasteful if self._wasteful.count else self._usual
        connection, place = queue.take_newest_of_most()
        place.free()
        _drop(connection)
        return False

    @property
    def _count(self) -> int:
        return self._usual.count + self._wasteful.count

    def _work(self) -> None:
        """Begins with as many as there is time for, one of each network in turn."""
        for queue in (self._usual, self._wasteful):
            while queue.count and queue.pace.take():
                connection, place = queue.take()
                if connection.fileno() >= 0:  # else it was dropped as the oldest half-open one
                    place.begin()
                    self._begin(connection, place)
                else:
                    place.free()
        if self._count and self._timer is None:
            self._timer = self._loop.call_later(BEGIN_AGAIN_SECONDS, self._work_again)

    def _work_again(self) -> None:
        self._timer = None
        self._work()


def _drop(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    connection.close()


def listening_sockets(host: str, port: int) -> list[socket.socket]:
    """A listening socket for each address of `host`.

    Raises:
        OSError: one of them cannot be listened on.
    """
    sockets: list[socket.socket] = []
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            one = socket.socket(family, kind, protocol)
            sockets.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            one.bind(address)
            one.listen(BACKLOG)
    except OSError:
        for one in sockets:
            one.close()
        raise
    return sockets
