"""The live session of one board in one process: members, the queue of edits, and what to send.

A room never waits. It queues what validation let through, hands it to the committer as one batch,
and sends it on only after the commit. While a batch is out, the document holds uncommitted changes,
so nothing of the document leaves: a step 1 is answered at the end of the batch.
"""

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from sync import metrics
from sync.document.document import Document, DocumentError, merge
from sync.document.half_made import HalfMade, Tell
from sync.document.ownership import HISTORY_REPLACED
from sync.document.size import DocumentSize
from sync.document.slices import Part, parts, read_parts
from sync.rooms import limits
from sync.rooms.answers import Diffs
from sync.rooms.bus import (
    CLIENT,
    DISCONNECT,
    DISCONNECTED,
    PRESENCE,
    PRESENCE_ASKED,
    UPDATE,
    Bus,
    BusMessage,
)
from sync.rooms.client_ids import IN_USE, ClientIds
from sync.rooms.limits import Followers
from sync.rooms.member import Member
from sync.rooms.presence import Presence
from sync.scheduler import air_of_this_loop
from sync.storage.log import Claim, Head
from sync.storage.store import Batch
from sync.wire import frames
from sync.wire.budgets import REPEATED_TIMES, BoardFull
from sync.wire.close_codes import CloseCode
from sync.wire.frames import Malformed
from sync.wire.lib0 import NO_LIMITS, Limits
from sync.wire.update import Parsed, parse

logger = logging.getLogger(__name__)

APPLY_SECONDS = 0.02
"""How long the edits of a batch may take to apply; one alone may take longer."""
GAP_SECONDS = 10.0
"""How long somebody has at least to send what is missing."""
GAP_REASON = "Your changes build on something this client never sends. Update or restart it."


class Edit(NamedTuple):
    """An update that passed validation, and who sent it."""

    member: Member
    update: bytes
    parsed: Parsed
    claims: tuple[Claim, ...] = ()


class Room:
    """One board.

    Invariants: `document` holds the rows up to `head.seq` and, while `is_committing`, the edits of
    `batch`; `document.clocks` also counts the queued edits.
    """

    def __init__(
        self,
        board_id: UUID,
        document: Document,
        head: Head,
        bus: Bus,
        wake: Callable[["Room"], None],
        tell: Tell,
        on_full: Callable[[UUID], None] = lambda _: None,
    ) -> None:
        self.board_id = board_id
        self.document = document
        self.head = head
        self.members: set[Member] = set()
        self.client_ids = ClientIds(board_id, lambda: self.document, bus)
        self.presence = Presence(board_id, self.members, bus, self.client_ids.announce)
        self.queue: list[Edit] = []
        self.batch: list[Edit] = []
        self.is_committing = False
        self.is_behind = False
        self.is_draining = False
        self._payload = b""
        self._followers: dict[int, Followers] = {}
        self._settled: list[asyncio.Future[None]] = []
        self._bus = bus
        self._wake = wake
        self._on_full = on_full
        self.diffs = Diffs(self)
        self._half_made = HalfMade(self, tell)
        self.size = DocumentSize(head.document_bytes)

    # --- members

    def join(self, member: Member) -> None:
        """From now on the member gets everything that is committed."""
        self.members.add(member)
        member.start(self.diffs)

    def leave(self, member: Member) -> None:
        """Forgets the member and tells the others; its queued edits are still committed."""
        self.members.discard(member)
        self.presence.leave(member)
        self.client_ids.leave(member)
        if not self.members:
            self.diffs.forget_whole()

    def discard_document(self) -> None:
        """Frees the document of a room that is let go; a large one step by step."""
        document, self.document = self.document, Document()
        self._half_made.stop()
        self.diffs.forget_whole()
        if document.is_large:
            air_of_this_loop().run_all(document.take_apart())

    def waiting_authors(self) -> set[Member]:
        """Who sent what is not committed yet; some may have left."""
        return {edit.member for edit in self.batch + self.queue}

    def close(self, code: CloseCode, reason: str) -> None:
        """Sends everybody away."""
        for member in self.members:
            member.close(code, reason)

    # --- the way in

    def receive_update(self, member: Member, update: bytes, parsed: Parsed | None = None) -> None:
        """Checks an update, which may have been parsed already, and queues it.

        An update that does not follow on what is known is answered with a step 1: an honest
        client's step 2 brings what was missing. Nothing is ever kept pending.

        Raises:
            Malformed: the bytes break a rule.
            DocumentError: pycrdt cannot read what validation let through.
        """
        may_write = member.can_edit and not (member.is_closing or self.is_draining)
        if may_write and update != frames.EMPTY_UPDATE:
            parsed = parsed or parse(update, self.update_limits, known=self.document.clocks)
            if not self.size.takes(len(update), parsed, self.document.clocks):
                member.close(CloseCode.TOO_BIG, self.size.reason)
                return
            self._followers_of(member).count(parsed.places)
            for part in parts(update, parsed):
                self._enqueue(Edit(member, *part))

    def read_parts(self, update: bytes, end_step: Callable[[], None]) -> Iterator[Part]:
        """Reads a large update in parts, beside the event loop. Raises Malformed."""
        return read_parts(update, self.update_limits, end_step, self.document.clocks)

    @property
    def update_limits(self) -> Limits:
        """What one update may hold here; everybody may repeat what the board holds."""
        return limits.limits_for(self.document.most_deletions)

    @property
    def max_clients(self) -> int:
        """How many client ids a state vector may name here."""
        own = REPEATED_TIMES * len(self.document.clocks)
        return max(frames.MAX_STATE_VECTOR_CLIENTS, own)

    def _followers_of(self, member: Member) -> Followers:
        """One count for all sockets of an account, as long as the room is loaded."""
        user_id = member.user_id
        if user_id is None:
            return member.followers
        followers = self._followers.get(user_id)
        if followers is None:
            followers = self._followers[user_id] = member.followers
        return followers

    def _enqueue(self, edit: Edit) -> None:
        member, signer = edit.member, edit.member.signer
        if not self.client_ids.may_use(member, edit.parsed):
            member.close(CloseCode.TOO_MANY, IN_USE)
            return
        try:
            taken = self.document.take(
                edit.update,
                edit.parsed,
                signer.owner,
                signer=signer,
                is_recovery=limits.IS_RECOVERY,
                budgets=limits.BOARD_BUDGETS,
                count_new=partial(self._count_new_clients, member),
            )
        except BoardFull:
            self._on_full(self.board_id)
            raise
        if taken is None:
            member.answers.ask("gap", partial(self._ask_for_missing, member))
            return
        metrics.UPDATES_IN.inc()
        member.updates += 1
        member.gaps = 0
        if edit.parsed.half_made:
            self._half_made.note(edit.parsed.half_made)
        self.queue.append(Edit(member, taken.update, edit.parsed, taken.claims))
        self._wake(self)

    def has_edits_of(self, member: Member) -> bool:
        """Whether something that a member sent is not committed yet."""
        return any(edit.member is member for edit in itertools.chain(self.batch, self.queue))

    async def until_settled(self, seconds: float) -> None:
        """Waits for the end of a batch, at most so long."""
        settled = asyncio.get_running_loop().create_future()
        self._settled.append(settled)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(settled, seconds)

    def _count_new_clients(self, member: Member, new: int) -> None:
        """Raises TooOften for a person who brings new client ids without end."""
        if not limits.IS_RECOVERY:
            who = member.user_id or member.admission.request.origin.counted_as
            limits.NEW_CLIENTS.count((self.board_id, who), new)

    def _ask_for_missing(self, member: Member) -> None:
        """Asks for what a gap hides; somebody who never sends it is told so and sent away.

        Old clients misread large client ids, and then ask and are asked without end.
        """
        now = time.monotonic()
        if member.gaps == 0:
            member.first_gap_at = now
        member.gaps += 1
        if member.gaps > settings.CANVAS_MAX_GAPS and now > member.first_gap_at + GAP_SECONDS:
            member.close(CloseCode.GAP, GAP_REASON)
            return
        clocks = frames.encode_state_vector(self.document.clocks)
        member.offer(frames.encode_step1(clocks))

    # --- committing, called by the committer

    def take_batch(self) -> Batch | None:
        """Applies the queued edits and returns them as one batch; None when there is nothing to do.

        Raises:
            DocumentError: an edit does not fit and its author is sent away, or an author may not
                edit any more; the caller rebuilds the room without it.
        """
        if self.is_committing or not (self.queue or self.is_behind):
            return None
        self.is_committing = True
        if not self.is_behind:
            self.batch, self.queue = self.queue, []
            # The compare-and-set would not notice: the head names the new version by now.
            if not all(edit.member.can_edit for edit in self.batch):
                raise DocumentError("an author may not edit any more")
            self._payload = self._apply_batch()
        return self.pending_batch()

    def pending_batch(self) -> Batch:
        """What has been applied and is not committed yet, on top of the head."""
        authors = {edit.member.user_id for edit in self.batch}
        return Batch(
            board_id=self.board_id,
            base_seq=self.head.seq,
            access_version=self.head.access_version,
            payload=self._payload,
            author_id=authors.pop() if len(authors) == 1 else None,
            claims=self._claims(),
        )

    def _claims(self) -> tuple[Claim, ...]:
        return tuple(claim for edit in self.batch for claim in edit.claims)

    def _apply_batch(self) -> bytes:
        """Applies edits for as long as other boards can wait; the others queue again."""
        fresh: list[bytes] = []
        give_way_at = time.monotonic() + APPLY_SECONDS
        for at, edit in enumerate(self.batch):
            if at and time.monotonic() > give_way_at:
                self.batch, self.queue = self.batch[:at], self.batch[at:] + self.queue
                break
            try:
                if self._apply(edit.update):
                    fresh.append(edit.update)
            except DocumentError:
                self.batch.remove(edit)
                self._refuse(edit)
                raise
        return merge(fresh) if fresh else b""

    def _apply(self, update: bytes) -> bool:
        # Without structs it is a delete set, as every joining client repeats it: only one that
        # changes something is worth a row.
        if update[0] == 0:
            return self.document.applies_something(update)
        self.document.apply(update)
        return True

    def _refuse(self, edit: Edit) -> None:
        logger.warning("board %s: an update did not fit the document", self.board_id)
        edit.member.close(CloseCode.MALFORMED, "This update does not fit the board.")

    def committed(self) -> None:
        """The batch is on disk: everyone may see it, its authors may be told.

        The head moves when everybody was told: where something fails before, the room is rebuilt,
        and sends what the rows have beyond its head.
        """
        seq = self.head.seq + 1
        self.document.size_bytes += len(self._payload)
        self.size.stored += len(self._payload)
        metrics.BATCH_SIZE.observe(len(self.batch))
        self._fan_out(self._payload, {edit.member for edit in self.batch})
        self._bus.publish(
            self.board_id, UPDATE, seq=seq, payload=self._payload, claims=self._claims()
        )
        self.head = Head(seq, self.head.access_version)
        self.settle()

    def settle(self) -> None:
        """The document holds only what is committed: answers whoever waited for that."""
        # First of all: where it fails, the batch is still there to be confirmed by the next try.
        self._confirm({edit.member for edit in self.batch})
        self.batch = []
        self._payload = b""
        self.is_committing = False
        waiting, self._settled = self._settled, []
        for settled in waiting:
            if not settled.done():
                settled.set_result(None)
        self.diffs.settle()
        if self.queue or self.is_behind:
            self._wake(self)

    def take_rows(
        self, seq: int, rows: tuple[tuple[int, bytes], ...], claims: Iterable[Claim]
    ) -> bool:
        """Takes over rows of other processes up to `seq`; False when only a rebuild can.

        The batch stays applied, unless a row writes for the same client id: then both cannot be
        true, and the committed one is.

        Raises:
            DocumentError, Malformed: a row does not fit.
        """
        writers = {client for edit in self.batch for client, _, _ in edit.parsed.ranges}
        parsed = [parse(payload, NO_LIMITS) for _, payload in rows]
        if self.head.seq + len(rows) != seq:
            return False
        if any(client in writers for row in parsed for client, _, _ in row.ranges):
            return False
        self.document.owners.add(claims)
        for (_, payload), row in zip(rows, parsed, strict=True):
            self._take_row(payload, row)
        self.head = Head(seq, self.head.access_version)
        self.is_behind = False
        return True

    def _take_row(self, payload: bytes, parsed: Parsed) -> None:
        self.document.apply(payload)
        self.size.stored += len(payload)
        self.document.learn(parsed)
        self._fan_out(payload, set())

    def rebuild(self, document: Document, seq: int) -> None:
        """Starts again from what is committed, and checks all waiting edits anew.

        Where the history was replaced, who has got the old one is sent away.
        """
        if document.owners.have_retired(self.document.clocks):
            for member in [one for one in self.members if one.has_synced or one.updates]:
                member.close(CloseCode.MALFORMED, HISTORY_REPLACED)
        waiting = self.batch + self.queue
        self.batch, self.queue = [], []
        missed_rows = seq != self.head.seq
        document.owners.take_reserved(self.document.owners)
        self.document, self.head = document, Head(seq, self.head.access_version)
        self.is_behind = False
        if missed_rows:
            self._fan_out(document.diff(), set())
        for edit in waiting:
            if edit.member.can_edit and not edit.member.is_closing:
                try:
                    self._enqueue(edit)
                except (DocumentError, Malformed):
                    self._refuse(edit)
        self.settle()

    # --- the way out

    def _fan_out(self, update: bytes, authors: set[Member]) -> None:
        """Offers an update to everyone; a single author has it already.

        Whoever waits for an answer about the whole document will find it there.
        """
        frame = frames.encode_update(update)
        only_author = next(iter(authors)) if len(authors) == 1 else None
        offered = 0
        for member in self.members:
            if member is not only_author and not self.diffs.is_waiting(member):
                member.offer(frame)
                offered += 1
        metrics.FRAMES_OUT.inc(offered)

    def _confirm(self, members: set[Member]) -> None:
        waiting = [member for member in members if member.admission.request.wants_saved]
        if waiting:
            frame = frames.encode_saved(self.document.state_vector())
            for member in waiting:
                member.offer(frame)

    # --- from other processes

    def receive_remote(self, message: BusMessage) -> None:
        """What another process says of this board, but for its access."""
        kind = message["type"]
        if kind == UPDATE:
            claims = [(client, user) for client, user in message["claims"]]
            self.receive_remote_update(message["seq"], message["payload"], claims)
        elif kind == CLIENT:
            self.client_ids.receive_remote(message["client"], message["owner"])
        elif kind == PRESENCE:
            self.presence.receive_remote(
                message["payload"],
                message.get("people", ()),
                message.get("ranks", ()),
                message.get("from", ""),
            )
        elif kind == PRESENCE_ASKED:
            self.presence.answer()
        elif kind == DISCONNECT:
            self.close(CloseCode.RESTARTING, DISCONNECTED)

    def receive_remote_update(self, seq: int, payload: bytes, claims: Iterable[Claim]) -> None:
        """A batch that another process committed; a gap is filled from the rows."""
        if seq <= self.head.seq:
            return
        if (
            seq == self.head.seq + 1
            and not self.is_committing
            and self.take_rows(seq, ((seq, payload),), claims)
        ):
            return
        metrics.BUS_GAPS.inc()
        self.mark_behind()

    def mark_behind(self) -> None:
        """Something may have been missed: read the rows before anything else."""
        self.is_behind = True
        self._wake(self)
