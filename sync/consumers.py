"""The sockets of a board: let people in, read their frames, and hand them to the room."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from channels.consumer import AsyncConsumer
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from audit.origin import client_address_of_scope
from sync import metrics
from sync.admission import (
    EXPIRED_REASON,
    Admission,
    Refused,
    admit,
    record_leave,
)
from sync.close_codes import CloseCode
from sync.document import DocumentError
from sync.events import Listener
from sync.handshake import Request, is_origin_allowed, read_request
from sync.intake import Intake
from sync.log import BoardGone, LogDamaged
from sync.member import Member
from sync.rooms import Restarting, rooms_of_this_process
from sync.tarpit import Tarpit
from sync.wire import Send, wire_of

logger = logging.getLogger(__name__)

_Key = TypeVar("_Key")
Receive = Callable[[], Awaitable[dict[str, Any]]]

_open_by_address: Counter[str] = Counter()
_open_by_user: Counter[int] = Counter()
_tarpit = Tarpit()


class _BoardConsumer(AsyncConsumer):
    """Lets people in, or tells them why not; what follows is `_serve`.

    A Channels consumer with its own receive loop: the stock dispatch costs a task and a hop over
    the thread-sensitive executor for every message, where one slow query stalls every socket.
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
        try:
            admission = await sync_to_async(_admit, thread_sensitive=False)(request)
        except Refused as refused:
            await asyncio.sleep(_tarpit.delay_after_refusal(client_address_of_scope(scope)))
            await _close(send, refused.code, refused.reason)
            return
        except DatabaseError:
            logger.exception("storage: a socket could not be admitted")
            await _close(send, CloseCode.STORAGE_UNAVAILABLE, "The storage does not answer.")
            return
        address = client_address_of_scope(scope)
        if not _count_in(address, admission.user_id):
            await _close(send, CloseCode.TOO_MANY, "Too many open connections.")
            return
        gauge = metrics.CONNECTIONS.labels(self.kind)
        gauge.inc()
        try:
            await self._serve(scope, admission, receive, send)
        finally:
            gauge.dec()
            _count_out(address, admission.user_id)

    async def _serve(self, scope: Any, admission: Admission, receive: Receive, send: Send) -> None:
        raise NotImplementedError


class EventsConsumer(_BoardConsumer):
    """`/ws/events/<board id>`: JSON text frames from the server; a client has nothing to say."""

    kind = "events"

    async def _serve(self, scope: Any, admission: Admission, receive: Receive, send: Send) -> None:
        rooms = rooms_of_this_process()
        listener = Listener(send, admission)
        expiry = _close_at_expiry(admission, listener.close)
        await rooms.listen(listener)
        try:
            while (await receive())["type"] != "websocket.disconnect":
                listener.close(CloseCode.MALFORMED, "This socket takes no messages.")
        finally:
            if expiry is not None:
                expiry.cancel()
            await rooms.stop_listening(listener)


class CanvasConsumer(_BoardConsumer):
    """`/ws/canvas/<board id>`: binary frames of the y-websocket protocol, nothing else."""

    kind = "canvas"

    async def _serve(self, scope: Any, admission: Admission, receive: Receive, send: Send) -> None:
        rooms = rooms_of_this_process()
        wire = wire_of(scope, send)
        member = Member(wire, admission, outbox_bytes=settings.CANVAS_OUTBOX_BYTES)
        try:
            room = await rooms.join(member)
        except BoardGone:
            await _close(send, CloseCode.BOARD_GONE, "This board is in the trash.")
            return
        except Restarting:
            await _close(send, CloseCode.RESTARTING, "The server is restarting.")
            return
        except (DatabaseError, LogDamaged, DocumentError):
            logger.exception("board %s: cannot be loaded", admission.access.board_id)
            await _close(send, CloseCode.STORAGE_UNAVAILABLE, "This board cannot be loaded now.")
            return
        expiry = _close_at_expiry(admission, member.close)
        close_code: int | None = None
        intake = Intake(room, member)
        try:
            member.attach(intake.take)
            close_code = await _read(member, receive, intake.take)
        finally:
            if expiry is not None:
                expiry.cancel()
            # Before the member leaves: only members lose the right to edit as soon as it is taken.
            await intake.finish()
            rooms.leave(room, member)
            await member.stop()
            await sync_to_async(_record_leave, thread_sensitive=False)(member, close_code)


async def _read(member: Member, receive: Receive, take: Callable[[bytes], None]) -> int | None:
    """Reads until the socket ends or is told to. Returns the close code of whoever ended it."""
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


def _record_leave(member: Member, close_code: int | None) -> None:
    try:
        record_leave(
            member.admission,
            close_code=close_code,
            updates=member.updates,
            bytes_in=member.bytes_in,
        )
    except DatabaseError:
        logger.exception("storage: the end of a socket could not be recorded")
    finally:
        close_old_connections()


def _admit(request: Request) -> Admission:
    try:
        return admit(request)
    finally:
        close_old_connections()


async def _close(send: Send, code: CloseCode, reason: str) -> None:
    await send({"type": "websocket.close", "code": int(code), "reason": reason})


def _count_in(address: str, user_id: int | None) -> bool:
    if _open_by_address[address] >= settings.CANVAS_MAX_SOCKETS_PER_ADDRESS:
        return False
    if user_id is not None and _open_by_user[user_id] >= settings.CANVAS_MAX_SOCKETS_PER_USER:
        return False
    _open_by_address[address] += 1
    if user_id is not None:
        _open_by_user[user_id] += 1
    return True


def _count_out(address: str, user_id: int | None) -> None:
    _decrement(_open_by_address, address)
    if user_id is not None:
        _decrement(_open_by_user, user_id)


def _decrement(counter: Counter[_Key], key: _Key) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
