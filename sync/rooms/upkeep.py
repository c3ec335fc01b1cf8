"""Once a second: fills what the bus lost, and keeps sockets alive that nothing was sent to."""

import asyncio
import itertools
import logging
from collections.abc import Callable, Mapping
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from boards.board_state import Facts, read_facts
from boards.visits import RENEW_SECONDS, end_old_visits, visits_renew
from sync.access.tracker import AccessTracker
from sync.document.size import bytes_left_on
from sync.rooms.background import Background, ended
from sync.rooms.bus import Bus
from sync.rooms.connected import ConnectedReport, renew_connections
from sync.rooms.events import EventHub
from sync.rooms.room import Room
from sync.storage.log import Head, read_heads
from sync.wire.frames import KEEP_ALIVE

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
KEEP_ALIVE_TICKS = 10
CONNECTED_TICKS = 5
RENEW_TICKS = 600


class Upkeep:
    """Compares what this process holds of the open boards with the database, two queries a time.

    `on_access` is called with a board whose permissions changed, `on_gone` with one that is in the
    trash.
    """

    def __init__(
        self,
        bus: Bus,
        access: AccessTracker,
        hub: EventHub,
        background: Background,
        rooms: Callable[[], Mapping[UUID, Room]],
        on_access: Callable[[UUID], None],
        on_gone: Callable[[UUID], None],
    ) -> None:
        self._bus = bus
        self._access = access
        self._hub = hub
        self._background = background
        self._rooms = rooms
        self._on_access = on_access
        self._on_gone = on_gone
        self.connected = ConnectedReport()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins, if it has not yet."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="canvas-upkeep")

    async def stop(self) -> None:
        """Ends it."""
        if self._task is not None:
            await ended(self._task)

    async def _run(self) -> None:
        for tick in itertools.count(1):
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self._poll()
            except Exception:
                logger.exception("storage: the heads of the open boards could not be read")
            if tick % KEEP_ALIVE_TICKS == 0:
                self._keep_alive()
                self._background.spawn(self._access.refresh_ended())
            if tick % CONNECTED_TICKS == 0:
                self._background.spawn(self.connected.tell(self._rooms().values()))
            if tick % RENEW_SECONDS == 0:
                self._background.spawn(self._renew_visits())
            if tick % RENEW_TICKS == 0:
                self._background.spawn(self._renew_connections())

    async def _renew_connections(self) -> None:
        renew = sync_to_async(renew_connections, thread_sensitive=False)
        await renew(self._access.admissions())

    async def _renew_visits(self) -> None:
        """Says of the visits behind all sockets that they go on, and ends those of the dead."""
        visits = {admission.visit_id for admission in self._access.admissions()}
        await sync_to_async(_renew_visits, thread_sensitive=False)(visits)

    async def _poll(self) -> None:
        rooms = self._rooms()
        boards = rooms.keys() | set(self._access.boards())
        if not boards:
            return
        heads = await sync_to_async(_read_heads, thread_sensitive=False)(list(boards))
        for board_id in boards:
            head, room = heads.get(board_id), rooms.get(board_id)
            if head is None:
                self._on_gone(board_id)
                continue
            if room is not None and head.seq > room.head.seq and not room.is_committing:
                self._bus.suspect(board_id)
                room.mark_behind()
            is_older = room is not None and head.access_version != room.head.access_version
            if room is not None and head.seq == room.head.seq and not room.is_committing:
                room.size.stored = head.document_bytes  # less, after a compaction
            if is_older or self._access.has_other_than(board_id, head.access_version):
                self._on_access(board_id)
        await self._ask_owners(rooms)
        await self._tell_what_was_lost()

    async def _tell_what_was_lost(self) -> None:
        """Compares what the pages were sent with what is stored."""
        listened = self._hub.boards()
        if listened:
            read = await sync_to_async(_read_facts, thread_sensitive=False)(listened)
            for board_id, facts in read.items():
                self._hub.compare(board_id, facts)

    async def _ask_owners(self, rooms: Mapping[UUID, Room]) -> None:
        """Looks what the owners of growing boards may still store."""
        growing = [board_id for board_id, room in rooms.items() if room.size.should_ask]
        if growing:
            left = await sync_to_async(_bytes_left_on, thread_sensitive=False)(growing)
            for board_id in growing:
                if board_id in left:
                    rooms[board_id].size.owner_has(left[board_id])

    def _keep_alive(self) -> None:
        for room in self._rooms().values():
            for member in room.members:
                if not member.was_sent_to:
                    member.offer(KEEP_ALIVE, is_presence=True)
                member.was_sent_to = False


def _renew_visits(visit_ids: set[UUID]) -> None:
    try:
        visits_renew(visit_ids)
        end_old_visits()
    finally:
        close_old_connections()


def _read_heads(board_ids: list[UUID]) -> dict[UUID, Head]:
    try:
        return read_heads(board_ids)
    finally:
        close_old_connections()


def _read_facts(board_ids: list[UUID]) -> dict[UUID, Facts]:
    try:
        return read_facts(board_ids)
    finally:
        close_old_connections()


def _bytes_left_on(board_ids: list[UUID]) -> dict[UUID, int]:
    try:
        return bytes_left_on(board_ids)
    finally:
        close_old_connections()
