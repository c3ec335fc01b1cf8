"""The life of a batch: edits are taken from the queue, applied, committed, sent on and settled.

While a batch is being committed, the document holds uncommitted changes, so nothing may be read
from it. A batch that can't be committed as it stands is rebased on what others committed, or the
document is rebuilt and all waiting edits are checked again.
"""

import asyncio
import contextlib
import itertools
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from uuid import UUID

from sync import metrics
from sync.document.document import Document
from sync.document.replaced import noting_hidden
from sync.document.yjs import DocumentError, merge
from sync.rooms.edit import Edit
from sync.rooms.held import Held
from sync.rooms.limits import DocumentSize
from sync.rooms.member import Member
from sync.storage.batches import Batch
from sync.storage.log import Claim, Head
from sync.storage.store import Outcome
from sync.wire.close_codes import CloseCode
from sync.wire.frames import MalformedError
from sync.wire.lib0 import NO_LIMITS
from sync.wire.parsed import Parsed
from sync.wire.update import parse

logger = logging.getLogger(__name__)

APPLY_SECONDS = 0.02
"""How long applying a batch may take; a single edit may take longer."""


class BatchedDocument(ABC):
    """A document that changes in batches, each committed before anyone sees it.

    Invariants: `document` holds the rows up to `head.seq` and, while `is_committing`, the edits of
    `batch`; `document.clocks` also counts the queued edits.
    """

    def __init__(self, board_id: UUID, document: Document, head: Head) -> None:
        self.board_id = board_id
        self.document = document
        self.head = head
        self.size = DocumentSize(head.document_bytes)
        self.queue: list[Edit] = []
        self.batch: list[Edit] = []
        self.is_committing = False
        self.is_behind = False
        self.held = Held(self)
        self._payload = b""
        self._settled: list[asyncio.Future[None]] = []

    # --- implemented by the room

    @abstractmethod
    def _wake(self) -> None:
        """Signals that there is something to commit or to read."""

    @abstractmethod
    def _enqueue(self, edit: Edit) -> None:
        """Checks an edit against the document and queues it.

        Raises DocumentError, MalformedError.
        """

    @abstractmethod
    def _note_hidden(self, ids: list[str]) -> None:
        """Tells of these elements, if nobody can see them in a moment."""

    @abstractmethod
    def _fan_out(self, update: bytes, authors: set[Member]) -> None:
        """Sends a committed update to everyone in this process."""

    @abstractmethod
    def _hears_others(self) -> bool:
        """Whether other processes tell this one what they commit."""

    @abstractmethod
    def _publish(self, seq: int, payload: bytes, claims: tuple[Claim, ...]) -> None:
        """Sends a committed update to the other processes."""

    @abstractmethod
    def _confirm(self, authors: set[Member]) -> None:
        """Tells authors that their edits are saved."""

    @abstractmethod
    def _answer_waiting(self) -> None:
        """Answers waiting questions: the document holds only committed changes."""

    @abstractmethod
    def _ask_for_rest(self, authors: set[Member]) -> None:
        """Asks authors for what they hold and the board does not."""

    @abstractmethod
    def _send_away_old_history(self) -> None:
        """Closes sockets that hold a replaced history."""

    # --- the batch, in the order of its life

    @property
    def has_work(self) -> bool:
        """Whether there is something to commit or to read, and no commit is under way."""
        return not self.is_committing and bool(self.queue or self.is_behind)

    def take_batch(self) -> Batch | None:
        """Applies the queued edits and returns them as one batch; None if there is nothing to do.

        Raises:
            DocumentError: an edit does not apply and its author is closed, or an author may no
                longer edit; the caller rebuilds the room without the edit.
        """
        if not self.has_work:
            return None
        self.is_committing = True
        if not self.is_behind:
            self.batch, self.queue = self.queue, []
            self._payload = self._apply_batch()
        return self.pending_batch()

    def pending_batch(self) -> Batch:
        """The batch that has been applied but not committed yet, on top of the head."""
        authors = {edit.member.user_id for edit in self.batch}
        return Batch(
            board_id=self.board_id,
            base_seq=self.head.seq,
            access_version=self.head.access_version,
            payload=self._payload,
            author_id=authors.pop() if len(authors) == 1 else None,
            claims=self._claims(),
            reads_rows=not self._hears_others(),
        )

    def _claims(self) -> tuple[Claim, ...]:
        return tuple(claim for edit in self.batch for claim in edit.claims)

    def _apply_batch(self) -> bytes:
        """Applies edits for at most APPLY_SECONDS; the rest goes back to the queue."""
        fresh: list[bytes] = []
        give_way_at = time.monotonic() + APPLY_SECONDS
        for at, edit in enumerate(self.batch):
            if at and time.monotonic() > give_way_at:
                self.batch, self.queue = self.batch[:at], self.batch[at:] + self.queue
                break
            if not edit.member.can_edit:
                # The compare-and-set would not notice: the head has the new access version by now.
                raise DocumentError("an author may not edit any more")
            try:
                if self._apply(edit):
                    fresh.append(edit.update)
            except DocumentError:
                self.batch.remove(edit)
                self._refuse(edit)
                raise
        return merge(fresh) if fresh else b""

    def _apply(self, edit: Edit) -> bool:
        update = edit.update
        if not edit.parsed.may_hide:
            return self._integrate(update)
        with noting_hidden(self.document) as hidden:
            is_new = self._integrate(update)
        if hidden:
            self._note_hidden(hidden)
        return is_new

    def _integrate(self, update: bytes) -> bool:
        # An update without structs is a delete set, which every joining client repeats: only one
        # that changes something is worth a row.
        if update[0] == 0:
            return self.document.applies_something(update)
        self.document.apply(update)
        return True

    def committed(self) -> None:
        """The batch is on disk: sends it to everyone and confirms it to its authors.

        The head moves only after everyone was told: if something fails before, the room is rebuilt
        and sends the rows beyond its head.
        """
        seq = self.head.seq + 1
        self.document.size_bytes += len(self._payload)
        self.size.stored += len(self._payload)
        metrics.BATCH_SIZE.observe(len(self.batch))
        self._fan_out(self._payload, {edit.member for edit in self.batch})
        self._publish(seq, self._payload, self._claims())
        self.head = Head(seq, self.head.access_version)
        self.settle()

    def settle(self) -> None:
        """The document holds only committed changes: confirms edits and answers waiting
        questions.
        """
        # First, so that if it fails the batch is still there and the next try confirms it.
        self._confirm({edit.member for edit in self.batch})
        self.batch = []
        self._payload = b""
        self.is_committing = False
        waiting, self._settled = self._settled, []
        for settled in waiting:
            if not settled.done():
                settled.set_result(None)
        if self.held.by_seq:
            self.held.take()
        self._answer_waiting()
        if self.has_work:
            self._wake()

    # --- what others committed

    async def rebase_on_news(self) -> bool:
        """Rebases the batch on what others tell that they committed; False if nothing comes, or
        only the rows help.
        """
        await self.held.until_next()
        return all(edit.member.can_edit for edit in self.batch) and self.held.take()

    def mark_behind(self) -> None:
        """Notes that something may have been missed: the rows are read first."""
        self.is_behind = True
        self._wake()

    def take_rows(
        self, seq: int, rows: tuple[tuple[int, bytes], ...], claims: Iterable[Claim]
    ) -> bool:
        """Applies rows of other processes up to `seq`; False if only a rebuild can.

        The batch stays applied, unless a row writes under the same client id as an edit that waits:
        then only the committed one counts, and the edit is checked again.

        Raises:
            DocumentError, MalformedError: a row does not apply.
        """
        waiting = itertools.chain(self.batch, self.queue)
        writers = {client for edit in waiting for client, _, _ in edit.parsed.ranges}
        parsed = [parse(payload, NO_LIMITS) for _, payload in rows]
        if self.head.seq + len(rows) != seq:
            return False
        if any(client in writers for row in parsed for client, _, _ in row.ranges):
            return False
        self.document.owners.add(claims)
        for (_, payload), row in zip(rows, parsed, strict=True):
            self._take_row(payload, row)
        self.head = Head(seq, self.head.access_version)
        return True

    def _take_row(self, payload: bytes, parsed: Parsed) -> None:
        self.document.apply(payload)
        self.size.stored += len(payload)
        self.document.learn(parsed)
        self._fan_out(payload, set())

    def rebuild(self, document: Document, seq: int) -> None:
        """Starts again from the committed state, and checks all waiting edits again, also of those
        who have left by themselves.

        If the history was replaced, clients with the old one are closed. If an edit is dropped, the
        authors of all others are asked for what they have: theirs may have been shortened by it.
        """
        if document.owners.have_retired(self.document.clocks):
            self._send_away_old_history()
        waiting = self.batch + self.queue
        self.batch, self.queue = [], []
        missed_rows = seq != self.head.seq
        document.owners.take_reserved(self.document.owners)
        self.document, self.head = document, Head(seq, self.head.access_version)
        self.is_behind = False
        if missed_rows:
            self._fan_out(document.diff(), set())
        dropped = [edit for edit in waiting if not self._is_queued_again(edit)]
        if dropped:
            self._ask_for_rest({edit.member for edit in waiting})
        self.settle()

    def _is_queued_again(self, edit: Edit) -> bool:
        if not edit.member.can_edit or edit.member.close_code is not None:
            return False
        try:
            self._enqueue(edit)
        except (DocumentError, MalformedError):
            self._refuse(edit)
            return False
        return True

    def rebase(self, outcome: Outcome) -> bool:
        """Rebases the batch on what others committed; False if only a rebuild can."""
        if outcome.head is None or not all(edit.member.can_edit for edit in self.batch):
            return False
        is_taken = self.take_rows(outcome.head.seq, outcome.rows, outcome.claims)
        self.is_behind = self.is_behind and not is_taken
        return is_taken

    # --- who waits for a commit

    def waiting_authors(self) -> set[Member]:
        """The authors of uncommitted edits; some may have left."""
        return {edit.member for edit in self.batch + self.queue}

    def has_edits_of(self, member: Member) -> bool:
        """Whether an edit of this member is not committed yet."""
        return any(edit.member is member for edit in itertools.chain(self.batch, self.queue))

    async def until_settled(self, seconds: float) -> None:
        """Waits until the batch is settled, with a time limit."""
        settled = asyncio.get_running_loop().create_future()
        self._settled.append(settled)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(settled, seconds)

    def _refuse(self, edit: Edit) -> None:
        logger.warning("board %s: an update did not apply to the document", self.board_id)
        edit.member.close(CloseCode.MALFORMED, "This update does not apply to the board.")
