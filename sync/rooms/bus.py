"""Tells other processes through the channel layer what this one committed.

The layer only carries news and stores nothing: it may drop, repeat or reorder messages. Every
message has a sequence number, so the receiver notices a gap and reads the rows. There is one
channel per process and one group per board; each process serves the members of its rooms itself.

A process that opens a board says hello to its group and goodbye when it closes it, and everyone
answers a hello. Nothing else is sent about a board that no other process has open.
"""

import asyncio
import contextlib
import logging
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.core.exceptions import ImproperlyConfigured

from sync.rooms.background import ended
from sync.rooms.peers import EXPIRY_SECONDS, Peers

logger = logging.getLogger(__name__)

HELLO = "room.hello"
HERE = "room.here"
GOODBYE = "room.goodbye"
UPDATE = "room.update"
PRESENCE = "room.presence"
PRESENCE_ASKED = "room.presence_asked"
CLIENT = "room.client"
ACCESS = "room.access"
EVENT = "room.event"
HOME = "room.home"
CHANNEL_PREFIX = "canvas"
MAX_QUEUED = 5000
MAX_QUEUED_BYTES = 16_000_000
LAYER_SECONDS = 2.0
"""Time limit of one call to the layer; a frozen Redis would never answer."""
HERE_SECONDS = EXPIRY_SECONDS / 3
RETRY_SECONDS = 1.0


def group_of(board_id: UUID) -> str:
    """The channel-layer group of a board. Only the server makes these names."""
    return f"canvas.{board_id.hex}"


BusMessage = dict[str, Any]
"""A message from another process: its type, the board, and what the type needs."""


class BusHost(Protocol):
    """What the bus reports to."""

    def receive(self, board_id: UUID, message: BusMessage) -> None:
        """Called with every message from another process."""

    def process_came(self, board_id: UUID) -> None:
        """Called when another process is heard of that has the board open; it knows nobody here."""

    def process_left(self, board_id: UUID, process: str) -> None:
        """Called when another process has closed the board, or has ended."""

    def others_are_at(self, board_id: UUID, seq: int) -> None:
        """Called with the head of another process that has the board open."""

    def seq_of(self, board_id: UUID) -> int:
        """The head of the board in this process; 0 if it is not loaded."""


class _Outgoing(NamedTuple):
    send: Callable[[str, BusMessage], Coroutine[Any, Any, None]]
    to: str
    message: BusMessage


class Bus:
    """This process's end of the channel layer. `process` is its name among all processes."""

    def __init__(self, host: BusHost, process: str) -> None:
        self._host = host
        self._process = process
        layer: Any = get_channel_layer()  # the type stubs lack new_channel's prefix
        if layer is None:
            raise ImproperlyConfigured("CHANNEL_LAYERS is empty")
        self._layer = layer
        self.has_others = not isinstance(layer, InMemoryChannelLayer)
        """Whether there may be other processes at all."""
        self._peers = Peers()
        self._channel: str | None = None
        self._opening = asyncio.Lock()
        self._joined: Counter[UUID] = Counter()
        self._is_down = False
        self._outgoing: deque[_Outgoing] = deque(maxlen=MAX_QUEUED)
        self._outgoing_bytes = 0
        self._wake = asyncio.Event()
        self._has_sent = asyncio.Event()
        self._has_sent.set()
        self._to_rejoin: set[UUID] = set()
        self._must_renew = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    # --- boards

    async def join(self, board_id: UUID) -> None:
        """Starts receiving a board's messages. Join before reading the rows, or some are missed.

        If the layer can't be reached, polling the open boards takes its place.
        """
        self._joined[board_id] += 1
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._receive(), name="canvas-bus-receive"),
                asyncio.create_task(self._send(), name="canvas-bus-send"),
                asyncio.create_task(self._renew(), name="canvas-bus-renew"),
            ]
        # While the layer is down: it is joined as soon as the layer answers again.
        if not self._is_down:
            await self._reach(self._join(board_id))

    async def _join(self, board_id: UUID) -> None:
        channel = await self._own_channel()
        await self._layer.group_add(group_of(board_id), channel)
        if self.has_others:
            seq = self._host.seq_of(board_id)
            hello = self._message(board_id, HELLO, channel=channel, seq=seq)
            await self._layer.group_send(group_of(board_id), hello)

    async def _own_channel(self) -> str:
        async with self._opening:
            if self._channel is None:
                self._channel = await self._layer.new_channel(CHANNEL_PREFIX)
            return self._channel

    def rejoin(self, board_id: UUID) -> None:
        """Joins a board's group again and says hello, because a message may have been lost."""
        self._to_rejoin.add(board_id)
        self._must_renew.set()

    def expect(self, board_id: UUID, processes: Iterable[str]) -> None:
        """Says hello again if one of these, who have the board open, has not been heard of."""
        if not self._peers.know(board_id, processes):
            self.rejoin(board_id)

    async def leave(self, board_id: UUID) -> None:
        """Undoes one `join`; the last one leaves the group."""
        self._joined[board_id] -= 1
        if self._joined[board_id] > 0:
            return
        del self._joined[board_id]
        self.publish(board_id, GOODBYE)
        self._peers.forget_board(board_id)
        if self._channel is not None and not self._is_down:
            await self._reach(self._layer.group_discard(group_of(board_id), self._channel))

    async def close(self) -> None:
        """Says goodbye, sends what is queued within the time limit of one call, and ends its
        tasks.
        """
        for board_id in list(self._peers.heard_at):
            self.publish(board_id, GOODBYE)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAYER_SECONDS):
                while self._tasks and not self._is_down and not self._has_sent.is_set():
                    await self._has_sent.wait()
        await asyncio.gather(*(ended(task) for task in self._tasks))
        self._tasks.clear()

    # --- sending

    def has_listeners(self, board_id: UUID) -> bool:
        """Whether another process has the board open, as far as this one knows."""
        return board_id in self._peers.heard_at

    def publish(self, board_id: UUID, kind: str, **content: object) -> None:
        """Queues a message to the other processes, if any has the board open; never waits, drops
        the oldest when full.
        """
        if board_id in self._peers.heard_at:
            message = self._message(board_id, kind, **content)
            self._queue(_Outgoing(self._layer.group_send, group_of(board_id), message))

    def _message(self, board_id: UUID, kind: str, **content: object) -> BusMessage:
        return {"type": kind, "board": board_id.hex, "from": self._process, **content}

    def _queue(self, outgoing: _Outgoing) -> None:
        if self._outgoing_bytes > MAX_QUEUED_BYTES:
            self._forget_outgoing()
        self._outgoing.append(outgoing)
        self._outgoing_bytes += len(outgoing.message.get("payload", b""))
        self._has_sent.clear()
        self._wake.set()

    def _forget_outgoing(self) -> None:
        """Drops queued messages: the other processes find everything in the rows."""
        self._outgoing.clear()
        self._outgoing_bytes = 0

    async def _send(self) -> None:
        """Sends everything queued at once, so that a layer may put it into one round trip."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._outgoing:
                batch = [send(to, message) for send, to, message in self._outgoing]
                self._forget_outgoing()
                await self._reach(*batch)
            self._has_sent.set()

    # --- whether the layer answers

    async def _reach(self, *calls: Coroutine[Any, Any, None]) -> bool:
        """Whether calls to the layer succeeded in time; an outage is logged once."""
        try:
            async with asyncio.timeout(LAYER_SECONDS):
                await (asyncio.gather(*calls) if len(calls) > 1 else calls[0])
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
        self._forget_outgoing()
        if not self._is_down:
            logger.error("channel layer: not answering; rooms poll the database", exc_info=error)
            self._is_down = True
            self._must_renew.set()

    async def _renew(self) -> None:
        """Says hello again where messages were lost; tells the others that this process lives."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RETRY_SECONDS if self._is_down else HERE_SECONDS):
                    await self._must_renew.wait()
            self._must_renew.clear()
            if self._is_down:
                await self._rejoin(list(self._joined)[:1])
            elif self._to_rejoin:
                wanted, self._to_rejoin = self._to_rejoin & self._joined.keys(), set()
                await self._rejoin(wanted)
            else:
                self._tell_peers()
            await asyncio.sleep(RETRY_SECONDS)  # joining again is cheap, and often unnecessary

    async def _rejoin(self, boards: Iterable[UUID]) -> None:
        for board_id in boards:
            if not await self._reach(self._join(board_id)):
                return

    def _tell_peers(self) -> None:
        for board_id, process in self._peers.expire():
            self._host.process_left(board_id, process)
        for board_id in list(self._peers.heard_at):
            self.publish(board_id, HERE, seq=self._host.seq_of(board_id))

    # --- receiving

    async def _receive(self) -> None:
        while True:
            try:
                message = await self._layer.receive(self._channel or await self._own_channel())
            except Exception as error:  # noqa: BLE001
                self._fail(error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if message.get("from") == self._process:
                continue
            try:
                self._take(UUID(message["board"]), message)
            except Exception:
                logger.exception("channel layer: a message could not be handled")

    def _take(self, board_id: UUID, message: BusMessage) -> None:
        if board_id not in self._joined:
            return
        process, kind = message.get("from"), message["type"]
        if kind == GOODBYE:
            self._peers.forget(board_id, message["from"])
            self._host.process_left(board_id, message["from"])
            return
        # What programs announce comes from no process that has the board open.
        if process is not None and self._peers.hear(board_id, process):
            self._host.process_came(board_id)
        if kind == HELLO:
            here = self._message(board_id, HERE, seq=self._host.seq_of(board_id))
            self._queue(_Outgoing(self._layer.send, message["channel"], here))
        if kind in (HELLO, HERE):
            self._host.others_are_at(board_id, message["seq"])
        else:
            self._host.receive(board_id, message)
