"""uvicorn's HTTP protocol with limits for clients that only hold a connection open.

A connection above its limit is dropped before a byte is read. The head of a request has a few
seconds and 64 kB, a body has a minimum rate, what is around it has limits (`framing`), and a
response must be read.
"""

import asyncio
from collections import Counter, deque
from collections.abc import MutableMapping
from typing import Any, ClassVar

from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from audit.origin import client_address_of_scope
from canvas_project.connections import Place
from canvas_project.framing import Framing
from canvas_project.parse_turns import parse_turns

MAX_HEAD_BYTES = 1 << 16
LEAST_BYTES_PER_SECOND = 20_000
UNREAD_ANSWER_SECONDS = 60.0
MAX_PIPELINED = 4
PIECE_BYTES = 4096
"""So much of a head, or of a body in chunks, is parsed at once: a millisecond at most."""
MAX_WAITING_BYTES = 32_000_000
"""Of all connections together that wait to be parsed; beyond it the network that holds most loses
its largest.
"""


class GuardedHttpProtocol(HttpToolsProtocol):
    """One connection, from its first byte to its end or its upgrade to a WebSocket."""

    waiting_bytes = 0
    """Of all connections of this process."""
    holding: ClassVar[dict["GuardedHttpProtocol", int]] = {}
    """Connections of this process whose bytes wait to be parsed, and how many."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.place: Place | None = None
        self._turns = parse_turns()
        self._is_turned_away = False
        self._has_head = False
        self._head_bytes = 0
        self._framing = Framing()
        self._last_bytes = b""
        self._began_at = 0.0
        self._deadline: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._waiting: deque[bytes] = deque()

    def connection_made(self, transport: Any) -> None:
        """The head of a request has to come soon."""
        if self.place is not None:
            self.place.drop = transport.abort
        super().connection_made(transport)
        self._expect(settings.CANVAS_HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops counting the connection."""
        self._take_waiting()
        self._stop_timers()
        super().connection_lost(exc)
        self._free_bodies()
        if self.place is not None:
            self.place.free()

    def _free_bodies(self) -> None:
        """Breaks the reference cycle between connection and requests, which Python would collect
        late.
        """
        for cycle, _ in self.pipeline:
            cycle.body.clear()
        self.pipeline.clear()
        if self.cycle is not None:
            self.cycle.body.clear()

    def data_received(self, data: bytes) -> None:
        """Parses data in turn while many strangers send, and whatever could take long."""
        if self._waiting:
            self._wait(data)
            return
        at = 0
        if not self._turns.is_busy:
            at = len(data) if self._is_plain_body else PIECE_BYTES
            self._parse(data[:at])
            if self.parser is None:  # a socket, which decides itself when it is read
                return
            if at < len(data) and self._is_plain_body:
                self._parse(data[at:])
                return
        if at < len(data) and not self.transport.is_closing():
            self._wait(data[at:])
            self.transport.pause_reading()
            self._turns.add(self._network, self._parse_later)

    @property
    def _is_plain_body(self) -> bool:
        """Whether the body is next, with its length: any size of it is parsed in one call."""
        return self._has_head and not self._framing.is_chunked

    def _wait(self, data: bytes) -> None:
        GuardedHttpProtocol.waiting_bytes += len(data)
        self._waiting.append(data)
        self.holding[self] = self.holding.get(self, 0) + len(data)
        while GuardedHttpProtocol.waiting_bytes > MAX_WAITING_BYTES:
            self._drop_largest()

    def _drop_largest(self) -> None:
        """Drops the largest connection of the network that holds most: of a flood, and not of
        anyone who comes meanwhile.
        """
        by_network: Counter[str] = Counter()
        for one, size in self.holding.items():
            by_network[one._network] += size
        largest = max(self.holding, key=lambda one: (by_network[one._network], self.holding[one]))
        largest._take_waiting()
        largest.transport.abort()

    @property
    def _network(self) -> str:
        return "" if self.place is None else self.place.network

    def _take_waiting(self) -> bytes:
        data = b"".join(self._waiting)
        GuardedHttpProtocol.waiting_bytes -= self.holding.pop(self, 0)
        self._waiting.clear()
        return data

    def _parse_later(self) -> None:
        if not self._waiting or self.transport.is_closing():
            return
        data = self._take_waiting() if self._is_plain_body else self._next_piece()
        if not self._waiting and not self.flow.read_paused:
            self.transport.resume_reading()
        self._parse(data)
        if self._waiting:
            self._turns.add(self._network, self._parse_later)

    def _next_piece(self) -> bytes:
        data = self._waiting.popleft()
        if len(data) > PIECE_BYTES:
            self._waiting.appendleft(data[PIECE_BYTES:])
            data = data[:PIECE_BYTES]
        GuardedHttpProtocol.waiting_bytes -= len(data)
        self.holding[self] -= len(data)
        if not self._waiting:
            del self.holding[self]
        return data

    def _parse(self, data: bytes) -> None:
        if self.parser is None:  # it has become a socket, which nobody speaks to before the answer
            return
        if self._has_head:
            self._framing.take(len(data))
        else:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES + len(data):
                self._refuse_head()
                return
            self._last_bytes = (self._last_bytes + data[-4:])[-4:]
        super().data_received(data)
        if not self._has_head and self._head_bytes > MAX_HEAD_BYTES:
            self._refuse_head()
        elif self._framing.is_too_much:
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """What cannot be parsed, or has more headers than anyone needs."""
        if self._framing.has_many_headers:
            self._refuse_head()
        else:
            super().send_400_response(msg)

    def _refuse_head(self) -> None:
        self._refuse(b"431 Request Header Fields Too Large")

    def _refuse(self, status: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(
                b"HTTP/1.1 %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % status
            )
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request's head begins."""
        super().on_message_begin()
        self._has_head = False
        self._head_bytes = 0
        self._framing.begin()
        if self._deadline is None:
            self._expect(settings.CANVAS_HEAD_SECONDS)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer, which nobody reads. Raises TooMuchError."""
        self._framing.take_header(name)
        if not self._has_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is complete; a body must follow at a minimum rate."""
        self._has_head = True
        self._began_at = self.loop.time()
        if self.place is not None:
            self.place.has_asked()
        if len(self.pipeline) >= MAX_PIPELINED:
            self.transport.close()
            return
        if not self._is_within_client_limits():
            self._turn_away()
            return
        self._expect(settings.CANVAS_BODY_SECONDS)
        super().on_headers_complete()

    def _is_within_client_limits(self) -> bool:
        """Counts the client named by a proxy, which is known only from the head."""
        if settings.CANVAS_TRUSTED_PROXY_HOPS == 0 or self.place is None:
            return True
        is_socket = self._get_upgrade() is not None
        scope: MutableMapping[str, Any] = {**self.scope}
        return self.place.belongs_to(client_address_of_scope(scope), is_socket=is_socket)

    def _turn_away(self) -> None:
        self._is_turned_away = True
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(
                b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 2\r\n"
                b"content-length: 0\r\nconnection: close\r\n\r\n"
            )
        self.transport.close()

    def on_response_complete(self) -> None:
        """A request has been answered."""
        if self.place is not None:
            self.place.has_answered()
        super().on_response_complete()

    def on_body(self, body: bytes) -> None:
        """Discards the body of a refused request. Raises TooMuchError."""
        is_answered = self.cycle is not None and self.cycle.response_complete
        self._framing.take_body(len(body), is_wanted=not is_answered)
        if not self._is_turned_away:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete; what follows belongs to the next head."""
        self._stop_waiting()
        self._has_head = False
        self._head_bytes = 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Passes the counted connection to the WebSocket protocol.

        A client has to wait for the answer before it sends more (RFC 6455, 4.1). What it sent would
        be lost, so it is refused.
        """
        if self._is_turned_away:
            return
        self._stop_timers()
        if self._waiting or self._last_bytes != b"\r\n\r\n":
            self._refuse(b"400 Bad Request")
            return
        super().handle_websocket_upgrade()
        protocol: Any = self.transport.get_protocol()
        if protocol is not self:
            protocol.place, self.place = self.place, None
            self.parser = None  # type: ignore[assignment]  # it refers to this protocol

    def pause_writing(self) -> None:
        """A client that does not read its response holds the memory for a minute at most."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(UNREAD_ANSWER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The response is being read again."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _expect(self, seconds: float) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(seconds, self._check)

    def _check(self) -> None:
        self._deadline = None
        if self.transport.is_closing():
            return
        if self._has_head:
            allowed = (
                settings.CANVAS_BODY_SECONDS + self._framing.body_bytes / LEAST_BYTES_PER_SECOND
            )
            left = self._began_at + allowed - self.loop.time()
            if left > 0:
                self._deadline = self.loop.call_later(left + 0.1, self._check)
                return
        self.transport.abort()

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _stop_timers(self) -> None:
        self._stop_waiting()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
