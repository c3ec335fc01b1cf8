"""Commits batches of updates; the only writer of the update log.

One thread and one connection commit everything this process accepts: the current batches of all
rooms in one transaction, so that the cost of a durable commit is shared. Raw SQL, because this is
the hot path; Django's connection, because it works with both databases.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

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
from sync.storage.quarantine import counted_load
from sync.storage.write_lock import holding_write_lock
from sync.wire.lib0 import NO_LIMITS
from sync.wire.update import parse

_T = TypeVar("_T")


class Batch(NamedTuple):
    """What one room wants committed on top of `base_seq`; an empty payload only reads the head."""

    board_id: UUID
    base_seq: int
    access_version: int
    payload: bytes
    author_id: int | None
    claims: tuple[Claim, ...] = ()


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


COMMITTED = Outcome(is_committed=True)
GONE = Outcome(is_committed=False)


class Store:
    """Runs all database work of the rooms of one process away from its event loop."""

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1, "canvas-commit")
        self._readers = ThreadPoolExecutor(2, "canvas-read")

    async def commit(self, batches: list[Batch]) -> list[Outcome]:
        """Commits every batch whose board is still at the batch's base, all or nothing.

        When this returns, what is reported as committed is on disk. The outcomes are in the order
        of the batches.

        Raises:
            django.db.Error: the storage failed; nothing in this call may be treated as committed.
        """
        return await self._run(self._writer, lambda: _commit(batches))

    async def load(self, board_id: UUID) -> Loaded:
        """The document of a board.

        Raises:
            BoardGoneError: there is no such board, or it is in the trash.
            LogDamagedError, DocumentError, django.db.Error: it cannot be loaded.
            QuarantinedError (a LogDamagedError): it failed to load too often.
        """
        return await self._run(self._readers, lambda: _load_counted(board_id))

    def close(self) -> None:
        """Waits for running work and stops the threads."""
        self._writer.shutdown()
        self._readers.shutdown()

    async def _run(self, threads: ThreadPoolExecutor, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(threads, connected, work)


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


class _HeadMovedError(Exception):
    """At least one of the boards is not at its batch's base."""


def _commit(batches: list[Batch]) -> list[Outcome]:
    """Commits what all rooms of this process wait for, so it goes to the front of the write lock's
    queue.
    """
    writes = _in_order(batches)
    written: set[int] = set()
    if writes:
        with holding_write_lock(goes_first=True):
            written = _write(batches, writes)
    return _outcomes(batches, written)


def _in_order(batches: list[Batch]) -> list[int]:
    """The batches that write, in one global order: two processes never deadlock."""
    order = sorted(range(len(batches)), key=lambda index: batches[index].board_id.int)
    return [index for index in order if batches[index].payload]


def _outcomes(batches: list[Batch], written: set[int]) -> list[Outcome]:
    return [
        COMMITTED if index in written else _catch_up(batch) for index, batch in enumerate(batches)
    ]


def _write(batches: list[Batch], writes: list[int]) -> set[int]:
    """Writes what can be written in one transaction; returns what was written."""
    now = timezone.now()
    try:
        with transaction.atomic():
            _advance_heads([batches[index] for index in writes], now)
            _insert_rows([batches[index] for index in writes], now)
            return set(writes)
    except _HeadMovedError:
        pass
    with transaction.atomic():
        written = [index for index in writes if _advances_head(batches[index], now)]
        _insert_rows([batches[index] for index in written], now)
        return set(written)


_ADVANCE_HEAD = (
    "UPDATE boards_board SET head_seq = %s, last_activity_at = %s,"
    " document_bytes = document_bytes + %s"
    " WHERE id = %s AND head_seq = %s AND access_version = %s AND deleted_at IS NULL"
)
_INSERT_ROW = (
    "INSERT INTO sync_documentupdate (board_id, seq, payload, author_id, created_at)"
    " VALUES (%s, %s, %s, %s, %s)"
)
_INSERT_CLAIM = (
    "INSERT INTO sync_documentclient (board_id, client_id, user_id, seq)"
    " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
)


def _advance_heads(batches: list[Batch], now: datetime) -> None:
    """One call for all costs a third of one call each. Raises _HeadMovedError."""
    with connection.cursor() as cursor:
        cursor.executemany(_ADVANCE_HEAD, _advances(batches, now))
        if cursor.rowcount != len(batches):
            raise _HeadMovedError


def _advances_head(batch: Batch, now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE_HEAD, _advances([batch], now)[0])
        return bool(cursor.rowcount == 1)


def _advances(batches: list[Batch], now: datetime) -> list[tuple[Any, ...]]:
    time, to_id = _database_time(now), _database_uuid()
    return [
        (
            batch.base_seq + 1,
            time,
            len(batch.payload),
            to_id(batch.board_id),
            batch.base_seq,
            batch.access_version,
        )
        for batch in batches
    ]


def _insert_rows(batches: list[Batch], now: datetime) -> None:
    time, to_id = _database_time(now), _database_uuid()
    _insert(
        _INSERT_ROW,
        [
            (to_id(batch.board_id), batch.base_seq + 1, batch.payload, batch.author_id, time)
            for batch in batches
        ],
    )
    _insert(
        _INSERT_CLAIM,
        [
            (to_id(batch.board_id), client, user, batch.base_seq + 1)
            for batch in batches
            for client, user in batch.claims
        ],
    )


def _insert(statement: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)


def _database_uuid() -> Callable[[UUID], Any]:
    if connection.features.has_native_uuid_field:
        return lambda value: value
    return lambda value: value.hex


def _database_time(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _catch_up(batch: Batch) -> Outcome:
    head = read_head(batch.board_id)
    if head is None:
        return GONE
    rows = dense_rows(batch.board_id, batch.base_seq, head.seq)
    if rows is None:  # compacted away: only a load from the snapshot has them
        return Outcome(is_committed=False, head=head)
    claims = read_claims(batch.board_id, after=batch.base_seq)
    return Outcome(is_committed=False, head=head, rows=tuple(rows), claims=tuple(claims.items()))


def commit_now(batch: Batch) -> Outcome:
    """Commits one batch of a program on the calling thread; see `Store.commit`.

    Joins the caller's transaction, if there is one.
    """
    writes = _in_order([batch])
    return _outcomes([batch], _write([batch], writes) if writes else set())[0]


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
