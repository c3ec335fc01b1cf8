"""Commits the batches of all rooms of this process together, one group after the other.

While one group is being committed the next one fills, so batches grow with the load and nothing
waits for a timer.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import InterfaceError, OperationalError

from sync import metrics
from sync.document.yjs import DocumentError
from sync.storage.batches import Batch
from sync.storage.store import Outcome, Store

if TYPE_CHECKING:
    from sync.rooms.room import Host, Room

logger = logging.getLogger(__name__)

MIN_WAIT_SECONDS = 1.0
STORAGE_DOWN = (OperationalError, InterfaceError, TimeoutError)
ROOMS_WORTH_A_COMMIT = 10
EDITS_WORTH_A_COMMIT = 20
MAX_PAUSE_SECONDS = 0.01
MANY_READERS = 60
SECONDS_FOR_A_READER = 0.00007
"""About ten times what a frame to one of them costs."""
MAX_REST_SECONDS = 0.035
HELD_PAUSE_SECONDS = 0.05
"""Until a board is tried again that somebody else has locked."""


class Committer:
    """Drives every room through apply, commit and fan-out, and recovers rooms that fail."""

    def __init__(self, store: Store, host: Host) -> None:
        self._store = store
        self._host = host
        self._waiting: dict[Room, None] = {}
        self._retries: dict[Room, Batch] = {}
        self._held: dict[Room, float] = {}
        """Since when others have the boards of these rooms locked."""
        self._next_start = 0.0
        self._resting: dict[Room, asyncio.TimerHandle] = {}
        self._task: asyncio.Task[None] | None = None
        self._recovering: set[asyncio.Task[None]] = set()

    def wake(self, room: Room) -> None:
        """Called when a room has something to commit or to read."""
        if room not in self._resting:
            self._waiting[room] = None
            self._start()

    async def drain(self) -> None:
        """Returns when nothing is waiting."""
        while True:
            for room in list(self._resting):
                self._end_rest(room)
            tasks = {task for task in (self._task, *self._recovering) if task is not None}
            if not tasks:
                return
            await asyncio.wait(tasks)

    def _start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="canvas-commit")

    async def _run(self) -> None:
        try:
            while self._waiting or self._retries:
                await self._wait_for_interval()
                group = self._take_group()
                if group:
                    await self._commit(group)
        finally:
            self._task = None

    async def _wait_for_interval(self) -> None:
        """Spaces out commits, so that each carries more under load; a lone edit does not wait.

        A commit, with a frame for every reader, costs about as much as ten boards or twenty edits
        in it. So the more the last one had, the longer the next one waits, up to 10 ms.
        """
        loop = asyncio.get_running_loop()
        if (pause := self._next_start - loop.time()) > 0:
            await asyncio.sleep(pause)

    def _take_group(self) -> dict[Room, Batch]:
        group, self._retries = self._retries, {}
        rooms, self._waiting = self._waiting, {}
        started = asyncio.get_running_loop().time()
        for room in rooms:
            try:
                batch = room.take_batch()
                if batch is None:
                    continue
                if batch.payload or room.is_behind:
                    group[room] = batch
                    self._let_rest(room)
                else:
                    room.settle()  # nothing in it was new
            except BaseException as error:  # noqa: BLE001  a pycrdt panic is no Exception
                self._load_again(room, error)
        edits = sum(len(room.batch) for room in group)
        self._next_start = started + pause_after(len(rooms), edits)
        return group

    def _let_rest(self, room: Room) -> None:
        """Every commit sends a frame to every reader. So where many read, commits of the room are
        further apart, unless there is more to apply than one can take; others need not wait for it.
        """
        if not room.queue and (seconds := rest_after(len(room.members))):
            loop = asyncio.get_running_loop()
            self._resting[room] = loop.call_later(seconds, self._end_rest, room)

    def _end_rest(self, room: Room) -> None:
        self._resting.pop(room).cancel()
        if room.has_work:
            self.wake(room)

    def _load_again(self, room: Room, error: BaseException) -> None:
        """What failed in one room affects only that room: it is loaded again, the others go on."""
        if isinstance(error, asyncio.CancelledError | KeyboardInterrupt | SystemExit):
            raise error
        if not isinstance(error, DocumentError):
            logger.error("board %s: the room failed", room.board_id, exc_info=error)
        self._start_recovery(room, None)

    async def _commit(self, group: dict[Room, Batch]) -> None:
        try:
            outcomes = await self._commit_patiently(list(group.values()))
        except STORAGE_DOWN:
            logger.exception("storage: does not answer, %d boards affected", len(group))
            for room in group:
                self._fail_alone(room)
            return
        except Exception:
            logger.exception("storage: a commit failed, %d boards affected", len(group))
            await self._give_up(group)
            return
        for room, outcome in zip(group, outcomes, strict=True):
            if self._held and not outcome.is_held:
                self._held.pop(room, None)
            try:
                if outcome.is_committed:
                    room.committed()
                elif outcome.is_held:
                    self._in_a_task(room, self._wait_for_board(room, group[room]))
                else:
                    self._start_recovery(room, outcome)
            except BaseException as error:  # noqa: BLE001  a pycrdt panic is no Exception
                self._load_again(room, error)

    async def _commit_patiently(self, batches: list[Batch]) -> list[Outcome]:
        """Retries while the storage does not answer; edits queue meanwhile.

        A commit whose answer was lost can be repeated: the head has moved, and the batch is found
        among the rows. One that never answers is abandoned: nobody was told that it is committed,
        and if it succeeds after all, rooms find it among the rows.
        """
        started = time.monotonic()
        deadline = started + settings.CANVAS_STORAGE_WAIT_SECONDS
        for attempt in itertools.count():
            try:
                async with asyncio.timeout(max(deadline - time.monotonic(), MIN_WAIT_SECONDS)):
                    outcomes = await self._store.commit(batches)
                metrics.COMMIT_SECONDS.observe(time.monotonic() - started)
                return outcomes
            except (OperationalError, InterfaceError):
                if time.monotonic() > deadline:
                    raise
                metrics.COMMIT_RETRIES.inc()
                logger.warning("storage: a commit failed, trying again", exc_info=attempt == 0)
                await asyncio.sleep(min(0.05 * 2**attempt, 1.0))
        raise AssertionError("unreachable")

    async def _give_up(self, group: dict[Room, Batch]) -> None:
        """Fails the rooms of a group; if only one is at fault, only that one."""
        if len(group) == 1:
            self._fail_alone(next(iter(group)))
            return
        for room, batch in group.items():
            await self._commit({room: batch})

    def _start_recovery(self, room: Room, outcome: Outcome | None) -> None:
        self._in_a_task(room, self._recover(room, outcome))

    def _in_a_task(self, room: Room, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._or_fail(room, work), name="canvas-recover")
        self._recovering.add(task)
        task.add_done_callback(self._recovering.discard)

    async def _or_fail(self, room: Room, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException:
            logger.exception("board %s: the room could not recover", room.board_id)
            self._fail_alone(room)

    async def _recover(self, room: Room, outcome: Outcome | None) -> None:
        """Rebases or rebuilds a room; without an outcome the document is loaded again."""
        if outcome is not None and outcome.is_unread:
            if await room.rebase_on_news():
                self._commit_again(room)
                return
            outcome = await self._store.catch_up(room.pending_batch())
        if outcome is not None and outcome.head is None:
            self._host.board_is_gone(room.board_id)
            return
        if outcome is not None and outcome.head is not None:
            await self._host.head_has_moved(room, outcome.head)
            if room.rebase(outcome):
                self._commit_again(room)
                return
        loaded = await self._store.load(room.board_id)
        room.rebuild(loaded.document, loaded.head.seq)

    async def _wait_for_board(self, room: Room, batch: Batch) -> None:
        """Pauses, holding up no other room, and commits the same batch again: it has the access
        version under which its edits were let in.

        Raises TimeoutError when they have kept it for as long as edits wait for a storage.
        """
        now = asyncio.get_running_loop().time()
        if now - self._held.setdefault(room, now) > settings.CANVAS_STORAGE_WAIT_SECONDS:
            raise TimeoutError("somebody else keeps the board locked")
        metrics.COMMIT_RETRIES.inc()
        await asyncio.sleep(HELD_PAUSE_SECONDS)
        self._retries[room] = batch._replace(was_held=True)
        self._start()

    def _commit_again(self, room: Room) -> None:
        """Commits a batch again that is applied already and now based on the new head."""
        if room.batch:
            self._retries[room] = room.pending_batch()
            self._start()
        else:
            room.settle()

    def _fail_alone(self, room: Room) -> None:
        """Gives up a room. Whatever goes wrong, the others go on."""
        self._held.pop(room, None)
        try:
            self._host.room_has_failed(room)
        except Exception:
            logger.exception("board %s: the room could not be closed", room.board_id)


def pause_after(rooms: int, edits: int) -> float:
    """The least seconds from the start of a commit of so many to the next one's."""
    times = 1 + rooms / ROOMS_WORTH_A_COMMIT + edits / EDITS_WORTH_A_COMMIT
    return min(settings.CANVAS_COMMIT_INTERVAL_MS / 1000 * times, MAX_PAUSE_SECONDS)


def rest_after(readers: int) -> float:
    """The least seconds from one commit of a room to its next one; 0 if few people read."""
    if readers < MANY_READERS:
        return 0.0
    return min(readers * SECONDS_FOR_A_READER, MAX_REST_SECONDS)
