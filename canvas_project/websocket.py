"""uvicorn's WebSocket protocol with a short way for binary frames, which are nearly all.

An ASGI server hands over every message as a dictionary through a queue to a task, and pauses and
resumes reading around it: two system calls and a task switch for each small update. Here a whole
binary frame goes from the transport to the room in one call, and a frame for a reader goes straight
to its transport. Everything else (handshake, control frames, fragments, text, broken frames) is
left to uvicorn and the `websockets` library.
"""

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import apply_mask  # type: ignore[attr-defined]  # in C where it can be

from sync.wire import DIRECT, OnFrame

_WHOLE_BINARY = 0x82
_FINAL, _CONTROL, _MASKED, _LENGTH = 0x80, 0x08, 0x80, 0x7F
_MASK_BYTES = 4


def frame_end(data: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """Where the payload of the client's frame at `at` begins, and where the frame ends.

    None when the header is not complete. RFC 6455, section 5.2.
    """
    if len(data) < at + 2:
        return None
    length, header = data[at + 1] & _LENGTH, 2
    if length >= 126:
        header = 4 if length == 126 else 10
        if len(data) < at + header:
            return None
        length = int.from_bytes(data[at + 2 : at + header], "big")
    payload = at + header + (_MASK_BYTES if data[at + 1] & _MASKED else 0)
    return payload, payload + length


def binary_frame(payload: bytes) -> bytes:
    """A whole unmasked binary frame, as a server sends it."""
    length = len(payload)
    if length < 126:
        return bytes((_WHOLE_BINARY, length)) + payload
    if length < 65536:
        return b"\x82\x7e" + length.to_bytes(2, "big") + payload
    return b"\x82\x7f" + length.to_bytes(8, "big") + payload


class DirectProtocol(WebSocketsSansIOProtocol):
    """One socket; itself the `Wire` that the application finds in its scope."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_writable = True
        self._is_open = False
        self._max_payload = self.config.ws_max_size
        self._is_fragmented = False
        self._is_held = False
        self._rest = bytearray()
        self._needed = 0
        self._on_frame: OnFrame | None = None
        self._on_writable: Callable[[], None] | None = None

    # --- the Wire

    def attach(self, on_writable: Callable[[], None], on_frame: OnFrame) -> None:
        """Frames that wait already are handed over first, in their order."""
        self._on_writable, self._on_frame = on_writable, on_frame
        waiting = [self.queue.get_nowait() for _ in range(self.queue.qsize())]
        for event in waiting:
            data: Any = event.get("bytes")
            if data is None:
                self.queue.put_nowait(event)
            else:
                on_frame(data)
        if self.read_paused and self.queue.empty() and not self.transport.is_closing():
            self.read_paused = False
            self.transport.resume_reading()

    def write(self, frame: bytes) -> None:
        """Sends one binary frame; a socket that is closing swallows it."""
        if not (self.close_sent or self.transport.is_closing()):
            self.transport.write(binary_frame(frame))

    def hold(self) -> None:
        """The transport is not read from; what has been read already is still handed over."""
        self._is_held = True
        if not (self.read_paused or self.transport.is_closing()):
            self.transport.pause_reading()

    def release(self) -> None:
        """The transport is read from again."""
        self._is_held = False
        if not (self.read_paused or self.transport.is_closing()):
            self.transport.resume_reading()

    async def rest(self) -> None:
        """Binary frames do not come through the ASGI `receive`."""

    async def close(self, code: int, reason: str) -> None:
        """Sends the close frame, unless the peer has gone already."""
        if not (self.close_sent or self.disconnected):
            await self.send({"type": "websocket.close", "code": code, "reason": reason})

    def stop(self) -> None:
        """Nobody is called any more; frames that still arrive are uvicorn's to discard."""
        self._on_frame = self._on_writable = None

    # --- uvicorn's callbacks

    def handle_connect(self, event: Any) -> None:
        """Offers the short way to the application."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            self._is_open = True
            self.scope["extensions"][DIRECT] = self  # type: ignore[assignment]

    def pause_writing(self) -> None:
        """The transport holds more than it likes to."""
        self.is_writable = False
        super().pause_writing()

    def resume_writing(self) -> None:
        """The transport has drained."""
        super().resume_writing()
        self._become_writable()

    def connection_lost(self, exc: Exception | None) -> None:
        """Whatever waits to be written will never be; let it go."""
        super().connection_lost(exc)
        self._become_writable()

    def _become_writable(self) -> None:
        self.is_writable = True
        if self._on_writable is not None:
            self._on_writable()

    def data_received(self, data: bytes) -> None:
        """Cuts the stream into frames; whole binary ones take the short way."""
        if not self._is_open:
            super().data_received(data)
            return
        if self._rest:
            self._rest += data
            if len(self._rest) < self._needed:
                return
            data, self._rest = bytes(self._rest), bytearray()
        at = 0
        while at < len(data) and not self.transport.is_closing():
            bounds = frame_end(data, at)
            if bounds is not None and bounds[1] - bounds[0] > self._max_payload:
                super().data_received(data[at:])  # refused at its header
                return
            if bounds is None or bounds[1] > len(data):
                self._rest += data[at:]
                self._needed = 0 if bounds is None else bounds[1] - at
                return
            self._take(data, at, *bounds)
            at = bounds[1]

    def _take(self, data: bytes, at: int, payload: int, end: int) -> None:
        first = data[at]
        if first == _WHOLE_BINARY and data[at + 1] & _MASKED and not self._is_fragmented:
            mask = data[payload - _MASK_BYTES : payload]
            self.curr_msg_data_type = "bytes"
            self.frames = [apply_mask(data[payload:end], mask)]
            self.send_receive_event_to_app()
            return
        if not first & _CONTROL:
            self._is_fragmented = not first & _FINAL
        super().data_received(data[at:end])

    def send_receive_event_to_app(self) -> None:
        """Hands a whole message over: to the room if it is there, else to the ASGI queue."""
        if self._on_frame is None or self.curr_msg_data_type != "bytes" or self.close_sent:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        self._on_frame(data)
