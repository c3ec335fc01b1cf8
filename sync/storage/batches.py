"""Writes batches of updates, each if its board is still where the batch expects it; the only writer
of the update log.

This is the hot path, so it talks to the driver's own connection, below Django's cursor. PostgreSQL
gets everything in one statement, which is a transaction by itself. SQLite lives in this process,
so there the same few statements for every batch are quickest.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.utils import timezone

from sync.storage.log import Claim

if TYPE_CHECKING:
    import psycopg

LOCK_SECONDS = 0.25
"""How long a commit waits on PostgreSQL for boards that others have locked: usually for as long as
a request writes, but a frozen server keeps them.
"""


class BoardsHeldError(OperationalError):
    """Others kept some of the boards locked, and nothing was written."""


class Batch(NamedTuple):
    """What one room wants committed on top of `base_seq`; an empty payload only reads the head."""

    board_id: UUID
    base_seq: int
    access_version: int
    payload: bytes
    author_id: int | None
    claims: tuple[Claim, ...] = ()
    reads_rows: bool = True
    """Whether the missed rows are read at once if the head has moved."""
    was_held: bool = False
    """Whether others had the board locked the last time."""


def write_batches(batches: Mapping[int, Batch]) -> set[int]:
    """Writes every batch whose board is at its base, has its access version and is not in the
    trash; returns the numbers of those that were written.

    There is at most one batch for a board. If no transaction is open, this is one; on SQLite the
    caller holds the write lock then. PostgreSQL locks the boards in order of their ids, so that two
    processes that write at once never deadlock.

    Raises:
        BoardsHeldError: others kept boards locked for `LOCK_SECONDS`. Not in an open transaction,
            which waits.
        django.db.Error: the storage failed, and nothing was written, or the answer was lost. An
            open transaction has to be rolled back, to a savepoint at least.
    """
    database = connections[DEFAULT_DB_ALIAS]  # once: looking it up costs as much as a row
    database.ensure_connection()
    with database.wrap_database_errors:
        if database.vendor == "postgresql":
            wait = 0.0 if database.in_atomic_block else LOCK_SECONDS
            return _write_to_postgresql(database.connection, batches, wait)
        now = str(database.ops.adapt_datetimefield_value(timezone.now()))
        if database.in_atomic_block:
            return _write_to_sqlite(database.connection, batches, now)
        return _commit_to_sqlite(database.connection, batches, now)


def boards_held(board_ids: Collection[UUID]) -> set[UUID]:
    """Those that others have locked at this moment; none on SQLite. Raises django.db.Error."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql" or not board_ids:
        return set()
    with database.cursor() as cursor:
        cursor.execute(_FREE, [list(board_ids), list(board_ids)])
        return {board_id for (board_id,) in cursor}


_FREE = """SELECT id FROM boards_board WHERE id = ANY(%s) AND id NOT IN (
  SELECT id FROM boards_board WHERE id = ANY(%s) FOR NO KEY UPDATE SKIP LOCKED)"""
# `waits` is read before anything is locked; 0 waits for ever. A setting of the session would stay
# in PgBouncer's for others, and one of a transaction needs two round trips more.
#
# `held` locks the boards in order before `moved` touches them, whatever the plan: `moved` gets to
# a board only through `held`. It also says how they are now, after waiting for other writers. A
# condition on `board.head_seq` instead would see what it was when the statement began.
_STATEMENT = """WITH batch AS (
  SELECT * FROM unnest(%t::int4[], %t::uuid[], %t::int8[], %t::int8[], %b::bytea[], %t::int8[])
    AS batch (number, board_id, base_seq, access_version, payload, author_id)
), waits AS MATERIALIZED (
  SELECT set_config('lock_timeout', %t, true) AS milliseconds
), held AS (
  SELECT id, head_seq, access_version, deleted_at FROM boards_board
  WHERE id IN (SELECT board_id FROM batch) AND (SELECT milliseconds FROM waits) IS NOT NULL
  ORDER BY id FOR NO KEY UPDATE
), moved AS (
  UPDATE boards_board AS board SET head_seq = batch.base_seq + 1, last_activity_at = %t,
    document_bytes = document_bytes + length(batch.payload)
  FROM batch JOIN held ON held.id = batch.board_id AND held.head_seq = batch.base_seq
    AND held.access_version = batch.access_version AND held.deleted_at IS NULL
  WHERE board.id = held.id
  RETURNING batch.number, board.id, board.head_seq, batch.payload, batch.author_id
), written AS (
  INSERT INTO sync_documentupdate (board_id, seq, payload, author_id, created_at)
  SELECT id, head_seq, payload, author_id, %t FROM moved
){} SELECT number FROM moved"""
# Of two claims of one client id the first wins.
_CLAIMED = """, claimed AS (
  INSERT INTO sync_documentclient (board_id, client_id, user_id, seq)
  SELECT moved.id, claim.client_id, claim.user_id, moved.head_seq
  FROM unnest(%t::int4[], %t::int8[], %t::int8[]) WITH ORDINALITY
    AS claim (number, client_id, user_id, place) JOIN moved USING (number)
  ORDER BY claim.place ON CONFLICT DO NOTHING
)"""
_WITHOUT_CLAIMS = _STATEMENT.format("")
_WITH_CLAIMS = _STATEMENT.format(_CLAIMED)


def _write_to_postgresql(
    database: "psycopg.Connection", batches: Mapping[int, Batch], wait_seconds: float
) -> set[int]:
    import psycopg  # only here: it takes memory that SQLite has no use for

    columns = [list(column) for column in zip(*batches.values(), strict=True)]
    now, wait = timezone.now(), str(int(wait_seconds * 1000))
    values: list[Any] = [list(batches), *columns[:5], wait, now, now]
    claims = [(number, *claim) for number, batch in batches.items() for claim in batch.claims]
    if claims:
        values += [list(column) for column in zip(*claims, strict=True)]
    # Django's cursor would write the values into the text of the statement, payloads as hex digits.
    with psycopg.Cursor(database) as cursor:
        try:
            cursor.execute(_WITH_CLAIMS if claims else _WITHOUT_CLAIMS, values)
        except psycopg.errors.LockNotAvailable as error:
            raise BoardsHeldError(str(error)) from None
        return {number for (number,) in cursor}


_ADVANCE_HEAD = (
    "UPDATE boards_board SET head_seq = ?, last_activity_at = ?,"
    " document_bytes = document_bytes + ?"
    " WHERE id = ? AND head_seq = ? AND access_version = ? AND deleted_at IS NULL"
)
_INSERT_ROW = (
    "INSERT INTO sync_documentupdate (board_id, seq, payload, author_id, created_at)"
    " VALUES (?, ?, ?, ?, ?)"
)
_INSERT_CLAIM = (
    "INSERT INTO sync_documentclient (board_id, client_id, user_id, seq)"
    " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
)


def _commit_to_sqlite(
    database: sqlite3.Connection, batches: Mapping[int, Batch], now: str
) -> set[int]:
    database.execute("BEGIN IMMEDIATE")
    try:
        written = _write_to_sqlite(database, batches, now)
        database.commit()
    except BaseException:
        database.rollback()
        raise
    return written


def _write_to_sqlite(
    database: sqlite3.Connection, batches: Mapping[int, Batch], now: str
) -> set[int]:
    cursor = database.cursor()
    written, rows, claims = set[int](), [], []
    for number, batch in batches.items():
        board_id, base_seq, access_version, payload, author_id, claimed, *_ = batch
        key, seq = board_id.hex, base_seq + 1
        cursor.execute(_ADVANCE_HEAD, (seq, now, len(payload), key, base_seq, access_version))
        if cursor.rowcount:
            written.add(number)
            rows.append((key, seq, payload, author_id, now))
            claims += [(key, client, user, seq) for client, user in claimed]
    _insert(cursor, _INSERT_ROW, rows)
    _insert(cursor, _INSERT_CLAIM, claims)
    return written


def _insert(cursor: sqlite3.Cursor, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    cursor.executemany(statement, rows)
