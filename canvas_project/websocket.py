"""uvicorn's WebSocket protocol with a direct path between transport and room.

An ASGI server passes every message as a dictionary through a queue to a task, and pauses and
resumes reading around it: two system calls and a task switch for each small update. Here a whole
binary frame goes from the transport to the room in one call, and a frame for a reader goes straight
to its transport. Handshake, close frames and malformed frames are left to uvicorn and the
`websockets` library.

Nothing is read before the application admits the socket or starts to close it.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from canvas_project.connections import Place
from canvas_project.websocket_frames import binary_frame
from canvas_project.websocket_stream import FrameStream
from sync.rooms.transport import DIRECT, OnFrame
from sync.scheduler import Work, scheduler_of
from sync.wire.close_codes import CloseCode

ABUSED_CODES = frozenset((CloseCode.MALFORMED, CloseCode.TOO_BIG, CloseCode.TOO_MANY))
"""Sockets are closed with these for what they sent, or for how often they came."""


class DirectProtocol(FrameStream):
    """One socket; itself the `SocketTransport` that the application finds in its scope."""

    counts_frames = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.place: Place | None = None
        self._on_writable: Callable[[], None] | None = None
        self._is_served = False

    # --- the SocketTransport

    def attach(
        self, on_writable: Callable[[], None], on_frame: OnFrame, work: Work = Work.INCOMING
    ) -> None:
        """Called when the socket is admitted: from now on it is read, unless it is held."""
        self._on_writable, self._on_frame = on_writable, on_frame
        self._scheduler = scheduler_of(work)
        if self.place is not None:
            self.place.let_in()
        waiting = [self.queue.get_nowait() for _ in range(self.queue.qsize())]
        for event in waiting:
            data: Any = event.get("bytes")
            if data is None:
                self.queue.put_nowait(event)
            else:
                on_frame(data)
        self._begin_reading()

    def write(self, frame: bytes) -> None:
        """Sends one binary frame; a closing socket drops it."""
        if not (self.close_sent or self.transport.is_closing()):
            self.transport.write(binary_frame(frame))

    def hold(self) -> None:
        """Stops reading and passing on frames until `release`, including data read already."""
        self._is_held = True
        self._read_or_pause()

    def release(self) -> None:
        """Resumes, with the data read already first."""
        self._is_held = False
        self._go_on()

    async def rest(self) -> None:
        """Binary frames do not come through the ASGI `receive`."""

    async def close(self, code: int, reason: str) -> None:
        """Sends the close frame, unless the peer has gone already."""
        if not (self.close_sent or self.disconnected):
            await self.send({"type": "websocket.close", "code": code, "reason": reason})

    def stop(self) -> None:
        """Stops all callbacks; frames that still arrive are discarded."""
        self._on_frame = self._on_writable = None

    # --- the ASGI application

    async def receive(self) -> Any:
        """The next event. Asking for one after the handshake admits the socket."""
        if self.handshake_complete and self.queue.empty():
            if self.place is not None:
                self.place.let_in()
            self._begin_reading()
        return await self.queue.get()

    async def send(self, message: Any) -> None:
        """As in uvicorn; a closing socket is read again, for the peer's answer."""
        if message["type"] == "websocket.close":
            self.read_paused = False
            if self.place is not None and message.get("code") in ABUSED_CODES:
                self.place.is_abused()
        await super().send(message)
        if self.close_sent:
            self._is_held = self.read_paused = False
            self._go_on()

    def _begin_reading(self) -> None:
        self._max_payload = self.config.ws_max_size
        self.read_paused = False
        self._go_on()

    # --- uvicorn's callbacks

    def handle_connect(self, event: Any) -> None:
        """Offers the direct path to the application, and reads nothing until it is used."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            self._is_open = True
            self.scope["extensions"][DIRECT] = self  # type: ignore[assignment]
            self.read_paused = True
            self._read_or_pause()

    def handle_parser_exception(self) -> None:
        """The peer broke the protocol, and the connection ends."""
        if self.place is not None:
            self.place.is_abused()
        super().handle_parser_exception()

    def pause_writing(self) -> None:
        """The transport's buffer is above its high-water mark."""
        self.is_writable = False
        super().pause_writing()

    def resume_writing(self) -> None:
        """The transport has drained."""
        super().resume_writing()
        self._become_writable()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone: drops what is waiting to be written."""
        super().connection_lost(exc)
        self._forget()
        if self.place is not None:
            self.place.free()
        self._become_writable()
        self.conn.parser.close()
        self._untie()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """The application has returned."""
        super().on_task_complete(task)
        self._is_served = True
        self._untie()

    def _untie(self) -> None:
        """Breaks the reference cycle with the scope once neither end needs it.

        What is left in cycles waits for a collection: thousands of connections later, which then
        holds the event loop for as long as it takes to look through them.
        """
        if self._is_served and self.disconnected:
            self.scope["extensions"].clear()

    def _become_writable(self) -> None:
        self.is_writable = True
        if self._on_writable is not None:
            self._on_writable()

    def send_keepalive_ping(self) -> None:
        """Sends a ping and starts to watch for data from the peer."""
        self._has_heard = False
        super().send_keepalive_ping()

    def keepalive_timeout(self) -> None:
        """A peer that sends, or is not being read, is not dead: its pong will still come."""
        if self._has_heard or not self._is_reading:
            self.pong_timer = None
            self.schedule_ping()
        else:
            super().keepalive_timeout()
