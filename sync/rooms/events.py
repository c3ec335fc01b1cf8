"""What the page has to know besides the drawing: access level, title, comments, versions.

JSON text frames, only from the server. The canvas socket stays plain Yjs.
"""

import asyncio
import contextlib
import json
from collections.abc import Collection
from typing import Any
from uuid import UUID

from boards.access.resolve import Access
from boards.board_state import Facts, access_event, facts_after, opening_event
from sync.access.admission import Admission
from sync.access.refusals import RefusedError
from sync.access.tracker import AccessTracker
from sync.rooms.transport import Send
from sync.wire.close_codes import CloseCode

MAX_QUEUED = 256
MAX_QUEUED_BYTES = 1_000_000
FLUSH_SECONDS = 5.0


class Listener:
    """One events socket; if it reads too slowly it is closed, and the page reconnects."""

    def __init__(self, send: Send, admission: Admission) -> None:
        self.admission = admission
        self.access = admission.access
        self.is_closing = False
        self.close_code: int | None = None
        """The code that this side closes the socket with; None as long as it does not."""
        self._send = send
        self._queue: asyncio.Queue[dict[str, object]] = asyncio.Queue(MAX_QUEUED + 1)
        self._queued_bytes = 0
        self._writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Starts writing."""
        self._writer = asyncio.create_task(self._write(), name="canvas-events")

    def tell(self, facts: Facts) -> None:
        """Sends the page the present state of its board, in case it missed something."""
        self.offer(json.dumps(opening_event(facts, self.access)))

    def take_access(self, access: Access | None, refusal: RefusedError | None) -> None:
        """Tells the page when its level has changed; with a refusal the socket is closed."""
        if refusal is not None:
            self.close(refusal.code, refusal.reason)
        elif access is not None:
            if access_event(access) != access_event(self.access):
                self.offer(json.dumps(access_event(access)))
            self.access = access

    def offer(self, text: str) -> None:
        """Queues a frame without waiting."""
        if self.is_closing:
            return
        is_full = self._queued_bytes and self._queued_bytes + len(text) > MAX_QUEUED_BYTES
        if self._queue.qsize() >= MAX_QUEUED or is_full:
            self.close(CloseCode.RESTARTING, "Too slow; connect again.")
            return
        self._queued_bytes += len(text)
        self._queue.put_nowait({"type": "websocket.send", "text": text})

    def close(self, code: CloseCode, reason: str) -> None:
        """Closes the socket after what is queued."""
        if not self.is_closing:
            self.is_closing, self.close_code = True, int(code)
            event = {"type": "websocket.close", "code": int(code), "reason": reason}
            self._queue.put_nowait(event)

    async def flush(self) -> None:
        """Returns when everything queued, and a close, has been sent; this may take seconds."""
        if self._writer is not None:
            await asyncio.wait({self._writer}, timeout=FLUSH_SECONDS)

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
            self._queued_bytes -= len(str(event.get("text", "")))
            if event["type"] == "websocket.close":
                return


class EventHub:
    """The events sockets of this process, by board."""

    def __init__(self, tracker: AccessTracker) -> None:
        self._listeners: dict[UUID, set[Listener]] = {}
        self._tracker = tracker
        self._heard: dict[UUID, Facts] = {}
        """What the pages of a board have been sent."""
        self._behind: set[UUID] = set()

    def boards(self) -> list[UUID]:
        """The boards with at least one events socket."""
        return list(self._listeners)

    def listeners(self, board_id: UUID) -> list[Listener]:
        """The events sockets of a board."""
        return list(self._listeners.get(board_id, ()))

    def add(self, listener: Listener) -> bool:
        """Adds a socket; True when it is the first of its board."""
        board_id = listener.access.board_id
        is_first = board_id not in self._listeners
        self._listeners.setdefault(board_id, set()).add(listener)
        self._tracker.add(listener)
        listener.start()
        return is_first

    def remove(self, listener: Listener) -> bool:
        """Removes a socket; True when it was the last of its board."""
        board_id = listener.access.board_id
        self._tracker.remove(listener)
        listeners = self._listeners.get(board_id, set())
        listeners.discard(listener)
        if listeners or board_id not in self._listeners:
            return False
        del self._listeners[board_id]
        self._heard.pop(board_id, None)
        self._behind.discard(board_id)
        return True

    def tell(self, listener: Listener, facts: Facts) -> None:
        """Sends one page the present state of its board."""
        self._heard.setdefault(listener.access.board_id, facts)
        listener.tell(facts)

    def compare(self, board_id: UUID, facts: Facts) -> None:
        """Sends the pages of a board the state that was read, if two readings in a row have
        something they were not sent: then the channel layer has lost it.
        """
        heard = self._heard.get(board_id)
        if heard is None:
            return
        if not _is_news(facts, heard):
            self._behind.discard(board_id)
        elif board_id not in self._behind:
            self._behind.add(board_id)  # it may still be on its way
            return
        else:
            self._behind.discard(board_id)
            for listener in self._listeners.get(board_id, ()):
                listener.tell(facts)
        self._heard[board_id] = facts

    def send(
        self, board_id: UUID, event: dict[str, Any], people: Collection[int] | None = None
    ) -> None:
        """Sends an event to everyone listening to the board, or only to these accounts."""
        if board_id in self._heard:
            self._heard[board_id] = facts_after(self._heard[board_id], event)
        text = json.dumps(event)
        for listener in self._listeners.get(board_id, ()):
            if people is None or listener.admission.user_id in people:
                listener.offer(text)


def _is_news(facts: Facts, heard: Facts) -> bool:
    """Whether something in the facts is newer than what was sent. More may have been sent: an event
    may arrive after a state that already included it.
    """
    is_same = (facts.title, facts.is_locked) == (heard.title, heard.is_locked)
    is_over = heard.workshop > 0 and facts.workshop == 0
    if is_over or facts.workshop > heard.workshop:
        return True
    return not is_same or facts.versions > heard.versions or facts.comments > heard.comments
