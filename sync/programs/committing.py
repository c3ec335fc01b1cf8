"""Commits what a program has changed in a document, on a board on which others may be drawing.

Between reading a board and committing a change of it, others commit all the time. What touches
nothing that the change touches is taken into the document, and the change is committed on top of
it, in the same transaction. Where both touch the same value, or one deletes what the other builds
on, the change is made again on what the others wrote: as if it had begun after them.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from accounts.tokens.services import tokens_now
from audit.actor import ActorToken
from boards.access.resolve import resolve_access
from boards.access.scopes import Scopes
from boards.models import Board
from boards.quotas.checks import require_place_for_drawing
from boards.writing import Record
from sync.document.document import Document
from sync.programs.documents import InUse, document_in_use, turn_of
from sync.rooms.announce import announce
from sync.rooms.bus import UPDATE
from sync.storage.batches import Batch
from sync.storage.log import Claim, Head
from sync.storage.store import Outcome, commit_now
from sync.storage.write_lock import holding_write_lock
from sync.wire.budgets import Deletions
from sync.wire.frames import EMPTY_UPDATE
from sync.wire.lib0 import NO_LIMITS
from sync.wire.parsed import Parsed
from sync.wire.update import parse

ATTEMPTS = 8
ATTEMPTS_WITH_OTHERS = 4
ALONE_SECONDS = 0.05
"""A change that is made in less time is made while the board is locked, if others were quicker so
often. On SQLite all boards wait for it.
"""
TAKEN_BYTES = 32_000
"""How much of others is taken while the board is locked, on SQLite all boards: some milliseconds'
worth."""
Expects = Callable[[int], bool]
"""Whether the caller's change was made for this sequence."""


class NotAllowedError(Exception):
    """The user, or the program's token, may no longer edit the board."""


class NotExpectedError(Exception):
    """The board is not at a sequence that the caller accepts."""


class ConflictError(Exception):
    """The update has a gap, or others were quicker every time."""


class Made(NamedTuple):
    """An update ready to be logged, what is in it, and the client ids that it claims."""

    update: bytes
    parsed: tuple[Parsed, ...]
    claims: tuple[Claim, ...]


NOTHING_MADE = Made(EMPTY_UPDATE, (), ())


class _Touched:
    """What a change writes, builds on and deletes."""

    def __init__(self, parsed: Sequence[Parsed]) -> None:
        self._writers = {client for one in parsed for client, _, _ in one.ranges}
        self._places = {place for one in parsed for place in one.places}
        self._deleted = Deletions()
        needs: dict[int, list[int]] = {}
        for one in parsed:
            self._deleted.add(one.deletes)
            for client, clock in one.needs:
                needs.setdefault(client, []).append(clock)
        self._needs = {client: sorted(clocks) for client, clocks in needs.items()}

    def is_touched_by(self, row: Parsed) -> bool:
        """Whether the change might have been another one, had this row been there before."""
        return (
            any(client in self._writers for client, _, _ in row.ranges)
            or not self._places.isdisjoint(row.places)
            or any(self._is_deleted(*need) for need in row.needs)
            or any(self._needs_one_of(*deleted) for deleted in row.deletes)
        )

    def _is_deleted(self, client: int, clock: int) -> bool:
        return not self._deleted.unknown([(client, clock, clock + 1)])

    def _needs_one_of(self, client: int, start: int, end: int) -> bool:
        clocks = self._needs.get(client, [])
        at = bisect_left(clocks, start)
        return at < len(clocks) and clocks[at] < end


@dataclass(frozen=True, slots=True)
class Commit:
    """A change by a program, and under which conditions it may be committed."""

    board: Board
    client_id: int
    made_on: Callable[[Document], Made]
    """May be called several times, each time with a newer document."""
    user: User | None = None
    """None for the server itself, which needs no permission."""
    expects: Expects | None = None
    record: Record | None = None
    """Writes the audit row, in the same transaction, even if nothing changed."""
    token: ActorToken | None = None
    has_limit: bool = False

    def run(self) -> int:
        """Commits the change; returns the new head's sequence.

        Raises:
            QuotaError: the board or its owner is at a quota.
            NotAllowedError: the user may not edit.
            NotExpectedError: `expects` refuses the board's sequence.
            ConflictError: others were quicker every time.
            BoardGoneError, LogDamagedError, DocumentError: the board cannot be read.
        """
        board_id, took = self.board.pk, 0.0
        with turn_of(board_id, self.client_id):
            for attempt in range(ATTEMPTS):
                is_alone = attempt >= ATTEMPTS_WITH_OTHERS and took < ALONE_SECONDS
                with document_in_use(board_id, self.client_id) as used:
                    with self._alone() if is_alone else nullcontext():
                        started = time.thread_time()  # waiting for others is no work
                        made = self._made_and_committed(used, is_alone=is_alone)
                        took = time.thread_time() - started
                    if made is not None:
                        return self._announced(used, made)
        raise ConflictError("Others changed the board at every attempt; try again.")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else commits to the board meanwhile."""
        with holding_write_lock(), transaction.atomic():
            list(Board.objects.select_for_update(no_key=True).filter(pk=self.board.pk))
            yield

    def _made_and_committed(self, used: InUse, *, is_alone: bool) -> Made | None:
        """What was committed; None if it has to be made again."""
        used.is_as_committed = False
        if is_alone and not used.catch_up():
            return None
        self._require(used.head)
        made = self.made_on(used.document)
        if made.update == EMPTY_UPDATE:
            if self.record is not None:
                self.record()
            return made
        if self.has_limit:
            require_place_for_drawing(self.board.pk, len(made.update))
        touched = _Touched(made.parsed)
        with nullcontext() if is_alone else holding_write_lock(), transaction.atomic():
            is_committed = self._is_committed(used, made, touched)
        return made if is_committed else None

    def _is_committed(self, used: InUse, made: Made, touched: _Touched) -> bool:
        outcome = commit_now(self._batch(used.head, made))
        if not outcome.is_committed and self._can_take(used, touched, outcome):
            # The board is locked: nobody else moves its head before this transaction ends.
            outcome = commit_now(self._batch(used.head, made))
        if outcome.is_committed and self.record is not None:
            self.record()
        return outcome.is_committed

    def _announced(self, used: InUse, made: Made) -> int:
        """Tells the rooms what is on disk now; returns its sequence."""
        if made.update == EMPTY_UPDATE:
            used.is_as_committed = True
            return used.head.seq
        used.committed(*made)
        seq, claims = used.head.seq, list(made.claims)
        announce(self.board.pk, UPDATE, seq=seq, payload=made.update, claims=claims)
        return seq

    def _batch(self, head: Head, made: Made) -> Batch:
        author_id = None if self.user is None else self.user.pk
        board_id: UUID = self.board.pk
        return Batch(board_id, head.seq, head.access_version, made.update, author_id, made.claims)

    def _can_take(self, used: InUse, touched: _Touched, news: Outcome) -> bool:
        """Takes what others committed into the document, if the change stays what it is."""
        rows = [payload for _, payload in news.rows]
        if not used.can_take(news) or sum(map(len, rows)) > TAKEN_BYTES:
            return False
        parsed = [parse(payload, NO_LIMITS) for payload in rows]
        if any(map(touched.is_touched_by, parsed)):
            return False
        used.take(news, parsed)
        self._require(used.head)
        return True

    def _require(self, head: Head) -> None:
        """Raises NotAllowedError, NotExpectedError."""
        if self.user is not None:
            # Should it be a newer row than the head, the access version lets nothing commit.
            scopes, board = _scopes_now(self.token), Board.objects.filter(pk=self.board.pk).first()
            if board is None or not resolve_access(board, user=self.user, scopes=scopes).can_edit:
                raise NotAllowedError
        if self.expects is not None and not self.expects(head.seq):
            raise NotExpectedError


def _scopes_now(token: ActorToken | None) -> Scopes | None:
    """What the token of a program may do now; nothing when it has ended."""
    if token is None:
        return None
    found = tokens_now([token.id]).get(token.id)
    return Scopes() if found is None else Scopes.parse(found.scopes)
