"""How frames reach a socket: directly through the server's transport, or as ASGI events.

`manage.py serve` offers the direct way under `DIRECT` in the scope's extensions; other ASGI servers
get one task for each socket that awaits their `send`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from django.conf import settings

from sync.rooms.limits import ReadRate
from sync.scheduler import Work

logger = logging.getLogger(__name__)

DIRECT = "canvas.direct"

Send = Callable[[dict[str, object]], Awaitable[None]]
OnFrame = Callable[[bytes], None]


class SocketTransport(Protocol):
    """The sending side of one socket. Nothing here waits."""

    read_rate: ReadRate
    """How fast this socket is read."""
    counts_frames: bool
    """Whether the transport itself counts frames, before they are handed over."""

    @property
    def is_writable(self) -> bool:
        """Whether the socket has taken what was written so far."""

    def attach(
        self, on_writable: Callable[[], None], on_frame: OnFrame, work: Work = Work.INCOMING
    ) -> None:
        """Sets the callbacks for when the socket is writable again and for each arriving frame.

        `work` is the kind of work that many frames at once are. Without a direct way for arriving
        frames they come through the ASGI `receive`.
        """

    def write(self, frame: bytes) -> None:
        """Sends one binary frame; only while `is_writable`."""

    def hold(self) -> None:
        """Stops reading until `release`, which slows down the sender. The frame being handled is
        the last.
        """

    def release(self) -> None:
        """Resumes reading."""

    async def rest(self) -> None:
        """Waits while the transport is held; nothing may be taken from the ASGI `receive`."""

    async def close(self, code: int, reason: str) -> None:
        """Sends the close frame after everything written."""

    def stop(self) -> None:
        """Stops; no callback is called any more."""


class AsgiTransport:
    """The transport of any ASGI server: a task awaits its `send`, one frame at a time."""

    counts_frames = False

    def __init__(self, send: Send) -> None:
        self.read_rate = read_rate_of_a_socket()
        self._send = send
        self._frame: bytes | None = None
        self._is_gone = False
        self._is_released = asyncio.Event()
        self._is_released.set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._on_writable: Callable[[], None] = lambda: None

    @property
    def is_writable(self) -> bool:
        """Whether the last frame has been sent."""
        return self._frame is None

    def attach(
        self, on_writable: Callable[[], None], on_frame: OnFrame, work: Work = Work.INCOMING
    ) -> None:
        """Starts writing; arriving frames come through the ASGI `receive`."""
        self._on_writable = on_writable
        self._task = asyncio.create_task(self._run(), name="canvas-transport")

    def write(self, frame: bytes) -> None:
        """Passes one frame to the task."""
        if not self._is_gone:
            self._frame = frame
            self._wake.set()

    def hold(self) -> None:
        """Makes `rest` wait."""
        self._is_released.clear()

    def release(self) -> None:
        """Lets `rest` return."""
        self._is_released.set()

    async def rest(self) -> None:
        await self._is_released.wait()

    async def close(self, code: int, reason: str) -> None:
        """Sends the close event."""
        if not self._is_gone:
            await self._send({"type": "websocket.close", "code": code, "reason": reason})

    def stop(self) -> None:
        self._on_writable = lambda: None
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while not self._is_gone:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._send({"type": "websocket.send", "bytes": self._frame})
            except Exception as error:  # noqa: BLE001  each server has its own for a peer that left
                logger.debug("a socket could not be written to: %r", error)
                self._is_gone = True
            self._frame = None
            self._on_writable()


def read_rate_of_a_socket() -> ReadRate:
    """A new read rate from the settings."""
    return ReadRate(
        settings.CANVAS_SOCKET_FRAMES_PER_SECOND,
        settings.CANVAS_SOCKET_BYTES_PER_SECOND,
        settings.CANVAS_SOCKET_BURST_SECONDS,
    )


def transport_of(scope: dict[str, Any], send: Send) -> SocketTransport:
    """The direct transport of an ASGI scope if the server offers one, else an AsgiTransport."""
    direct: SocketTransport | None = scope.get("extensions", {}).get(DIRECT)
    return AsgiTransport(send) if direct is None else direct
