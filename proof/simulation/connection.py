"""A socket between a client and a simulated process, with a network in between that takes time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from audit.origin import RequestOrigin
from boards.access.resolve import Entry
from proof.simulation.loops import SimulatedLoop
from sync.access.handshake import Request
from sync.sockets.consumers import CanvasConsumer

LONGEST_SECONDS = 0.08
"""The longest way of a frame; most are far quicker. Frames of one socket stay in their order."""
ORDER_SECONDS = 1e-7
"""Between two frames: what happens at the same moment happens in any order."""
GONE_CODE = 1006


class Person(Protocol):
    """Who is at the other end."""

    name: str

    def receive(self, connection: Connection, frame: bytes) -> None:
        """Called when a frame arrives."""

    def closed(self, connection: Connection, code: int, reason: str) -> None:
        """Called when the connection has ended, for any reason but the person's own."""


Left = Callable[["Connection", bytes], None]


class Connection:
    """One socket. `left` is called with every frame when it leaves its process."""

    def __init__(self, loop: SimulatedLoop, person: Person, board_id: UUID, left: Left) -> None:
        self.loop = loop
        self.board_id = board_id
        self.is_open = True
        self.is_frozen = False
        self.person = person
        self._left = left
        self._scheduler = loop.scheduler
        self._arrived: deque[dict[str, Any]] = deque([{"type": "websocket.connect"}])
        self._wake: asyncio.Future[None] | None = None
        self._thaw: asyncio.Future[None] | None = None
        self._up_at = self._down_at = 0.0
        self._consumer = CanvasConsumer()
        scope = {
            "request": _request(board_id, person.name),
            "url_route": {"kwargs": {"board_id": board_id}},
        }
        loop.call_soon(lambda: loop.create_task(self._serve(scope)))

    async def _serve(self, scope: dict[str, Any]) -> None:
        await self._consumer(scope, self._receive, self._send)
        # A server closes what its application has left open.
        self._down(lambda: self._close(GONE_CODE, ""))

    # --- from the client

    def send(self, frame: bytes) -> None:
        """Sends a frame; it arrives later, if the connection lasts."""
        if self.is_open:
            self._up({"type": "websocket.receive", "bytes": frame})

    def leave(self) -> None:
        """The client goes away; the server is told a moment later. What is on its way to the client
        is lost, and what is on its way to the server may arrive."""
        if self.is_open:
            self.is_open = False
            self.thaw()
            self._up({"type": "websocket.disconnect", "code": 1001})

    def freeze(self) -> None:
        """The client takes no more frames."""
        self.is_frozen = True

    def thaw(self) -> None:
        """It takes them again."""
        self.is_frozen = False
        if self._thaw is not None and not self._thaw.done() and self.loop.is_alive:
            self._thaw.set_result(None)

    def cut(self) -> None:
        """The connection breaks; both sides notice a moment later."""
        if self.is_open:
            self._up({"type": "websocket.disconnect", "code": GONE_CODE})
            self._scheduler.after(self._way(), lambda: self._close(GONE_CODE, ""))

    def died(self) -> None:
        """The process was killed: what had left it may still arrive."""
        if self.is_open:
            self._down(lambda: self._close(GONE_CODE, ""))

    def _up(self, event: dict[str, Any]) -> None:
        self._up_at = max(self._up_at + ORDER_SECONDS, self._scheduler.now + self._way())
        self._scheduler.at(self._up_at, lambda: self._arrive(event))

    def _arrive(self, event: dict[str, Any]) -> None:
        if self.loop.is_alive:
            self._arrived.append(event)
            if self._wake is not None and not self._wake.done():
                self._wake.set_result(None)

    # --- the ASGI application's side

    async def _receive(self) -> dict[str, Any]:
        while not self._arrived:
            self._wake = self.loop.create_future()
            await self._wake
        return self._arrived.popleft()

    async def _send(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        if kind == "websocket.close":
            code, reason = event.get("code", GONE_CODE), event.get("reason", "")
            self._down(lambda: self._close(code, reason))
        elif kind == "websocket.send" and self.is_open:
            frame = event["bytes"]
            self._left(self, frame)
            self._down(lambda: self._deliver(frame))
            while self.is_frozen and self.is_open:
                self._thaw = self.loop.create_future()
                await self._thaw

    def _down(self, callback: Callable[[], None]) -> None:
        self._down_at = max(self._down_at + ORDER_SECONDS, self._scheduler.now + self._way())
        self._scheduler.at(self._down_at, callback)

    def _deliver(self, frame: bytes) -> None:
        if self.is_open:
            self.person.receive(self, frame)

    def _close(self, code: int, reason: str) -> None:
        if self.is_open:
            self.is_open = False
            self.thaw()
            self._arrive({"type": "websocket.disconnect", "code": code})
            self.person.closed(self, code, reason)

    def _way(self) -> float:
        return LONGEST_SECONDS * self._scheduler.random.random() ** 6


def _request(board_id: UUID, name: str) -> Request:
    """What a handshake asks for, with the name of an account in the place of its token."""
    return Request(
        board_id=board_id,
        token=name,
        session_key=None,
        entry=Entry.BOARD,
        wants_edit=False,
        wants_saved=True,
        origin=RequestOrigin(ip_address=None, user_agent="", counted_as=name),
    )
