"""Commits batches of updates, and tells rooms that are behind what they missed.

One thread and one connection commit everything this process accepts: the current batches of all
rooms in one transaction, so that the cost of a durable commit is shared.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, transaction

from sync.storage.attempts import counted_load
from sync.storage.batches import Batch, BoardsHeldError, boards_held, write_batches
from sync.storage.log import (
    BoardGoneError,
    Claim,
    Head,
    Loaded,
    dense_rows,
    load_document,
    read_claims,
    read_head,
)
from sync.storage.write_lock import holding_write_lock
from sync.wire.lib0 import NO_LIMITS
from sync.wire.update import parse

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a batch: committed as `base_seq + 1`, or refused because the head moved, with
    the new head and rows.

    `head` is None when the batch was committed, or when the board is gone.
    """

    is_committed: bool
    head: Head | None = None
    rows: tuple[tuple[int, bytes], ...] = ()
    claims: tuple[Claim, ...] = ()
    is_unread: bool = False
    """Whether the head moved, and nothing was read about it."""
    is_held: bool = False
    """Whether somebody else has the board locked, and nothing is known about it."""


COMMITTED = Outcome(is_committed=True)
GONE = Outcome(is_committed=False)
UNREAD = Outcome(is_committed=False, is_unread=True)
HELD = Outcome(is_committed=False, is_held=True)


class _Task(NamedTuple):
    work: Callable[[], Any]
    loop: asyncio.AbstractEventLoop
    result: asyncio.Future[Any]


class Worker:
    """Does one thing after the other, in order, on a thread of its own, for an event loop.

    `run_in_executor` joins two futures, each with a lock, a condition and callbacks: more Python
    for each commit than the commit itself.
    """

    def __init__(self, name: str) -> None:
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Callable[[], _T]) -> asyncio.Future[_T]:
        """What `work` returns or raises; it is not begun any more once the future is cancelled."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[_T] = loop.create_future()
        self._tasks.put(_Task(work, loop, result))
        return result

    def close(self) -> None:
        """Waits for what has been asked for, and ends the thread."""
        self._tasks.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            if task.result.cancelled():
                continue
            value, error = None, None
            try:
                value = task.work()
            except BaseException as raised:  # noqa: BLE001  raised again in the caller
                error = raised
            try:
                task.loop.call_soon_threadsafe(_settle, task.result, value, error)
            except RuntimeError:  # the loop has been closed: nobody waits any more
                continue
            finally:
                del task, value, error  # else the thread holds them until it has more to do


def _settle(result: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
    if result.done():  # cancelled meanwhile
        return
    if error is None:
        result.set_result(value)
    else:
        result.set_exception(error)


class Store:
    """Runs all database work of the rooms of one process away from its event loop."""

    def __init__(self) -> None:
        self._writer = Worker("canvas-commit")
        self._readers = ThreadPoolExecutor(2, "canvas-read")

    async def commit(self, batches: list[Batch]) -> list[Outcome]:
        """Commits every batch whose board is still at the batch's base, in one transaction.

        There is at most one batch for a board. When this returns, what is reported as committed is
        on disk. The outcomes are in the order of the batches. A board that somebody else keeps
        locked delays the others by a quarter of a second, the first time.

        Raises:
            django.db.Error: the storage failed; nothing in this call may be treated as committed.
        """
        return await self._writer.run(partial(connected, partial(_commit, batches)))

    async def catch_up(self, batch: Batch) -> Outcome:
        """What was committed on top of the batch's base. Raises django.db.Error."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, connected, partial(_catch_up, batch))

    async def load(self, board_id: UUID) -> Loaded:
        """The document of a board.

        Raises:
            BoardGoneError: there is no such board, or it is in the trash.
            LogDamagedError, DocumentError, django.db.Error: it cannot be loaded.
            QuarantinedError (a LogDamagedError): it failed to load too often.
        """
        loop, work = asyncio.get_running_loop(), partial(_load_counted, board_id)
        return await loop.run_in_executor(self._readers, connected, work)

    def close(self) -> None:
        """Waits for running work and stops the threads."""
        self._writer.close()
        self._readers.shutdown()


def _load_counted(board_id: UUID) -> Loaded:
    with counted_load(board_id):
        return load_document(board_id)


def connected(work: Callable[[], _T]) -> _T:
    """Runs database work on a thread that keeps its connection; a broken one is dropped."""
    try:
        return work()
    except DatabaseError:
        close_old_connections()
        connection.close()
        raise


def _commit(batches: list[Batch]) -> list[Outcome]:
    """Commits what all rooms of this process wait for, so it goes to the front of the write lock's
    queue.
    """
    writes = {number: batch for number, batch in enumerate(batches) if batch.payload}
    written, held = set[int](), set[UUID]()
    if writes:
        with holding_write_lock(goes_first=True):
            written, held = _write_those_that_are_free(writes)
    return _outcomes(batches, written, held)


def _write_those_that_are_free(writes: dict[int, Batch]) -> tuple[set[int], set[UUID]]:
    """The numbers of what was written, and the boards that others have locked."""
    held = boards_held([one.board_id for one in writes.values() if one.was_held])
    try:
        return _write_all_but(held, writes), held
    except BoardsHeldError:
        held = boards_held([one.board_id for one in writes.values()])
        return _write_all_but(held, writes), held


def _write_all_but(held: set[UUID], writes: dict[int, Batch]) -> set[int]:
    free = {number: one for number, one in writes.items() if one.board_id not in held}
    return write_batches(free) if free else set()


def _outcomes(batches: list[Batch], written: set[int], held: set[UUID]) -> list[Outcome]:
    return [
        COMMITTED
        if number in written
        else HELD
        if batch.board_id in held
        else _catch_up(batch)
        if batch.reads_rows or not batch.payload
        else UNREAD
        for number, batch in enumerate(batches)
    ]


def _catch_up(batch: Batch) -> Outcome:
    return news_since(batch.board_id, batch.base_seq)


def news_since(board_id: UUID, seq: int) -> Outcome:
    """What was committed after a sequence: the head and the rows, without rows if only a load has
    them. Without a head if the board is gone.
    """
    head = read_head(board_id)
    if head is None:
        return GONE
    rows = dense_rows(board_id, seq, head.seq)
    if rows is None:  # compacted away: only a load from the snapshot has them
        return Outcome(is_committed=False, head=head)
    claims = read_claims(board_id, after=seq)
    return Outcome(is_committed=False, head=head, rows=tuple(rows), claims=tuple(claims.items()))


def commit_now(batch: Batch) -> Outcome:
    """Commits one batch of a program on the calling thread; see `Store.commit`.

    Joins the caller's transaction, if there is one.
    """
    written: set[int] = set()
    if batch.payload:
        with transaction.atomic():
            written = write_batches({0: batch})
    return _outcomes([batch], written, set())[0]


def append_update(board_id: UUID, payload: bytes, author_id: int | None = None) -> None:
    """Commits one update of a program's own to a board that nobody has open, on top of its head.

    Raises:
        BoardGoneError: there is no such board.
        RuntimeError: somebody else committed at the same moment; try again.
    """
    head = read_head(board_id)
    if head is None:
        raise BoardGoneError(str(board_id))
    claims = tuple((client, author_id) for client, _, _ in parse(payload, NO_LIMITS).ranges)
    batch = Batch(board_id, head.seq, head.access_version, payload, author_id, claims)
    if not commit_now(batch).is_committed:
        raise RuntimeError("the board changed at the same moment")
