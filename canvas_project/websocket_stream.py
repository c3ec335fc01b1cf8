"""Cuts the data of one socket into frames; each is counted before it is handled.

A frame of any kind beyond the rate waits here with the rest of the data, and meanwhile the
transport is not read. If a chunk has many frames, a few are handled at once, the rest through the
scheduler with those of other sockets.
"""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode, apply_mask  # type: ignore[attr-defined]

from canvas_project.websocket_frames import (
    CONTROL,
    FINAL,
    MASK_BYTES,
    MASKED,
    WHOLE_BINARY,
    frame_end,
)
from sync.rooms.transport import OnFrame, read_rate_of_a_socket
from sync.scheduler import Work, scheduler_of

FRAMES_AT_ONCE = 8
BYTES_AT_ONCE = 1 << 15
"""How much of one chunk is handled before other sockets go on."""
MAX_STRANGER_FRAME_BYTES = 1 << 16
"""The largest frame of a socket that has not been admitted."""
MAX_BYTES_AFTER_CLOSE = 1 << 16
"""Read after our close frame, in search of the peer's; more is not read."""
UNREAD_SECONDS = 2.0
"""How long a peer that sends more than that keeps its connection: time to read our close frame."""
_OPCODE, _RESERVED = 0x0F, 0x70


class FrameStream(WebSocketsSansIOProtocol):
    """Cuts incoming data into frames, within the socket's rate, while it is not held."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_writable = True
        self.read_rate = read_rate_of_a_socket()
        self._scheduler = scheduler_of(Work.INCOMING)
        self._is_open = False
        self._max_payload = MAX_STRANGER_FRAME_BYTES
        self._is_reading = True
        self._is_held = False
        self._pause: asyncio.TimerHandle | None = None
        self._has_heard = False
        # A chunk with unhandled frames, a partial frame, and the fragments of a message.
        self._chunk, self._at, self._is_waiting = b"", 0, False
        self._rest, self._needed = bytearray(), 0
        self._skip = self._bytes_after_close = 0
        self._fragments: bytearray | None = None
        self._pong: bytes | None = None
        self._on_frame: OnFrame | None = None

    def data_received(self, data: bytes) -> None:
        """Cuts the stream into frames; whole binary ones take the direct path."""
        self._has_heard = True
        if not self._is_open:
            super().data_received(data)
            return
        if self.close_sent and self._is_too_much_after_close(len(data)):
            return
        if self._chunk:
            self._chunk, self._at = self._chunk[self._at :] + data, 0
            return
        if self._skip:
            self._skip, data = max(self._skip - len(data), 0), data[self._skip :]
        if self._rest:
            self._rest += data
            if len(self._rest) < self._needed:
                self._count(len(data))
                self._read_or_pause()
                return
            data, self._rest = bytes(self._rest), bytearray()
        self._chunk, self._at = data, 0
        self._work()

    def _is_too_much_after_close(self, size: int) -> bool:
        """Counts bytes that nobody needs; from too many on it drops them and reads no more."""
        was_too_much = self._bytes_after_close > MAX_BYTES_AFTER_CLOSE
        self._bytes_after_close += size
        if self._bytes_after_close <= MAX_BYTES_AFTER_CLOSE:
            return False
        self._forget()
        self._is_held = True
        self._read_or_pause()
        if self.close_timer is not None and not was_too_much:
            self.close_timer.cancel()
            self.close_timer = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)
        return True

    def _forget(self) -> None:
        """Drops everything that was read."""
        self._chunk, self._at, self._rest, self._fragments = b"", 0, bytearray(), None
        if self._pause is not None:
            self._pause.cancel()

    def _work(self) -> None:
        """Handles some of the frames, as many as the rate and the scheduler allow."""
        chunk, at, frames = self._chunk, self._at, 0
        size, is_closing = len(chunk), self.transport.is_closing
        while at < size and frames < FRAMES_AT_ONCE and not self._is_blocked:
            if is_closing():
                at = size
                break
            bounds = frame_end(chunk, at)
            if bounds is None or bounds[1] > size or bounds[1] - bounds[0] > self._max_payload:
                self._end_with(chunk, at, bounds)
                at = size
                break
            payload, end = bounds
            self._at = end
            self._count(end - at)
            self._take(chunk, at, payload, end)
            frames += 1 + (end - at) * FRAMES_AT_ONCE // BYTES_AT_ONCE
            at = end
        if self._pong is not None:
            self._answer_ping()
        if at >= size:
            self._chunk, self._at = b"", 0
        else:
            self._at = at
            self._work_later()
        self._read_or_pause()

    def _end_with(self, chunk: bytes, at: int, bounds: tuple[int, int] | None) -> None:
        """Refuses the frame that begins at `at` if it is too long; otherwise keeps its part."""
        if bounds is not None and bounds[1] - bounds[0] > self._max_payload:
            self._refuse_length(chunk, at, bounds[1])
        else:
            self._keep(chunk, at, bounds)

    def _work_later(self) -> None:
        if self._chunk and not self._is_waiting and not self._is_blocked:
            self._is_waiting = True
            self._scheduler.add(self._work_in_slices)

    def _work_in_slices(self) -> None:
        self._is_waiting = False
        if self._chunk:
            self._work()

    @property
    def _is_blocked(self) -> bool:
        return self._is_held or self._pause is not None or self.read_paused

    def _go_on(self) -> None:
        self._work_later()
        self._read_or_pause()

    def _read_or_pause(self) -> None:
        should_read = not (self._chunk or self._is_blocked)
        if should_read != self._is_reading and not self.transport.is_closing():
            self._is_reading = should_read
            if should_read:
                self.transport.resume_reading()
            else:
                self.transport.pause_reading()

    def _count(self, size: int) -> None:
        seconds = self.read_rate.seconds_too_soon(size)
        if seconds and self._pause is None:
            self._pause = self.loop.call_later(seconds, self._end_pause)

    def _end_pause(self) -> None:
        self._pause = None
        self._go_on()

    def _keep(self, chunk: bytes, at: int, bounds: tuple[int, int] | None) -> None:
        """Keeps a partial frame until the rest arrives; keeps nothing of a closed socket."""
        size = len(chunk) - at
        self._count(size)
        if self.close_sent and bounds is not None:
            self._skip = bounds[1] - len(chunk)
        else:
            self._rest += chunk[at:]
            self._needed = 0 if bounds is None else bounds[1] - at

    def _refuse_length(self, chunk: bytes, at: int, end: int) -> None:
        if self.close_sent:
            self._skip = max(end - len(chunk), 0)
        else:
            self._fail(1009, "frame is too big")

    def _take(self, chunk: bytes, at: int, payload: int, end: int) -> None:
        first = chunk[at]
        is_masked = chunk[at + 1] & MASKED
        if self.close_sent:
            if first & _OPCODE == Opcode.CLOSE:
                super().data_received(chunk[at:end])
        elif first == WHOLE_BINARY and is_masked and self._fragments is None:
            data = apply_mask(chunk[payload:end], chunk[payload - MASK_BYTES : payload])
            if self._on_frame is not None:
                self._on_frame(data)
            else:
                self._queue(data, is_text=False)
        elif not is_masked or first & _RESERVED or first & _OPCODE == Opcode.CLOSE:
            super().data_received(chunk[at:end])
        else:
            data = apply_mask(chunk[payload:end], chunk[payload - MASK_BYTES : payload])
            self._take_other(first, data, chunk[at:end])

    def _take_other(self, first: int, data: bytes, frame: bytes) -> None:
        """Handles control frames and fragments, at a cost like that of a small binary frame."""
        opcode, is_final = first & _OPCODE, bool(first & FINAL)
        if opcode & CONTROL:
            if not is_final or len(data) > 125 or opcode not in (Opcode.PING, Opcode.PONG):
                super().data_received(frame)
            else:
                self._take_control(opcode, data)
        elif opcode == Opcode.CONT and self._fragments is not None:
            if len(self._fragments) + len(data) > self._max_payload:
                self._fail(1009, "message is too big")
                return
            self._fragments += data
            if is_final:
                self._end_message()
        elif opcode in (Opcode.TEXT, Opcode.BINARY) and self._fragments is None:
            self.curr_msg_data_type = "text" if opcode == Opcode.TEXT else "bytes"
            self._fragments = bytearray(data)
            if is_final:
                self._end_message()
        elif self._fragments is not None:
            self._fail(1002, "a new message inside another")
        else:
            super().data_received(frame)  # a continuation without a beginning, or an unknown opcode

    def _take_control(self, opcode: int, data: bytes) -> None:
        if opcode == Opcode.PONG:
            if data == self.pending_ping_payload:
                self.handle_pong(Frame(Opcode.PONG, data))
        else:
            self._pong = data

    def _answer_ping(self) -> None:
        """Answers the newest of the pings that were just read, as RFC 6455 (5.5.3) allows: each
        answer is a system call, and a peer that does not read gets none."""
        data, self._pong = self._pong, None
        if data is not None and self.is_writable and not self.close_sent:
            self.transport.write(bytes((0x8A, len(data))) + data)

    def _end_message(self) -> None:
        data, self._fragments = bytes(self._fragments or b""), None
        if self.curr_msg_data_type == "bytes" and self._on_frame is not None:
            self._on_frame(data)
        else:
            self._queue(data, is_text=self.curr_msg_data_type == "text")

    def _queue(self, data: bytes, *, is_text: bool) -> None:
        """Queues a message for the ASGI application, which takes it before the next is read."""
        try:
            message: dict[str, Any] = {"text": data.decode()} if is_text else {"bytes": data}
        except UnicodeDecodeError:
            self._fail(1007, "text is not UTF-8")
            return
        event: Any = {"type": "websocket.receive", **message}
        self.queue.put_nowait(event)
        self.read_paused = True

    def _fail(self, code: int, reason: str) -> None:
        self.conn.fail(code, reason)
        self.handle_parser_exception()
