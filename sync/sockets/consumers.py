"""The consumers of a board's sockets: admit people, read their frames, pass them to the room."""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from channels.consumer import AsyncConsumer
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from audit.origin import client_address_of_scope
from boards.identity.tokens import token_fault
from sync import metrics
from sync.access.admission import (
    EXPIRED_REASON,
    Admission,
    RefusedError,
    Reserve,
    admit,
    record_leave,
    record_token_refusal,
    refused_token,
)
from sync.access.handshake import Request, is_origin_allowed, read_request
from sync.document.document import DocumentError
from sync.rooms.events import Listener
from sync.rooms.member import Member
from sync.rooms.registry import RestartingError, rooms_of_this_process
from sync.rooms.transport import Send, transport_of
from sync.sockets.inbox import Inbox
from sync.sockets.visitors import Visitor
from sync.storage.log import BoardGoneError, LogDamagedError
from sync.wire.close_codes import CloseCode

logger = logging.getLogger(__name__)

_Key = TypeVar("_Key")
Receive = Callable[[], Awaitable[dict[str, Any]]]

_open_by_address: Counter[str] = Counter()
_open_by_user: Counter[int] = Counter()
_late_admissions: set[asyncio.Task[None]] = set()


@dataclass(slots=True)
class Usage:
    """How a socket was used, for the audit log."""

    close_code: int | None = None
    updates: int = 0
    bytes_in: int = 0

    async def end(self, send: Send, code: CloseCode, reason: str) -> None:
        """Closes a socket that was admitted but can't be served."""
        self.close_code = int(code)
        await _close(send, code, reason)


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
        if visitor.is_too_soon():
            await _close(send, CloseCode.TOO_MANY, "Closed too often; come back in a minute.")
            return
        places = _Places(visitor.network)
        try:
            await _refuse_bad_token(request, visitor)
            admission = await _admitted_in_time(request, places)
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
            await sync_to_async(_record_leave, thread_sensitive=False)(admission, usage)

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
            await usage.end(send, CloseCode.BOARD_GONE, "This board is in the trash.")
            return
        except RestartingError:
            await usage.end(send, CloseCode.RESTARTING, "The server is restarting.")
            return
        except (DatabaseError, LogDamagedError, DocumentError):
            logger.exception("board %s: cannot be loaded", admission.access.board_id)
            await usage.end(send, CloseCode.STORAGE_UNAVAILABLE, "This board cannot be loaded now.")
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


def _record_leave(admission: Admission, usage: Usage) -> None:
    try:
        record_leave(
            admission,
            close_code=usage.close_code,
            updates=usage.updates,
            bytes_in=usage.bytes_in,
        )
    except DatabaseError:
        logger.exception("storage: the end of a socket could not be recorded")
    finally:
        close_old_connections()


def _admit(request: Request, reserve: Reserve) -> Admission:
    try:
        return admit(request, reserve)
    finally:
        close_old_connections()


async def _refuse_bad_token(request: Request, visitor: Visitor) -> None:
    """Refuses tokens that can't be valid, without touching the database.

    Raises:
        RefusedError: the token is damaged, expired or not signed by this server.
    """
    fault = token_fault(request.token) if request.token is not None else None
    if fault is None:
        return
    if visitor.should_record():
        await sync_to_async(_record_token_refusal, thread_sensitive=False)(request, fault)
    raise refused_token(fault)


def _record_token_refusal(request: Request, fault: str) -> None:
    try:
        record_token_refusal(request, fault)
    finally:
        close_old_connections()


async def _admitted_in_time(request: Request, places: "_Places") -> Admission:
    """Admits a socket; its place is released if that fails.

    A thread can't be stopped: one that takes too long is awaited in the background, and whatever it
    wrote and reserved is undone.

    Raises:
        RefusedError, DatabaseError: as `admit` does.
        TimeoutError: it took longer than CANVAS_ADMISSION_SECONDS.
    """
    admit_on_thread = sync_to_async(_admit, thread_sensitive=False)
    work = asyncio.ensure_future(admit_on_thread(request, places.take))
    try:
        await asyncio.wait({work}, timeout=settings.CANVAS_ADMISSION_SECONDS)
    finally:
        if not work.done():
            late = asyncio.create_task(_take_back(work, places), name="canvas-late-admission")
            _late_admissions.add(late)
            late.add_done_callback(_late_admissions.discard)
    if not work.done():
        raise TimeoutError("the database did not answer in time")
    try:
        return work.result()
    except BaseException:
        places.give_back()
        raise


async def _take_back(work: asyncio.Future[Admission], places: "_Places") -> None:
    try:
        admission = await work
    except (RefusedError, DatabaseError):
        return
    finally:
        places.give_back()
    late = Usage(int(CloseCode.STORAGE_UNAVAILABLE))
    await sync_to_async(_record_leave, thread_sensitive=False)(admission, late)


async def _close(send: Send, code: CloseCode, reason: str) -> None:
    await send({"type": "websocket.close", "code": int(code), "reason": reason})


class _Places:
    """The place of one socket within the limits of its network and its account."""

    _lock = threading.Lock()

    def __init__(self, network: str) -> None:
        self._address = network
        self._user_id: int | None = None
        self._is_taken = False

    def take(self, user_id: int | None) -> bool:
        """Takes a place if there is one; called on the admitting thread before anything is
        written.
        """
        with self._lock:
            if _open_by_address[self._address] >= settings.CANVAS_MAX_SOCKETS_PER_ADDRESS:
                return False
            most = settings.CANVAS_MAX_SOCKETS_PER_USER
            if user_id is not None and _open_by_user[user_id] >= most:
                return False
            _open_by_address[self._address] += 1
            if user_id is not None:
                _open_by_user[user_id] += 1
            self._user_id, self._is_taken = user_id, True
            return True

    def give_back(self) -> None:
        """Releases the place if one was taken."""
        with self._lock:
            if self._is_taken:
                self._is_taken = False
                _decrement(_open_by_address, self._address)
                if self._user_id is not None:
                    _decrement(_open_by_user, self._user_id)


def _decrement(counter: Counter[_Key], key: _Key) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
