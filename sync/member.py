"""One socket as a room sees it: who it is, what it may do, and a bounded outbox.

Nobody ever waits for a socket. Frames go to its outbox, a task of its own writes them; a reader
that falls too far behind loses what is queued and gets one diff of everything it lacks instead.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

from sync import metrics
from sync.admission import Admission
from sync.close_codes import CloseCode

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, object]], Awaitable[None]]
CLOSE_TIMEOUT_SECONDS = 5.0


class Source(Protocol):
    """Where a member that lost frames gets the rest: its room."""

    async def catch_up_frame(self, member: "Member") -> bytes:
        """A frame with everything committed beyond what the member's socket last said it holds."""


class Member:
    """A socket in a room."""

    def __init__(self, send: Send, admission: Admission, *, outbox_bytes: int) -> None:
        self.admission = admission
        self.can_edit = admission.access.can_edit
        self.client_ids: set[int] = set()
        self.state_vector = b"\x00"
        self.has_synced = False
        self.updates = 0
        self.bytes_in = 0
        self.is_closing = False
        self.was_sent_to = False
        self._send = send
        self._limit = outbox_bytes
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._has_lost_frames = False
        self._wake = asyncio.Event()
        self._close: tuple[CloseCode, str] | None = None
        self._writer: asyncio.Task[None] | None = None

    @property
    def user_id(self) -> int | None:
        """The account behind the socket; None for an anonymous person."""
        return self.admission.user_id

    @property
    def close_code(self) -> int | None:
        """The code that this side closes the socket with; None as long as it does not."""
        return int(self._close[0]) if self._close else None

    def start(self, source: Source) -> None:
        """Begins to write what is offered."""
        self._writer = asyncio.create_task(self._write(source), name="canvas-outbox")

    def offer(self, frame: bytes, *, is_presence: bool = False) -> None:
        """Queues a frame without waiting.

        Past the limit presence is dropped, it is renewed anyway. Updates are dropped together with
        everything queued, and one diff takes their place as soon as the socket drains.
        """
        if self.is_closing or (self._has_lost_frames and not is_presence):
            return
        if self._bytes + len(frame) > self._limit and self._frames:
            if is_presence:
                return
            metrics.OUTBOX_DROPS.inc()
            self._frames.clear()
            self._bytes = 0
            self._has_lost_frames = True
        else:
            self._frames.append(frame)
            self._bytes += len(frame)
        self._wake.set()

    def close(self, code: CloseCode, reason: str = "") -> None:
        """Sends what is queued, then the close frame. The first call decides."""
        if not self.is_closing:
            self.is_closing = True
            self._close = (code, reason)
            self._wake.set()

    async def stop(self) -> None:
        """Ends the writer; a socket that does not take its last frames is given a few seconds."""
        if self._writer is None:
            return
        if self._close is None:
            self._writer.cancel()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(self._writer, CLOSE_TIMEOUT_SECONDS)

    async def _write(self, source: Source) -> None:
        try:
            await self._write_until_closed(source)
        except Exception as error:  # noqa: BLE001  the peer is gone, or its diff cannot be made
            logger.debug("a socket could not be written to: %r", error)
        finally:
            self.is_closing = True

    async def _write_until_closed(self, source: Source) -> None:
        while True:
            if not self._frames:
                if self._has_lost_frames:
                    # Cleared first: what is committed while the diff is made is queued behind it.
                    self._has_lost_frames = False
                    await self._send_bytes(await source.catch_up_frame(self))
                    continue
                if self._close is not None:
                    code, reason = self._close
                    await self._send(
                        {"type": "websocket.close", "code": int(code), "reason": reason}
                    )
                    return
                self._wake.clear()
                await self._wake.wait()
                continue
            frame = self._frames.popleft()
            self._bytes -= len(frame)
            await self._send_bytes(frame)

    async def _send_bytes(self, frame: bytes) -> None:
        self.was_sent_to = True
        await self._send({"type": "websocket.send", "bytes": frame})
