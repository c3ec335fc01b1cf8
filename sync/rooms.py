"""All rooms of this process: opens them, keeps them fresh, and lets idle ones go."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Coroutine
from uuid import UUID
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections

from sync import metrics
from sync.bus import ACCESS, DISCONNECT, EVENT, PRESENCE, UPDATE, Bus, BusMessage
from sync.close_codes import CloseCode
from sync.committer import Committer
from sync.connected import ConnectedReport
from sync.events import EventHub, Listener
from sync.log import Head, read_heads
from sync.member import Member
from sync.protocol import KEEP_ALIVE
from sync.reauthorize import refusal_of, resolve_all
from sync.room import Room
from sync.store import Outcome, Store

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
KEEP_ALIVE_TICKS = 10
CONNECTED_TICKS = 5
DISCONNECTED = "An administrator has disconnected everybody."


class Restarting(Exception):  # noqa: N818  a state, not a fault
    """The process is about to end; come back to the next one."""


class Rooms:
    """The registry; one for each event loop, that is: for each process."""

    def __init__(self) -> None:
        self.hub = EventHub()
        self._store = Store()
        self._bus = Bus(self._receive)
        self._connected = ConnectedReport()
        self._committer = Committer(self._store, self._recover, self._fail)
        self._rooms: dict[UUID, Room] = {}
        self._loading: dict[UUID, asyncio.Task[Room]] = {}
        self._rung_while_loading: set[UUID] = set()
        self._idle: dict[UUID, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ticker: asyncio.Task[None] | None = None
        self._is_closing = False

    # --- joining and leaving

    async def join(self, member: Member) -> Room:
        """Puts a member into the room of its board, loading it if need be.

        Raises:
            BoardGone, LogDamaged, DocumentError, django.db.Error: the board cannot be loaded.
            Restarting: the process is about to end.
        """
        board_id = member.admission.access.board_id
        room = await self._room_of(board_id)
        if timer := self._idle.pop(board_id, None):
            timer.cancel()
        room.join(member)
        self._start_ticker()
        if member.admission.access.access_version != room.head.access_version:
            # Before its first frame is read: the room may know of a change that came after the
            # member was let in, and then the database no longer refuses what it writes.
            try:
                await self._refresh_access(room)
            except BaseException:
                self.leave(room, member)
                raise
        return room

    async def _room_of(self, board_id: UUID) -> Room:
        while True:
            if self._is_closing:
                raise Restarting
            if room := self._rooms.get(board_id):
                return room
            loading = self._loading.get(board_id)
            if loading is None:
                loading = asyncio.create_task(self._load(board_id), name="canvas-load")
                self._loading[board_id] = loading
            # One newcomer that gives up must not take the load from the others. Whether the room
            # is still there is asked again: it may have been let go in between.
            await asyncio.shield(loading)

    def _start_ticker(self) -> None:
        if self._ticker is None:
            self._ticker = asyncio.create_task(self._tick(), name="canvas-ticker")

    async def _load(self, board_id: UUID) -> Room:
        try:
            await self._bus.join(board_id)
            try:
                loaded = await self._store.load(board_id)
            except BaseException:
                metrics.LOADS.labels("failed").inc()
                await self._bus.leave(board_id)
                raise
            room = Room(board_id, loaded.document, loaded.head, self._bus, self._committer.wake)
            self._rooms[board_id] = room
            metrics.LOADS.labels("loaded").inc()
            metrics.ROOMS.set(len(self._rooms))
            if board_id in self._rung_while_loading:
                room.mark_behind()
            # Held until somebody joins, who may have given up meanwhile.
            self._let_go_when_idle(room)
            self._make_place(besides=board_id)
            return room
        finally:
            self._loading.pop(board_id, None)
            self._rung_while_loading.discard(board_id)

    def leave(self, room: Room, member: Member) -> None:
        """Takes a member out; the last one starts the timer that lets the room go."""
        room.leave(member)
        self._let_go_when_idle(room)

    def _let_go_when_idle(self, room: Room) -> None:
        if room.members or self._rooms.get(room.board_id) is not room:
            return
        loop = asyncio.get_running_loop()
        timer = loop.call_later(
            settings.CANVAS_ROOM_IDLE_SECONDS, lambda: self._spawn(self._unload(room))
        )
        if previous := self._idle.pop(room.board_id, None):
            previous.cancel()
        self._idle[room.board_id] = timer

    def _make_place(self, *, besides: UUID) -> None:
        """Lets the longest idle rooms go early while there are too many or too large ones."""
        count = len(self._rooms)
        size = sum(room.document.size_bytes for room in self._rooms.values())
        for board_id in list(self._idle):
            if count <= settings.CANVAS_MAX_ROOMS and size <= settings.CANVAS_MAX_ROOM_BYTES:
                return
            if board_id == besides:
                continue
            room = self._rooms[board_id]
            count -= 1
            size -= room.document.size_bytes
            self._spawn(self._unload(room))

    async def _unload(self, room: Room) -> None:
        if room.members or self._rooms.get(room.board_id) is not room:
            return
        if room.is_committing or room.queue:
            self._let_go_when_idle(room)
            return
        metrics.UNLOADS.inc()
        await self._forget(room)

    async def _forget(self, room: Room) -> None:
        if self._remove(room):
            await self._leave_bus(room.board_id)

    def _remove(self, room: Room) -> bool:
        if self._rooms.get(room.board_id) is not room:
            return False
        del self._rooms[room.board_id]
        metrics.ROOMS.set(len(self._rooms))
        if timer := self._idle.pop(room.board_id, None):
            timer.cancel()
        return True

    async def _leave_bus(self, board_id: UUID) -> None:
        await self._bus.leave(board_id)

    # --- when a batch cannot be committed as it stands

    async def _recover(self, room: Room, outcome: Outcome | None) -> None:
        if outcome is not None and outcome.head is None:
            self._close(room, CloseCode.BOARD_GONE, "This board is in the trash.")
            return
        if outcome is not None and outcome.head is not None:
            self._bus.suspect(room.board_id)
            if outcome.head.access_version != room.head.access_version:
                await self._refresh_access(room)
            may_commit = all(edit.member.can_edit for edit in room.batch)
            if may_commit and room.take_rows(outcome.head.seq, outcome.rows, outcome.claims):
                if room.batch:
                    self._committer.retry(room, room.pending_batch())
                else:
                    room.settle()
                return
        loaded = await self._store.load(room.board_id)
        room.rebuild(loaded.document, loaded.head.seq)

    def _fail(self, room: Room) -> None:
        """Gives a room up: its document may hold what is not committed, so nobody may see it."""
        self._close(room, CloseCode.STORAGE_UNAVAILABLE, "The storage does not answer.")

    def _close(self, room: Room, code: CloseCode, reason: str) -> None:
        room.close(code, reason)
        if self._remove(room):
            self._spawn(self._leave_bus(room.board_id))

    # --- access

    async def _refresh_access(self, room: Room) -> None:
        """Resolves everybody's access again: downgrades, upgrades or closes the sockets."""
        resolved: set[Member] = set()
        while True:
            waiting = {edit.member for edit in room.batch + room.queue}
            members = list(room.members | waiting)
            head, accesses = await resolve_all(room.board_id, [m.admission for m in members])
            for member, access in zip(members, accesses, strict=True):
                member.can_edit = access is not None and access.can_edit
                if refusal := refusal_of(head, member.admission, access):
                    member.close(refusal.code, refusal.reason)
            resolved.update(members)
            # Who came in meanwhile may have been let in by what was true before.
            if head is None or not room.has_admitted_before(head.access_version, resolved):
                break
        if head is not None:
            room.head = Head(room.head.seq, head.access_version)

    # --- events sockets

    async def listen(self, listener: Listener) -> None:
        """Adds an events socket."""
        if self.hub.add(listener):
            await self._bus.join(listener.access.board_id)
        self._start_ticker()

    async def stop_listening(self, listener: Listener) -> None:
        """Removes an events socket."""
        if self.hub.remove(listener):
            await self._bus.leave(listener.access.board_id)
        await listener.stop()

    # --- from the other processes

    def _receive(self, board_id: UUID, message: BusMessage) -> None:
        if message["type"] == EVENT:
            self.hub.send(board_id, message["event"])
            return
        if message["type"] == DISCONNECT:
            self.hub.close(board_id, CloseCode.RESTARTING, DISCONNECTED)
        if message["type"] == ACCESS:
            self._spawn(self.hub.refresh_access(board_id))
        room = self._rooms.get(board_id)
        if room is None:
            if board_id in self._loading:
                self._rung_while_loading.add(board_id)
            return
        kind = message["type"]
        if kind == UPDATE:
            claims = [(client, user) for client, user in message["claims"]]
            room.receive_remote_update(message["seq"], message["payload"], claims)
        elif kind == PRESENCE:
            room.presence.receive_remote(message["payload"])
        elif kind == ACCESS:
            self._spawn(self._refresh_access(room))
        elif kind == DISCONNECT:
            room.close(CloseCode.RESTARTING, DISCONNECTED)

    async def _tick(self) -> None:
        """Fills what the bus lost, and keeps sockets alive that nothing was sent to."""
        for tick in itertools.count(1):
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self._poll()
            except Exception:
                logger.exception("storage: the heads of the open boards could not be read")
            if tick % KEEP_ALIVE_TICKS == 0:
                self._keep_alive()
            if tick % CONNECTED_TICKS == 0:
                self._spawn(self._connected.tell(self._rooms.values()))

    async def _poll(self) -> None:
        rooms = dict(self._rooms)
        boards = rooms.keys() | self.hub.boards()
        if not boards:
            return
        heads = await sync_to_async(_read_heads, thread_sensitive=False)(list(boards))
        for board_id in self.hub.boards():
            head = heads.get(board_id)
            if head is None or self.hub.has_older_access(board_id, head.access_version):
                self._spawn(self.hub.refresh_access(board_id))
        for board_id, room in rooms.items():
            head = heads.get(board_id)
            if head is None:
                self._close(room, CloseCode.BOARD_GONE, "This board is in the trash.")
                continue
            if head.seq > room.head.seq and not room.is_committing:
                self._bus.suspect(board_id)
                room.mark_behind()
            if head.access_version != room.head.access_version:
                self._spawn(self._refresh_access(room))

    def _keep_alive(self) -> None:
        for room in self._rooms.values():
            for member in room.members:
                if not member.was_sent_to:
                    member.offer(KEEP_ALIVE, is_presence=True)
                member.was_sent_to = False

    # --- stopping

    async def close(self) -> None:
        """Commits what is queued, sends everybody away to come back later, and ends all tasks.

        What arrives meanwhile is not taken: it was never confirmed, and its client brings it again.
        """
        self._is_closing = True
        if self._ticker is not None:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
        for room in self._rooms.values():
            room.is_draining = True
        await self._committer.drain()
        members = [member for room in self._rooms.values() for member in room.members]
        for member in members:
            member.close(CloseCode.RESTARTING, "The server is restarting.")
        self.hub.close_all(CloseCode.RESTARTING, "The server is restarting.")
        await asyncio.gather(*(member.stop() for member in members))
        for timer in self._idle.values():
            timer.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._connected.withdraw()
        await self._bus.close()
        self._store.close()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(self._logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _logged(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception:
            logger.exception("rooms: background work failed")


def _read_heads(board_ids: list[UUID]) -> dict[UUID, Head]:
    try:
        return read_heads(board_ids)
    finally:
        close_old_connections()


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Rooms] = WeakKeyDictionary()


def rooms_of_this_process() -> Rooms:
    """The registry of the running event loop."""
    loop = asyncio.get_running_loop()
    rooms = _of_loop.get(loop)
    if rooms is None:
        rooms = _of_loop[loop] = Rooms()
    return rooms


async def close_rooms() -> None:
    """Ends the registry of the running event loop, if it has one."""
    loop = asyncio.get_running_loop()
    rooms = _of_loop.get(loop)
    if rooms is not None:
        await rooms.close()
        _of_loop.pop(loop, None)
