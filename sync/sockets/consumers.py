"""The consumers of a board's sockets: admit people, read their frames, pass them to the room."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from channels.consumer import AsyncConsumer
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from audit.origin import client_address_of_scope, forget_request
from sync import metrics
from sync.access.admission import Admission
from sync.access.handshake import is_origin_allowed, read_request
from sync.access.refusals import EXPIRED_REASON, RefusedError
from sync.document.yjs import DocumentError
from sync.rooms.events import Listener
from sync.rooms.member import Member
from sync.rooms.process import rooms_of_this_process
from sync.rooms.registry import RestartingError
from sync.rooms.transport import Send, transport_of
from sync.sockets.admitting import Places, Usage, admitted_in_time, left, refuse_bad_token
from sync.sockets.inbox import Inbox
from sync.sockets.visitors import Visitor
from sync.storage.log import BoardGoneError, LogDamagedError
from sync.wire.close_codes import CloseCode

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]


class _BoardConsumer(AsyncConsumer):
    """Admits a socket or closes it with a reason; `_serve` does the rest.

    A Channels consumer with its own receive loop: the stock dispatch costs a task and a hop through
    the thread-sensitive executor for every message, and there one slow query stalls every socket.
    """

    kind = ""

    async def __call__(  # type: ignore[override]  # ASGI events as plain dicts
        self, scope: Any, receive: Receive, send: Send
    ) -> None:
        """Serves one socket from handshake to close."""
        await receive()  # websocket.connect
        if not is_origin_allowed(scope):
            await send({"type": "websocket.close"})  # before accept: the handshake fails with 403
            return
        await send({"type": "websocket.accept"})
        request = read_request(scope, scope["url_route"]["kwargs"]["board_id"])
        visitor = Visitor(self.kind, client_address_of_scope(scope), request)
        forget_request(scope)
        if visitor.is_too_soon():
            await _close(send, CloseCode.TOO_MANY, "Closed too often; come back in a minute.")
            return
        places = Places(visitor.network)
        try:
            await refuse_bad_token(request, visitor)
            admission = await admitted_in_time(request, places)
        except RefusedError as refused:
            visitor.count_refusal()
            await _close(send, refused.code, refused.reason)
            return
        except (DatabaseError, TimeoutError):
            logger.exception("storage: a socket could not be admitted")
            await _close(send, CloseCode.STORAGE_UNAVAILABLE, "The storage does not answer.")
            return
        usage = Usage()
        gauge = metrics.CONNECTIONS.labels(self.kind)
        gauge.inc()
        try:
            await self._serve(scope, admission, receive, send, usage)
        finally:
            gauge.dec()
            places.give_back()
            visitor.count_end(admission, usage.close_code)
            await left(admission, usage, visitor.network)

    async def _serve(
        self, scope: Any, admission: Admission, receive: Receive, send: Send, usage: Usage
    ) -> None:
        """Serves an admitted socket, and records its use in `usage`."""
        raise NotImplementedError


class EventsConsumer(_BoardConsumer):
    """`/ws/events/<board id>`: JSON text frames from the server; clients send nothing."""

    kind = "events"

    async def _serve(
        self, scope: Any, admission: Admission, receive: Receive, send: Send, usage: Usage
    ) -> None:
        rooms = rooms_of_this_process()
        listener = Listener(send, admission)
        expiry = _close_at_expiry(admission, listener.close)
        try:
            await rooms.listen(listener)
            while (event := await receive())["type"] != "websocket.disconnect":
                listener.close(CloseCode.MALFORMED, "This socket takes no messages.")
            usage.close_code = listener.close_code or event.get("code")
        except DatabaseError:
            logger.exception("storage: the state of a board could not be read")
            listener.close(CloseCode.STORAGE_UNAVAILABLE, "The storage does not answer.")
            usage.close_code = listener.close_code
            await listener.flush()
        finally:
            if expiry is not None:
                expiry.cancel()
            await rooms.stop_listening(listener)


class CanvasConsumer(_BoardConsumer):
    """`/ws/canvas/<board id>`: binary frames of the y-websocket protocol, nothing else."""

    kind = "canvas"

    async def _serve(
        self, scope: Any, admission: Admission, receive: Receive, send: Send, usage: Usage
    ) -> None:
        rooms = rooms_of_this_process()
        transport = transport_of(scope, send)
        member = Member(transport, admission, outbox_bytes=settings.CANVAS_OUTBOX_BYTES)
        try:
            room = await rooms.join(member)
        except BoardGoneError:
            await _end(usage, send, CloseCode.BOARD_GONE, "This board is in the trash.")
            return
        except RestartingError:
            await _end(usage, send, CloseCode.RESTARTING, "The server is restarting.")
            return
        except (DatabaseError, LogDamagedError, DocumentError):
            logger.exception("board %s: cannot be loaded", admission.access.board_id)
            await _end(
                usage, send, CloseCode.STORAGE_UNAVAILABLE, "This board cannot be loaded now."
            )
            return
        expiry = _close_at_expiry(admission, member.close)
        inbox = Inbox(room, member)
        try:
            member.attach(inbox.take)
            usage.close_code = await _read(member, receive, inbox.take)
        finally:
            if expiry is not None:
                expiry.cancel()
            # Before the member leaves: only members lose edit access the moment it is revoked.
            await inbox.finish()
            rooms.leave(room, member)
            await member.stop()
            usage.updates, usage.bytes_in = member.updates, member.bytes_in


async def _read(member: Member, receive: Receive, take: Callable[[bytes], None]) -> int | None:
    """Reads until the socket ends or is told to. Returns the close code."""
    while not member.is_closing:
        await member.rest()
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return member.close_code or event.get("code")
        data = event.get("bytes")
        if data is None:
            member.close(CloseCode.MALFORMED, "Only binary frames are understood.")
            break
        take(data)
    return member.close_code


def _close_at_expiry(
    admission: Admission, close: Callable[[CloseCode, str], None]
) -> asyncio.TimerHandle | None:
    expires_at = admission.expires_at
    if expires_at is None:
        return None
    seconds = (expires_at - timezone.now()).total_seconds()
    return asyncio.get_running_loop().call_later(
        seconds, close, CloseCode.NOT_AUTHENTICATED, EXPIRED_REASON
    )


async def _end(usage: Usage, send: Send, code: CloseCode, reason: str) -> None:
    """Closes a socket that was admitted but can't be served."""
    usage.close_code = int(code)
    await _close(send, code, reason)


async def _close(send: Send, code: CloseCode, reason: str) -> None:
    await send({"type": "websocket.close", "code": int(code), "reason": reason})
