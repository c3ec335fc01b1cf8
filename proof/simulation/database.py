"""The database that all simulated processes share, and everything that can happen to a statement.

It has the tables of the engine with the queries that the engine makes, transactions, and the group
commit. A transaction is one moment: others see nothing of it before and everything after, as with
one writer at a time on SQLite. Between statements other processes may do anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import ApiToken
from boards.models import Board, BoardPermission, LiveConnection, Visit
from proof.simulation.conditions import Row
from proof.simulation.tables import Table
from sync.models import (
    ConnectedCount,
    DocumentClient,
    DocumentSnapshot,
    DocumentUpdate,
    JobAttempt,
    LoadAttempt,
)
from sync.storage.batches import LOCK_SECONDS, Batch, BoardsHeldError

UNIQUE: dict[Any, tuple[tuple[str, ...], ...]] = {
    ApiToken: (),
    Board: (),
    BoardPermission: (("board_id", "user_id"),),
    ConnectedCount: (("process", "board_id"),),
    DocumentClient: (("board_id", "client_id"),),
    DocumentSnapshot: (("board_id", "seq"),),
    DocumentUpdate: (("board_id", "seq"),),
    JobAttempt: (("board_id", "work"),),
    LiveConnection: (),
    LoadAttempt: (("board_id",),),
    Session: (),
    User: (),
    Visit: (),
}
"""The models that the engine reads and writes, and what must be unique in each."""

Committed = Callable[[UUID, int, Batch], None]


class Database:
    """All tables, and the transaction that is open at this moment, if one is."""

    def __init__(self) -> None:
        self.tables = {model: Table(self, model, unique) for model, unique in UNIQUE.items()}
        self.audit: list[Row] = []
        self.events: Counter[str] = Counter()
        """How often something limited happened, by the key of its limit."""
        self.before: Callable[[], None] = lambda: None
        """Called before a statement or a transaction reaches the database; may raise."""
        self.after: Callable[[], None] = lambda: None
        """Called before its answer reaches the process; may raise."""
        self.held: set[UUID] = set()
        """Boards that somebody else keeps locked."""
        self.wait: Callable[[float], None] = lambda seconds: None
        """Stops who asks for so long."""
        self.on_commit: list[Committed] = []
        """Called with the board, the sequence and the batch at the moment it is committed."""
        self._depth = 0
        self._undo: list[Callable[[], object]] = []
        self._written: list[tuple[UUID, int, Batch]] = []

    def table(self, model: Any) -> Table:
        return self.tables[model]

    # --- statements and transactions

    def begin_statement(self) -> None:
        if not self._depth:
            self.before()

    def end_statement(self, *, has_written: bool) -> None:
        if not self._depth:
            self._undo.clear()
            self.after()

    def can_undo(self, undo: Callable[[], object]) -> None:
        self._undo.append(undo)

    @contextmanager
    def atomic(self, using: Any = None, **_: Any) -> Iterator[None]:
        """`transaction.atomic`: all of it or nothing; inside another one, a savepoint."""
        if self._depth == 0:
            self.before()
        mark = len(self._undo)
        self._depth += 1
        try:
            yield
        except BaseException:
            while len(self._undo) > mark:
                self._undo.pop()()
            self._depth -= 1
            raise
        self._depth -= 1
        if not self._depth:
            self._commit()
            self.after()

    def _commit(self) -> None:
        self._undo.clear()
        written, self._written = self._written, []
        for board_id, seq, batch in written:
            for told in self.on_commit:
                told(board_id, seq, batch)

    # --- what the engine does below Django

    def write_batches(self, batches: Mapping[int, Batch]) -> set[int]:
        """`sync.storage.batches.write_batches`: every batch whose board is where it expects it; as
        on PostgreSQL, none if others keep one of the boards locked.
        """
        if not self._depth and self._are_held(batches):
            self.wait(LOCK_SECONDS)
            if self._are_held(batches):
                raise BoardsHeldError("canceling statement due to lock timeout")
        written: set[int] = set()
        with self.atomic():
            for number, batch in batches.items():
                if self._write(batch):
                    written.add(number)
        return written

    def _are_held(self, batches: Mapping[int, Batch]) -> bool:
        return any(one.board_id in self.held for one in batches.values())

    def boards_held(self, board_ids: Collection[UUID]) -> set[UUID]:
        """`sync.storage.batches.boards_held`."""
        if board_ids:
            self.begin_statement()
        return self.held.intersection(board_ids)

    def _write(self, batch: Batch) -> bool:
        boards = self.table(Board)
        places = [at for at, row in boards.rows.items() if row["id"] == batch.board_id]
        if not places:
            return False
        board = boards.rows[places[0]]
        is_there = board["head_seq"] == batch.base_seq and board["deleted_at"] is None
        if not is_there or board["access_version"] != batch.access_version:
            return False
        seq, now = batch.base_seq + 1, timezone.now()
        stored = board["document_bytes"] + len(batch.payload)
        boards.change(
            places[0], {"head_seq": seq, "last_activity_at": now, "document_bytes": stored}
        )
        self.table(DocumentUpdate).insert(
            {
                "board_id": batch.board_id,
                "seq": seq,
                "payload": batch.payload,
                "author_id": batch.author_id,
                "created_at": now,
            }
        )
        self._claim(batch, seq)
        self._written.append((batch.board_id, seq, batch))
        self.can_undo(self._written.pop)
        return True

    def _claim(self, batch: Batch, seq: int) -> None:
        """Of two claims of one client id the first wins."""
        clients = self.table(DocumentClient)
        taken = {
            row["client_id"] for row in clients.rows.values() if row["board_id"] == batch.board_id
        }
        for client, user in batch.claims:
            if client not in taken:
                taken.add(client)
                clients.insert(
                    {"board_id": batch.board_id, "client_id": client, "user_id": user, "seq": seq}
                )

    def audit_record(self, **row: Any) -> None:
        """`audit.services.audit_record`: one row in the open transaction."""
        self.audit.append(row)
        self.can_undo(self.audit.pop)

    def count_event(self, limit: Any, *, write: Callable[[], object] | None = None) -> Any:
        """`accounts.limits.throttle.count_event` for one limit, whose window never ends."""
        if self.events[limit.key] >= limit.limit:
            return limit
        with self.atomic():
            self.events[limit.key] += 1
            self.can_undo(lambda: self.events.subtract([limit.key]))
            if write is not None:
                write()
        return None

    # --- for the script and for what is checked at the end; no statements

    def row(self, model: Any, **values: Any) -> Row | None:
        """A row as it is now."""
        for row in self.table(model).rows.values():
            if all(row[column] == value for column, value in values.items()):
                return row
        return None

    def rows(self, model: Any, **values: Any) -> list[Row]:
        """All such rows as they are now."""
        return [
            row
            for row in self.table(model).rows.values()
            if all(row[column] == value for column, value in values.items())
        ]
