"""Tells other processes through the channel layer what this one committed.

The layer only carries news and stores nothing: it may drop, repeat or reorder messages. Every
message has a sequence number, so the receiver notices a gap and reads the rows. There is one
channel per process and one group per board; each process serves the members of its rooms itself.
"""

import asyncio
import contextlib
import logging
import time
import uuid
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.core.exceptions import ImproperlyConfigured

from sync.rooms.background import ended

logger = logging.getLogger(__name__)

UPDATE = "room.update"
PRESENCE = "room.presence"
PRESENCE_ASKED = "room.presence_asked"
CLIENT = "room.client"
ACCESS = "room.access"
EVENT = "room.event"
CHANNEL_PREFIX = "canvas"
"""Prefix of every channel of this process: the Redis layer waits for one prefix at a time."""
MAX_QUEUED = 5000
MAX_QUEUED_BYTES = 16_000_000
LAYER_SECONDS = 2.0
"""Time limit of one call to the layer; a frozen Redis would never answer."""
RENEW_SECONDS = 60.0
RETRY_SECONDS = 1.0
OUTAGE_SECONDS = 5.0

BusMessage = dict[str, Any]


def group_of(board_id: UUID) -> str:
    """The channel-layer group of a board. Only the server makes these names."""
    return f"canvas.{board_id.hex}"


class Bus:
    """This process's end of the channel layer. `handle` is called with every message from another
    process.
    """

    def __init__(self, handle: Callable[[UUID, BusMessage], None]) -> None:
        self._handle = handle
        self._process = uuid.uuid4().hex
        layer: Any = get_channel_layer()  # the type stubs lack new_channel's prefix
        if layer is None:
            raise ImproperlyConfigured("CHANNEL_LAYERS is empty")
        self._layer = layer
        # An in-memory layer: there is no other process to tell.
        self._has_others = not isinstance(layer, InMemoryChannelLayer)
        self._channel: str | None = None
        self._joined: Counter[UUID] = Counter()
        self._is_down = False
        self._outgoing: deque[tuple[UUID, BusMessage]] = deque(maxlen=MAX_QUEUED)
        self._outgoing_bytes = 0
        self._wake = asyncio.Event()
        self._has_sent = asyncio.Event()
        self._has_sent.set()
        self._to_rejoin: set[UUID] = set()
        self._must_renew = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self, board_id: UUID) -> None:
        """Starts receiving a board's messages. Join before reading the rows, or some are missed.

        If the layer can't be reached, polling the open boards takes its place.
        """
        self._joined[board_id] += 1
        if self._channel is None:
            self._channel = await self._layer.new_channel(CHANNEL_PREFIX)
            self._tasks = [
                asyncio.create_task(self._receive(self._channel), name="canvas-bus-receive"),
                asyncio.create_task(self._send(), name="canvas-bus-send"),
                asyncio.create_task(self._renew(self._channel), name="canvas-bus-renew"),
            ]
        if not self._is_down:  # otherwise it is joined as soon as the layer answers again
            await self._add(board_id, self._channel)

    async def _add(self, board_id: UUID, channel: str) -> bool:
        return await self._reach(self._layer.group_add(group_of(board_id), channel))

    async def _reach(self, call: Awaitable[None]) -> bool:
        """Whether a call to the layer succeeded in time; an outage is logged once."""
        try:
            async with asyncio.timeout(LAYER_SECONDS):
                await call
        except Exception as error:  # noqa: BLE001  whatever the layer raises, the rows are there
            self._fail(error)
            return False
        if self._is_down:
            logger.warning("channel layer: answering again")
            self._is_down = False
            self._to_rejoin |= self._joined.keys()
            self._must_renew.set()
        return True

    def _fail(self, error: Exception) -> None:
        if not self._is_down:
            logger.error("channel layer: not answering; rooms poll the database", exc_info=error)
            self._is_down = True
            self._must_renew.set()

    def rejoin(self, board_id: UUID) -> None:
        """Joins a board's group again, because a message may have been lost."""
        self._to_rejoin.add(board_id)
        self._must_renew.set()

    async def _renew(self, channel: str) -> None:
        """Joins groups again: the layer forgets memberships after a while or on restart."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RETRY_SECONDS if self._is_down else RENEW_SECONDS):
                    await self._must_renew.wait()
            self._must_renew.clear()
            wanted, self._to_rejoin = self._to_rejoin & self._joined.keys(), set()
            for board_id in wanted or list(self._joined):
                if not await self._add(board_id, channel):
                    break
            await asyncio.sleep(RETRY_SECONDS)  # rejoining is cheap, and often unnecessary

    async def leave(self, board_id: UUID) -> None:
        """Undoes one `join`; the last one leaves the group."""
        self._joined[board_id] -= 1
        if self._joined[board_id] > 0 or self._channel is None:
            return
        del self._joined[board_id]
        if not self._is_down:
            await self._reach(self._layer.group_discard(group_of(board_id), self._channel))

    def publish(self, board_id: UUID, kind: str, **content: object) -> None:
        """Queues a message to the other processes; never waits, drops the oldest when full."""
        if not self._has_others:
            return
        message = {"type": kind, "board": board_id.hex, "from": self._process, **content}
        if self._outgoing_bytes > MAX_QUEUED_BYTES:
            self._forget_outgoing()
        self._outgoing.append((board_id, message))
        self._outgoing_bytes += self._size_of(message)
        self._has_sent.clear()
        self._wake.set()

    @staticmethod
    def _size_of(message: BusMessage) -> int:
        return len(message.get("payload", b""))

    def _forget_outgoing(self) -> None:
        """Drops queued messages: the other processes find everything in the rows."""
        self._outgoing.clear()
        self._outgoing_bytes = 0

    async def close(self) -> None:
        """Sends what is queued, within the time limit of one call, and ends its tasks."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAYER_SECONDS):
                while self._tasks and not self._is_down and not self._has_sent.is_set():
                    await self._has_sent.wait()
        await asyncio.gather(*(ended(task) for task in self._tasks))
        self._tasks.clear()

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._outgoing:
                board_id, message = self._outgoing.popleft()
                if not await self._reach(self._layer.group_send(group_of(board_id), message)):
                    self._forget_outgoing()
            self._outgoing_bytes = 0
            self._has_sent.set()

    async def _receive(self, channel: str) -> None:
        while True:
            try:
                message = await self._layer.receive(channel)
            except Exception as error:  # noqa: BLE001
                self._fail(error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if message.get("from") == self._process:
                continue
            try:
                self._handle(UUID(message["board"]), message)
            except Exception:
                logger.exception("channel layer: a message could not be handled")


class _Outage:
    """Until when blocking code of this process skips the layer."""

    until = 0.0


def announce(board_id: UUID, kind: str, **content: object) -> None:
    """Sends a message to every process that has the board open. For blocking code."""
    announce_to_all([board_id], kind, **content)


def announce_to_all(board_ids: Sequence[UUID], kind: str, **content: object) -> None:
    """The same for many boards; takes at most `LAYER_SECONDS` for all of them together.

    After a failure nothing is sent for `OUTAGE_SECONDS`, so a request that announces many times
    waits only once. What is announced is already committed, and every process finds it when it
    polls its boards.
    """
    layer = get_channel_layer()
    if layer is None or time.monotonic() < _Outage.until:
        return

    async def send() -> None:
        async with asyncio.timeout(LAYER_SECONDS):
            for board_id in board_ids:
                message = {"type": kind, "board": board_id.hex, **content}
                await layer.group_send(group_of(board_id), message)

    try:
        async_to_sync(send)()
    except Exception:
        _Outage.until = time.monotonic() + OUTAGE_SECONDS
        logger.exception("channel layer: a message was not sent")
