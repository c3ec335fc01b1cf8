"""Once a second, fetches what the bus lost and keeps silent sockets alive."""

import asyncio
import itertools
import logging
from collections.abc import Mapping
from uuid import UUID

from accounts.tokens.services import tokens_used
from boards.board_state import read_facts
from boards.quotas.checks import bytes_left_on
from boards.visits.record import RENEW_SECONDS, end_old_visits, visits_renew
from sync.access.tracker import AccessTracker
from sync.rooms.background import Background, ended, on_thread
from sync.rooms.bus import Bus
from sync.rooms.connected import ConnectedReport, renew_connections
from sync.rooms.events import EventHub
from sync.rooms.room import Host, Room
from sync.storage.log import read_heads
from sync.wire.frames import KEEP_ALIVE

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
BUS_SECONDS = 0.1
"""How long a message is usually on its way; under load a poll often overtakes some."""
KEEP_ALIVE_TICKS = 10
CONNECTED_TICKS = 5
RENEW_TICKS = 600


class Upkeep:
    """Compares the open boards of this process with the database, with two queries each time."""

    def __init__(
        self,
        bus: Bus,
        access: AccessTracker,
        hub: EventHub,
        background: Background,
        host: Host,
        process: UUID,
    ) -> None:
        self._bus = bus
        self._access = access
        self._hub = hub
        self._background = background
        self._host = host
        self.connected = ConnectedReport(process)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Starts, unless it is running already."""
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
                self._background.spawn(self._tell_connected())
            if tick % RENEW_SECONDS == 0:
                self._background.spawn(self._renew_visits())
            if tick % RENEW_TICKS == 0:
                self._background.spawn(self._renew_connections())

    async def _tell_connected(self) -> None:
        """Stores who is connected here, and looks which other processes have the same boards open:
        their hello may have been lost.
        """
        rooms = self._host.rooms()
        await self.connected.tell(rooms.values())
        if self._bus.has_others:
            boards = [board_id for board_id, room in rooms.items() if room.members]
            for board_id, processes in (await self.connected.others_on(boards)).items():
                self._bus.expect(board_id, processes)

    async def _renew_connections(self) -> None:
        await on_thread(renew_connections, self._access.admissions())

    async def _renew_visits(self) -> None:
        """Renews the visits of all sockets, and ends those of killed processes."""
        here = self._access.admissions()
        visits = {admission.visit_id for admission in here}
        tokens = {admission.token.id for admission in here if admission.token is not None}
        await on_thread(_renew_visits, visits, tokens)

    async def _poll(self) -> None:
        rooms = self._host.rooms()
        boards = rooms.keys() | set(self._access.boards())
        if not boards:
            return
        heads = await on_thread(read_heads, list(boards))
        behind: dict[Room, int] = {}
        for board_id in boards:
            head, room = heads.get(board_id), rooms.get(board_id)
            if head is None:
                self._host.board_is_gone(board_id)
                continue
            if room is not None and room.is_on_bus and head.seq > room.head.seq:
                behind[room] = head.seq
            is_older = room is not None and head.access_version != room.head.access_version
            if room is not None and head.seq == room.head.seq and not room.is_committing:
                room.size.stored = head.document_bytes  # smaller, after a compaction
            if is_older or self._access.has_other_than(board_id, head.access_version):
                self._host.access_has_changed(board_id)
        await self._ask_owners(rooms)
        await self._tell_what_was_lost()
        if behind:
            await asyncio.sleep(BUS_SECONDS)
            self._read_what_was_lost(behind)

    def _read_what_was_lost(self, behind: Mapping[Room, int]) -> None:
        """Reads the rows of rooms that still lack what was committed a moment ago."""
        for room, seq in behind.items():
            if seq > room.head.seq and not room.is_committing:
                self._bus.rejoin(room.board_id)
                room.mark_behind()

    async def _tell_what_was_lost(self) -> None:
        """Compares what pages were sent with what is stored."""
        listened = self._hub.boards()
        if listened:
            read = await on_thread(read_facts, listened)
            for board_id, facts in read.items():
                self._hub.compare(board_id, facts)

    async def _ask_owners(self, rooms: Mapping[UUID, Room]) -> None:
        """Reads the remaining quota of the owners of growing boards."""
        growing = [board_id for board_id, room in rooms.items() if room.size.should_ask]
        if growing:
            left = await on_thread(bytes_left_on, growing)
            for board_id in growing:
                if board_id in left:
                    rooms[board_id].size.owner_has(left[board_id])

    def _keep_alive(self) -> None:
        for room in self._host.rooms().values():
            for member in room.members:
                if not member.was_sent_to:
                    member.offer(KEEP_ALIVE, is_presence=True)
                member.was_sent_to = False


def _renew_visits(visit_ids: set[UUID], token_ids: set[UUID]) -> None:
    visits_renew(visit_ids)
    tokens_used(token_ids)
    end_old_visits()
