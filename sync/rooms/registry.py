"""All rooms of this process: opens them, rebuilds them, and closes idle ones."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from boards.board_state import facts_of
from sync import metrics
from sync.access.tracker import AccessTracker
from sync.rooms.background import Background, on_thread
from sync.rooms.bus import EVENT, Bus
from sync.rooms.committer import Committer
from sync.rooms.departure import MOVING, RESTARTING, send_away, sockets_by_board
from sync.rooms.events import EventHub, Listener
from sync.rooms.member import Member
from sync.rooms.news import News
from sync.rooms.room import Room
from sync.rooms.state import RoomEntry, State, rooms_to_close
from sync.rooms.upkeep import Upkeep
from sync.storage.attempts import ask_for_fresh_history
from sync.storage.log import Head, read_board
from sync.storage.store import Store
from sync.wire.close_codes import CloseCode

IDLE_ON_BUS_SECONDS = 10.0
"""How long a room without members still listens to other processes: people reload their pages."""


class RestartingError(Exception):
    """The process is shutting down; the client should reconnect."""


class Rooms:
    """The registry; one per event loop, that is, per process."""

    def __init__(self) -> None:
        self.access = AccessTracker(self)
        self.hub = EventHub(self.access)
        self._store = Store()
        process = uuid4()
        self._entries: dict[UUID, RoomEntry] = {}
        self._bus = Bus(News(self._entries, self.hub, self), process.hex)
        self._committer = Committer(self._store, self)
        self._background = Background()
        self._upkeep = Upkeep(self._bus, self.access, self.hub, self._background, self, process)
        self._is_closing = False

    # --- joining and leaving

    async def join(self, member: Member) -> Room:
        """Adds a member to the room of its board, loading the room if necessary.

        Raises:
            BoardGoneError, LogDamagedError, DocumentError, django.db.Error: the board cannot be
                loaded.
            RestartingError: the process is about to end.
        """
        entry = await self._loaded_entry(member.admission.access.board_id)
        room = entry.room
        entry.become_active()
        room.join(member)
        if member.admission.head_seq > room.head.seq:
            # Content that was removed before they were let in is not for them.
            room.mark_behind()
        self._upkeep.start()
        self.access.add(member)
        # Before its first frame is read:
        try:
            if not room.is_on_bus:
                await self._return_to_bus(room)
            version = member.admission.access.access_version
            if version != room.head.access_version or not self.access.is_current(member):
                # The room may know of a change after the admission, and then the database would no
                # longer refuse the member's edits.
                await self.access.refresh(room.board_id)
        except BaseException:
            self.leave(room, member)
            raise
        return room

    async def _loaded_entry(self, board_id: UUID) -> RoomEntry:
        while True:
            if self._is_closing:
                raise RestartingError
            entry = self._entries.get(board_id)
            if entry is None:
                entry = self._entries[board_id] = RoomEntry(board_id)
                entry.load_by(asyncio.create_task(self._load(entry), name="canvas-load"))
            if entry.is_loaded:
                return entry
            # Checked again: the room may have been closed in between.
            await entry.loaded()

    async def _load(self, entry: RoomEntry) -> None:
        board_id = entry.board_id
        try:
            await self._bus.join(board_id)
            loaded = await self._store.load(board_id)
        except BaseException:
            metrics.LOADS.labels("failed").inc()
            self._evict(entry)
            await self._bus.leave(board_id)
            raise
        room = Room(board_id, loaded.document, loaded.head, self._bus, self._committer, self)
        entry.become_loaded(room)
        metrics.LOADS.labels("loaded").inc()
        if entry.has_missed_updates:
            room.mark_behind()
        # The room is kept until someone joins, who may have given up meanwhile.
        self._evict_later(entry)
        for idle in rooms_to_close(self._entries.values(), besides=entry):
            self._unload(idle)

    def leave(self, room: Room, member: Member) -> None:
        """Removes a member; the last one starts the idle timer."""
        self.access.remove(member)
        room.leave(member)
        entry = self._entry_of(room)
        if entry is not None and not room.members:
            self._evict_later(entry)

    def _entry_of(self, room: Room) -> RoomEntry | None:
        """The entry of a room, unless the room has been given up."""
        return self._entries[room.board_id] if self.room_of(room.board_id) is room else None

    def _evict_later(self, entry: RoomEntry) -> None:
        loop = asyncio.get_running_loop()
        entry.become_idle(loop.call_later(settings.CANVAS_ROOM_IDLE_SECONDS, self._unload, entry))
        loop.call_later(IDLE_ON_BUS_SECONDS, self._leave_bus, entry)
        # Rooms that have been idle longest come first.
        self._entries[entry.board_id] = self._entries.pop(entry.board_id)

    async def _return_to_bus(self, room: Room) -> None:
        room.is_on_bus = True
        await self._bus.join(room.board_id)
        room.mark_behind()  # what others committed meanwhile

    def _leave_bus(self, entry: RoomEntry) -> None:
        """Other processes need not tell a room without members what they commit."""
        if entry.state is State.IDLE and not entry.waiting:
            self._forget_on_bus(entry.room)

    def _unload(self, entry: RoomEntry) -> None:
        if entry.state is not State.IDLE:
            return
        if entry.waiting or entry.room.is_committing or entry.room.queue:
            self._evict_later(entry)
            return
        metrics.UNLOADS.inc()
        self._evict(entry)
        entry.room.presence.close()
        self._forget_on_bus(entry.room)
        entry.room.discard_document()

    def _forget_on_bus(self, room: Room) -> None:
        if room.is_on_bus:
            room.is_on_bus = False
            self._background.spawn(self._bus.leave(room.board_id))

    def _evict(self, entry: RoomEntry) -> None:
        entry.become_closing()
        del self._entries[entry.board_id]

    # --- reports from lower layers (`Host`, `Boards`)

    def rooms(self) -> dict[UUID, Room]:
        """The loaded rooms by board."""
        return {key: entry.room for key, entry in self._entries.items() if entry.is_loaded}

    def room_of(self, board_id: UUID) -> Room | None:
        """The loaded room of a board."""
        entry = self._entries.get(board_id)
        return entry.room if entry is not None and entry.is_loaded else None

    def tell(self, board_id: UUID, event: dict[str, Any]) -> None:
        """Sends an event to everyone listening to a board, here and in other processes."""
        self.hub.send(board_id, event)
        self._bus.publish(board_id, EVENT, event=event)

    def board_is_full(self, board_id: UUID) -> None:
        """Asks the compaction for a fresh history."""
        self._background.spawn(on_thread(ask_for_fresh_history, board_id))

    async def head_has_moved(self, room: Room, head: Head) -> None:
        """Handles a commit by another process."""
        if not self._bus.has_listeners(room.board_id):
            self._bus.rejoin(room.board_id)
        if head.access_version != room.head.access_version:
            await self.access.refresh(room.board_id)

    def room_has_failed(self, room: Room) -> None:
        """Gives up a room: its document may hold uncommitted changes, so nobody may see it."""
        self._close(room, CloseCode.STORAGE_UNAVAILABLE, "The storage does not answer.")

    def waiting_authors(self, board_id: UUID) -> set[Member]:
        """The authors of uncommitted edits to a board."""
        room = self.room_of(board_id)
        return set() if room is None else room.waiting_authors()

    def access_was_resolved(self, board_id: UUID, head: Head) -> None:
        """From now on batches are based on this access version."""
        if room := self.room_of(board_id):
            room.head = Head(room.head.seq, head.access_version)

    def access_has_changed(self, board_id: UUID) -> None:
        """Checks all sockets of the board again."""
        self._background.spawn(self.access.refresh(board_id))

    def board_is_gone(self, board_id: UUID) -> None:
        """Closes all sockets of the board."""
        self._background.spawn(self.access.refresh(board_id))
        if room := self.room_of(board_id):
            self._close(room, CloseCode.BOARD_GONE, "This board is in the trash.")

    def board_goes_home(self, board_id: UUID) -> None:
        """Sends everybody on the board away: the proxy takes them to the server that called it."""
        self._upkeep.connected.has_gone_home(board_id)
        sockets = sockets_by_board([board_id], self.rooms(), self.hub)
        self._background.spawn(send_away(sockets, MOVING, in_turn=True))

    def _close(self, room: Room, code: CloseCode, reason: str) -> None:
        room.close(code, reason)
        if entry := self._entry_of(room):
            self._evict(entry)
            self._forget_on_bus(room)

    # --- events sockets

    async def listen(self, listener: Listener) -> None:
        """Adds an events socket."""
        board_id = listener.access.board_id
        self._upkeep.start()
        if self.hub.add(listener):
            await self._bus.join(board_id)
        # Read after the socket has subscribed, so that no change is missed in between.
        board = await on_thread(read_board, board_id)
        if board is not None:
            self.access.learn(board_id, board.access_version)
        if not self.access.is_current(listener):
            await self.access.refresh(board_id)
        if board is not None:
            self.hub.tell(listener, facts_of(board))

    async def stop_listening(self, listener: Listener) -> None:
        """Removes an events socket."""
        if self.hub.remove(listener):
            await self._bus.leave(listener.access.board_id)
        await listener.stop()

    # --- stopping

    async def close(self) -> None:
        """Closes all sockets, a few at a time, commits what is queued, and ends all tasks.

        What a closed socket still sends is dropped: it was never confirmed, and comes again.
        """
        self._is_closing = True
        rooms = self.rooms()
        sockets = sockets_by_board(rooms.keys() | set(self.hub.boards()), rooms, self.hub)
        await send_away(sockets, RESTARTING, in_turn=self._bus.has_others)
        await self._upkeep.stop()
        rooms = self.rooms()
        for room in rooms.values():
            room.is_draining = True
            room.presence.close()
        await self._committer.drain()
        members = [member for room in rooms.values() for member in room.members]
        await asyncio.gather(*(member.stop() for member in members))
        for entry in list(self._entries.values()):
            if entry.is_loaded:
                self._evict(entry)
        await self._background.wait()
        await self._upkeep.connected.withdraw()
        await self._bus.close()
        self._store.close()
