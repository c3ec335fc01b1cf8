"""Sends sockets what they lack: after a step 1, and after frames were dropped.

While a batch is being committed the document holds changes that may still fail, so a question has
to wait until the commit is done. Meanwhile its socket gets no other frames: the answer will contain
them. Answers about a large board are given one at a time, with other boards in between.
"""

import asyncio
import sys
from collections.abc import Callable
from functools import partial
from typing import Protocol

from sync.document.document import Document
from sync.document.ownership import HISTORY_REPLACED
from sync.document.yjs import DocumentError
from sync.rooms.member import Member
from sync.rooms.presence import Presence
from sync.scheduler import Work, scheduler_of
from sync.storage.log import Head
from sync.wire import frames
from sync.wire.close_codes import CloseCode

WHOLE_KEPT_SECONDS = 5.0


class Board(Protocol):
    """What an answer is made from: a room."""

    document: Document
    head: Head
    presence: Presence
    is_committing: bool
    is_behind: bool

    @property
    def max_clients(self) -> int:
        """The largest number of client ids in a state vector."""


class Answers:
    """The sockets of one room that wait for an answer, and the cached answer for newcomers."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._waiting: dict[Member, list[Callable[[], None]]] = {}
        self._is_in_line = False
        self._whole: tuple[int, bytes] | None = None
        self._whole_timer: asyncio.TimerHandle | None = None

    def is_waiting(self, member: Member) -> bool:
        """Whether a pending answer will contain anything sent to this member now."""
        return member in self._waiting

    def settle(self) -> None:
        """Called when the document holds only committed changes: answers everyone who waits."""
        if not self._board.document.is_large:
            while self._waiting:
                self._answer_first()
        elif self._waiting and not self._is_in_line:
            self._is_in_line = True
            scheduler_of(Work.BOARDS).run(self._answer_next)

    def _answer_next(self) -> None:
        self._is_in_line = False
        if self._board.is_committing:
            return  # checked again when the batch is settled
        if self._waiting:
            self._answer_first()
        self.settle()

    def _answer_first(self) -> None:
        for answer in self._waiting.pop(next(iter(self._waiting))):
            answer()

    def check_step1(self, state_vector: bytes, end_step: Callable[[], None]) -> None:
        """Decodes a client's state vector; on any thread. Raises MalformedError.

        A client that holds part of a replaced history gets no answer: it must not merge.
        """
        clients = frames.decode_state_vector(state_vector, self._board.max_clients, end_step)
        self._board.document.owners.refuse_retired(clients)

    def _holds_old_history(self, state_vector: bytes) -> bool:
        owners = self._board.document.owners
        return owners.has_retired and owners.have_retired(
            frames.decode_state_vector(state_vector, sys.maxsize)
        )

    def receive_step1(self, member: Member, state_vector: bytes) -> None:
        """Sends what the member lacks; the first time also a step 1, presence and the saved state
        vector.

        The step 2 comes first, so that a client that was offline merges before it uploads. The
        state vector was checked before.
        """
        checked_for = self._board.document

        def answer() -> None:
            again = partial(self._answer_step1, member, state_vector, checked_for)
            self._once_settled(member, again)

        member.answers.ask("step 1", answer)

    def catch_up(self, member: Member, answer: Callable[[bytes], None]) -> None:
        """Sends everything committed since what the member last said it holds."""
        self._once_settled(member, lambda: self._answer_catch_up(member, answer))

    def ask_for_rest(self, member: Member) -> None:
        """Sends a step 1, unless the member's first answer is still to come and brings one."""
        if member.has_synced:
            clocks = frames.encode_state_vector(self._board.document.clocks)
            member.offer(frames.encode_step1(clocks))

    def forget_whole(self) -> None:
        """Drops the cached encoding of the whole board."""
        self._whole = None
        if self._whole_timer is not None:
            self._whole_timer.cancel()
            self._whole_timer = None

    def _once_settled(self, member: Member, answer: Callable[[], None]) -> None:
        self._waiting.setdefault(member, []).append(answer)
        if not (self._board.is_committing or self._board.is_behind):
            self.settle()

    def _answer_step1(self, member: Member, state_vector: bytes, checked_for: Document) -> None:
        if member.is_closing:
            return
        if self._board.document is not checked_for and self._holds_old_history(state_vector):
            member.close(CloseCode.MALFORMED, HISTORY_REPLACED)
            return
        try:
            step2 = self._step2_for(state_vector)
            committed = self._board.document.state_vector()
        except DocumentError:
            member.close(CloseCode.MALFORMED, "The state vector cannot be answered.")
            return
        member.state_vector = state_vector
        member.offer(step2)
        if member.has_synced:
            return
        member.has_synced = True
        self._offer_rest(member, committed)

    def _offer_rest(self, member: Member, committed: bytes) -> None:
        """What follows a step 2: a step 1, presence and the saved state vector."""
        if member.can_edit:
            member.offer(frames.encode_step1(committed))
        self._board.presence.send_everyone(member)
        if member.admission.request.wants_saved:
            member.offer(frames.encode_saved(committed))

    def _step2_for(self, state_vector: bytes) -> bytes:
        """The frame with what a member lacks; the one for newcomers is cached for a moment.

        When a server restarts, everyone reconnects at once, and encoding a large board costs more
        than everything else.
        """
        document, seq = self._board.document, self._board.head.seq
        if state_vector != frames.EMPTY_STATE_VECTOR:
            return frames.encode_step2(document.diff(state_vector))
        if self._whole is None or self._whole[0] != seq:
            self.forget_whole()
            self._whole = (seq, frames.encode_step2(document.diff()))
            loop = asyncio.get_running_loop()
            self._whole_timer = loop.call_later(WHOLE_KEPT_SECONDS, self.forget_whole)
        return self._whole[1]

    def _answer_catch_up(self, member: Member, answer: Callable[[bytes], None]) -> None:
        document = self._board.document
        try:
            missed = document.diff(member.state_vector)
            member.state_vector = committed = document.state_vector()
        except DocumentError:
            member.close(CloseCode.STORAGE_UNAVAILABLE, "The missed updates cannot be sent.")
            return
        if not member.has_synced:
            answer(frames.encode_update(missed))
            return
        # What was dropped may have been the first answer, or a confirmation.
        answer(frames.encode_step2(missed))
        self._offer_rest(member, committed)
