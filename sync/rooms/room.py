"""The live session of one board in one process: members, incoming and outgoing frames.

A room never waits. It queues validated updates; `batch` applies and commits them, and the room then
sends them on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings

from sync import metrics
from sync.document.document import Document
from sync.document.incomplete_elements import IncompleteElements
from sync.document.ownership import HISTORY_REPLACED
from sync.document.splitting import Part, parts, read_parts
from sync.rooms import limits
from sync.rooms.answers import Answers
from sync.rooms.batch import BatchedDocument
from sync.rooms.bus import (
    CLIENT,
    PRESENCE,
    PRESENCE_ASKED,
    UPDATE,
    Bus,
    BusMessage,
)
from sync.rooms.client_ids import IN_USE, ClientIds
from sync.rooms.committer import Committer
from sync.rooms.edit import Edit
from sync.rooms.limits import Followers
from sync.rooms.member import Member
from sync.rooms.presence import Presence
from sync.scheduler import Work, scheduler_of
from sync.storage.log import Claim, Head
from sync.wire import frames
from sync.wire.budgets import REPEATED_TIMES, BoardFullError
from sync.wire.close_codes import CloseCode
from sync.wire.lib0 import Limits
from sync.wire.parsed import Parsed
from sync.wire.update import parse

ASK_AGAIN_SECONDS = 10.0
"""The least time between two requests for a fresh history."""
GAP_SECONDS = 10.0
"""How long a client has at least to send what is missing."""
GAP_REASON = "Your changes build on something this client never sends. Update or restart it."


class Host(Protocol):
    """What rooms, committer and upkeep report to: the registry of this process."""

    def rooms(self) -> Mapping[UUID, Room]:
        """The loaded rooms by board."""

    def tell(self, board_id: UUID, event: dict[str, Any]) -> None:
        """Sends an event to everyone listening to the board."""

    def board_is_full(self, board_id: UUID) -> None:
        """Called when a document is at its budgets and needs a fresh history."""

    async def head_has_moved(self, room: Room, head: Head) -> None:
        """Called when another process committed. Returns when members have their new access."""

    def access_has_changed(self, board_id: UUID) -> None:
        """Called when the board's permissions changed since its sockets were checked."""

    def board_is_gone(self, board_id: UUID) -> None:
        """Called when the board is in the trash or deleted."""

    def board_goes_home(self, board_id: UUID) -> None:
        """Called when the server to which the board belongs is back."""

    def room_has_failed(self, room: Room) -> None:
        """Called when a document may hold uncommitted changes, so nobody may see it."""


class Room(BatchedDocument):
    """One board and its members in this process."""

    def __init__(
        self,
        board_id: UUID,
        document: Document,
        head: Head,
        bus: Bus,
        committer: Committer,
        host: Host,
    ) -> None:
        super().__init__(board_id, document, head)
        self.members: set[Member] = set()
        self.client_ids = ClientIds(board_id, lambda: self.document, bus)
        self.presence = Presence(board_id, self.members, bus, self.client_ids.announce)
        self.is_draining = False
        self.is_on_bus = True
        """Whether other processes tell this room what they commit."""
        self._asked_at = 0.0
        self._followers: dict[int, Followers] = {}
        self._bus = bus
        self._committer = committer
        self._host = host
        self.answers = Answers(self)
        self._incomplete_elements = IncompleteElements(self, host.tell)

    # --- members

    def join(self, member: Member) -> None:
        """Adds a member; from now on it gets everything that is committed."""
        self.members.add(member)
        member.start(self.answers)

    def leave(self, member: Member) -> None:
        """Forgets the member and tells the others; its queued edits are still committed."""
        self.members.discard(member)
        self.presence.leave(member)
        self.client_ids.leave(member)
        if not self.members:
            self.answers.forget_whole()

    def discard_document(self) -> None:
        """Frees the document of a closed room; a large one in steps."""
        document, self.document = self.document, Document()
        self._incomplete_elements.stop()
        self.answers.forget_whole()
        if document.is_large:
            scheduler_of(Work.BOARDS).run_all(document.clear_in_steps())

    def close(self, code: CloseCode, reason: str) -> None:
        """Closes all members."""
        for member in self.members:
            member.close(code, reason)

    # --- the way in

    def receive_update(self, member: Member, update: bytes, parsed: Parsed | None = None) -> None:
        """Checks an update, which may have been parsed already, and queues it.

        An update with a gap is answered with a step 1: an honest client's step 2 brings what was
        missing. Nothing is ever kept pending.

        Raises:
            MalformedError: the bytes violate a rule.
            DocumentError: pycrdt cannot read what validation let through.
        """
        may_write = member.can_edit and not (member.is_closing or self.is_draining)
        if may_write and update != frames.EMPTY_UPDATE:
            parsed = parsed or parse(update, self.update_limits, known=self.document.clocks)
            if not self.size.takes(len(update), parsed, self.document.clocks):
                member.close(CloseCode.TOO_BIG, self.size.reason)
                return
            self._followers_of(member).count(parsed.places)
            for part, of_part in parts(update, parsed):
                self._enqueue(Edit(member, part, of_part))

    def read_parts(self, update: bytes, end_step: Callable[[], None]) -> Iterator[Part]:
        """Reads a large update in parts, beside the event loop. Raises MalformedError."""
        return read_parts(update, self.update_limits, end_step, self.document.clocks)

    @property
    def update_limits(self) -> Limits:
        """The limits of one update to this board; anyone may repeat what the board holds."""
        return limits.limits_for(self.document.most_deletions)

    @property
    def max_clients(self) -> int:
        """The largest number of client ids in a state vector for this board."""
        own = REPEATED_TIMES * len(self.document.clocks)
        return max(frames.MAX_STATE_VECTOR_CLIENTS, own)

    def _followers_of(self, member: Member) -> Followers:
        """One counter for all sockets of an account, as long as the room is loaded."""
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
        except BoardFullError:
            self._ask_for_fresh_history()
            raise
        if taken is None:
            member.answers.ask("gap", partial(self._ask_for_missing, member))
            return
        metrics.UPDATES_IN.count += 1
        member.updates += 1
        member.gaps = 0
        if edit.parsed.incomplete:
            self._note_hidden(edit.parsed.incomplete)
        self.queue.append(Edit(member, taken.update, taken.parsed, taken.claims))
        self._wake()

    def _note_hidden(self, ids: list[str]) -> None:
        self._incomplete_elements.note(ids)

    def _ask_for_fresh_history(self) -> None:
        """Rate-limited: refusals may be very frequent."""
        now = time.monotonic()
        if now > self._asked_at + ASK_AGAIN_SECONDS:
            self._asked_at = now
            self._host.board_is_full(self.board_id)

    def _count_new_clients(self, member: Member, new: int) -> None:
        """Raises TooOftenError for a person who adds new client ids too fast."""
        if not limits.IS_RECOVERY:
            who = member.user_id or member.admission.request.origin.counted_as
            limits.NEW_CLIENTS.count((self.board_id, who), new)

    def _ask_for_missing(self, member: Member) -> None:
        """Asks for what is missing; a client that never sends it is closed with the reason.

        Old clients misread large client ids, and would otherwise ask and be asked for ever.

        Before its first answer a client is not asked: it may hold what this room has yet to read,
        or only the end of what others wrote. The answer is followed by the same question.
        """
        if not member.has_synced and self.answers.is_waiting(member):
            return
        now = time.monotonic()
        if member.gaps == 0:
            member.first_gap_at = now
        member.gaps += 1
        if member.gaps > settings.CANVAS_MAX_GAPS and now > member.first_gap_at + GAP_SECONDS:
            member.close(CloseCode.GAP, GAP_REASON)
            return
        clocks = frames.encode_state_vector(self.document.clocks)
        member.offer(frames.encode_step1(clocks))

    def _wake(self) -> None:
        self._committer.wake(self)

    # --- the way out

    def _fan_out(self, update: bytes, authors: set[Member]) -> None:
        """Sends an update to everyone; a single author has it already.

        Members waiting for an answer about the whole document will find it there.
        """
        frame = frames.encode_update(update)
        only_author = next(iter(authors)) if len(authors) == 1 else None
        offered = 0
        for member in self.members:
            if member is not only_author and not self.answers.is_waiting(member):
                offered += member.offer(frame)
        metrics.FRAMES_OUT.count += offered

    def _confirm(self, members: set[Member]) -> None:
        waiting = [member for member in members if member.admission.request.wants_saved]
        if waiting:
            frame = frames.encode_saved(self.document.state_vector())
            for member in waiting:
                member.offer(frame)

    def _hears_others(self) -> bool:
        return self._bus.has_listeners(self.board_id)

    def _publish(self, seq: int, payload: bytes, claims: tuple[Claim, ...]) -> None:
        self._bus.publish(self.board_id, UPDATE, seq=seq, payload=payload, claims=claims)

    def _answer_waiting(self) -> None:
        self.answers.settle()

    def _ask_for_rest(self, authors: set[Member]) -> None:
        for member in authors & self.members:
            if member.can_edit:
                self.answers.ask_for_rest(member)

    def _send_away_old_history(self) -> None:
        for member in [one for one in self.members if one.has_synced or one.updates]:
            member.close(CloseCode.MALFORMED, HISTORY_REPLACED)

    # --- from other processes

    def receive_remote(self, message: BusMessage) -> None:
        """Handles messages of other processes about this board, except access changes."""
        kind = message["type"]
        if kind == UPDATE:
            claims = [(client, user) for client, user in message["claims"]]
            self.held.receive(message["seq"], message["payload"], claims)
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
