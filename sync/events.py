"""What the page has to know besides the drawing: one's level, the title, comments, versions.

JSON text frames, from the server only. The canvas socket stays plain Yjs.
"""

import asyncio
import contextlib
import json
from typing import Any
from uuid import UUID

from boards.access import Access
from sync.admission import Admission
from sync.close_codes import CloseCode
from sync.reauthorize import refusal_of, resolve_all
from sync.wire import Send

MAX_QUEUED = 256


def access_event(access: Access) -> dict[str, Any]:
    """Tells a page what its user may do now."""
    return {"type": "access", "level": access.level.label, "can_manage": access.can_manage}


class Listener:
    """One events socket; what it does not read in time ends it, and the page asks anew."""

    def __init__(self, send: Send, admission: Admission) -> None:
        self.admission = admission
        self.access = admission.access
        self.is_closing = False
        self._send = send
        self._queue: asyncio.Queue[dict[str, object]] = asyncio.Queue(MAX_QUEUED + 1)
        self._writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to write, first of all the present level."""
        self._writer = asyncio.create_task(self._write(), name="canvas-events")
        self.offer(json.dumps(access_event(self.access)))

    def offer(self, text: str) -> None:
        """Queues a frame without waiting."""
        if self.is_closing:
            return
        if self._queue.qsize() >= MAX_QUEUED:
            self.close(CloseCode.RESTARTING, "Too slow; ask again.")
            return
        self._queue.put_nowait({"type": "websocket.send", "text": text})

    def close(self, code: CloseCode, reason: str) -> None:
        """Ends the socket after what is queued."""
        if not self.is_closing:
            self.is_closing = True
            event = {"type": "websocket.close", "code": int(code), "reason": reason}
            self._queue.put_nowait(event)

    async def stop(self) -> None:
        """Ends the writer."""
        if self._writer is not None:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._writer

    async def _write(self) -> None:
        while True:
            event = await self._queue.get()
            await self._send(event)
            if event["type"] == "websocket.close":
                return


class EventHub:
    """The events sockets of this process, by board."""

    def __init__(self) -> None:
        self._listeners: dict[UUID, set[Listener]] = {}
        self._versions: dict[UUID, int] = {}

    def boards(self) -> list[UUID]:
        """The boards that somebody listens to."""
        return list(self._listeners)

    def add(self, listener: Listener) -> bool:
        """Adds a socket; True when it is the first of its board."""
        board_id = listener.access.board_id
        is_first = board_id not in self._listeners
        self._listeners.setdefault(board_id, set()).add(listener)
        self._versions.setdefault(board_id, listener.access.access_version)
        listener.start()
        return is_first

    def remove(self, listener: Listener) -> bool:
        """Removes a socket; True when it was the last of its board."""
        board_id = listener.access.board_id
        listeners = self._listeners.get(board_id, set())
        listeners.discard(listener)
        if listeners or board_id not in self._listeners:
            return False
        del self._listeners[board_id]
        del self._versions[board_id]
        return True

    def send(self, board_id: UUID, event: dict[str, Any]) -> None:
        """Sends an event to everybody who listens to the board."""
        text = json.dumps(event)
        for listener in self._listeners.get(board_id, ()):
            listener.offer(text)

    def close(self, board_id: UUID, code: CloseCode, reason: str) -> None:
        """Ends the sockets of one board."""
        for listener in self._listeners.get(board_id, ()):
            listener.close(code, reason)

    def close_all(self, code: CloseCode, reason: str) -> None:
        """Ends every socket."""
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.close(code, reason)

    def has_older_access(self, board_id: UUID, access_version: int) -> bool:
        """Whether the levels of a board's listeners rest on another version."""
        return self._versions.get(board_id, access_version) != access_version

    async def refresh_access(self, board_id: UUID) -> None:
        """Tells everybody on a board whose level changed, and ends who has none left."""
        listeners = list(self._listeners.get(board_id, ()))
        if not listeners:
            return
        head, accesses = await resolve_all(board_id, [one.admission for one in listeners])
        for listener, access in zip(listeners, accesses, strict=True):
            refusal = refusal_of(head, listener.admission, access)
            if refusal is not None or access is None:
                if refusal is not None:
                    listener.close(refusal.code, refusal.reason)
                continue
            if access_event(access) != access_event(listener.access):
                listener.offer(json.dumps(access_event(access)))
            listener.access = access
        if head is not None and board_id in self._versions:
            self._versions[board_id] = head.access_version
