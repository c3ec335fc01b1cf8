"""Which clients are present, who announced each, and what others still have to be told.

Knows no timers and sends nothing: `presence.py` does, and calls `read_states` once a tick.
"""

import time
from collections.abc import Callable, Sequence

from django.conf import settings

from sync.rooms.member import Member
from sync.rooms.presence_clients import (
    Client,
    DepartedClients,
    Sender,
    choose,
    clock_now,
    is_echo_of,
    rank_of_next,
)
from sync.wire.awareness import (
    GONE,
    MAX_ENTRIES,
    Entry,
    count_entries,
    decode_awareness,
    with_verified_user,
)

EXPIRY_SECONDS = 30.0
"""As in y-protocols, whose clients renew their state every 15 seconds."""
REMOTE_EXPIRY_SECONDS: float = settings.CANVAS_PRESENCE_REMOTE_SECONDS
"""For clients of another process, which repeats them three times within this time."""
RETRY_SECONDS = 1.0
CANDIDATES_PER_PLACE = 4

MayAnnounce = Callable[[Member, int], bool]
"""Reserves a client id for the member; returns whether that is allowed."""


class Register:
    """The clients of one room. `changed` holds the ids that others have to be told about."""

    def __init__(self, may_announce: MayAnnounce) -> None:
        self._may_announce = may_announce
        self.entries: dict[int, Client] = {}
        self.departed = DepartedClients()
        self.changed: dict[int, None] = {}
        self._senders: dict[Member, Sender] = {}
        self._unread: dict[int, None] = {}
        self._must_choose = False

    @property
    def has_work(self) -> bool:
        """Whether there is something to parse or send at the next tick."""
        return bool(self._unread or self.changed or self._must_choose)

    def sender_of(self, member: Member) -> Sender:
        """The sender of a member; forgotten when it leaves."""
        sender = self._senders.get(member)
        if sender is None:
            sender = self._senders[member] = Sender(member)
        return sender

    def has_announced(self, member: Member) -> bool:
        """Whether the member has announced anything."""
        sender = self._senders.get(member)
        return sender is not None and sender.has_announced

    # --- from the members

    def receive(self, member: Member, update: bytes) -> None:
        """Takes a member's own states, and drops states of others.

        Raises:
            MalformedError: the bytes are no awareness update.
        """
        sender = self.sender_of(member)
        count = count_entries(update)
        if count > 1 and not sender.may_repeat(min(count, MAX_ENTRIES)):
            return
        for entry in decode_awareness(update):
            if self._owns(sender, entry, may_claim=count == 1):
                self._take(sender, entry)
        if count == 1:
            sender.has_announced = True

    def _owns(self, sender: Sender, entry: Entry, *, may_claim: bool) -> bool:
        member = sender.member
        if entry.client_id in member.client_ids:
            return True
        if not may_claim or entry.state == GONE or self._is_echo(sender, entry):
            return False
        if len(member.client_ids) >= sender.max_client_ids:
            return False
        known = self.entries.get(entry.client_id)
        # After a broken connection the same person may return before the old socket is gone.
        if known is not None and known.person != sender.person:
            return False
        return self._may_announce(member, entry.client_id)

    def _is_echo(self, sender: Sender, entry: Entry) -> bool:
        """Whether a client repeats what it was sent about another client, which may have left
        since.

        The first states of a socket are its own, even if their clock is one of ours.
        """
        if not sender.has_announced:
            return False
        known = self.entries.get(entry.client_id) or self.departed.get(entry.client_id)
        return known is not None and is_echo_of(known.clock, entry.clock)

    def _take(self, sender: Sender, entry: Entry) -> None:
        client = self.entries.get(entry.client_id)
        if entry.state == GONE:
            if client is not None:
                self.forget(client)
            return
        if len(entry.state) > sender.max_state_bytes:
            return
        if client is None and not self._has_place(sender):
            return
        if client is None or client.owner is not sender:
            if client is not None and client.owner is not None:
                client.owner.member.client_ids.discard(entry.client_id)
            sender.member.client_ids.add(entry.client_id)
            client = self._put(Client(entry.client_id, person=sender.person, owner=sender))
        client.unread = entry.state
        client.own_clock = entry.clock
        client.said = clock_now()
        client.heard_at = time.monotonic()
        self._unread[client.client_id] = None

    def _has_place(self, sender: Sender) -> bool:
        """Whether there is room for one more client; it may displace the last one."""
        if len(self.entries) < CANDIDATES_PER_PLACE * settings.CANVAS_MAX_PRESENCE:
            return True
        now = time.monotonic()
        if sender.retry_at > now:
            return False
        self._choose()
        last = max(self.entries.values(), key=lambda client: client.rank)
        if last.rank < rank_of_next(sender, self.entries.values()):
            sender.retry_at = now + RETRY_SECONDS
            return False
        self.forget(last)
        return True

    def _put(self, client: Client) -> Client:
        """Adds a new client, or moves a known one to its new socket."""
        before = self.entries.get(client.client_id)
        departed = self.departed.get(client.client_id)
        if before is not None:
            client.clock, client.state = before.clock, before.state
            client.is_shown = before.is_shown
        elif departed is not None:
            client.clock = departed.clock
        self.entries[client.client_id] = client
        self._must_choose = True
        return client

    def leave(self, member: Member) -> None:
        """Takes off everything the member announced."""
        self._senders.pop(member, None)
        for client_id in member.client_ids:
            client = self.entries.get(client_id)
            if client is not None and client.owner is not None and client.owner.member is member:
                self.forget(client)
        member.client_ids.clear()

    # --- from the other processes

    def receive_remote(
        self, update: bytes, people: Sequence[str], ranks: Sequence[int], source: str
    ) -> None:
        """Takes what another process has checked and stamped, or says again.

        The clock of an entry is the time when its client was last heard from.

        Raises:
            MalformedError: the bytes are no awareness update.
        """
        for at, entry in enumerate(decode_awareness(update)):
            person = people[at] if at < len(people) else ""
            rank = ranks[at] if at < len(ranks) else 0
            self._take_remote(entry, person, rank, source)

    def _take_remote(self, entry: Entry, person: str, rank: int, source: str) -> None:
        client = self.entries.get(entry.client_id)
        if client is not None and (client.owner is not None or client.source != source):
            # Known from another socket, here or elsewhere: for the same person the later message
            # counts.
            if entry.state == GONE or entry.clock <= client.said or person != client.person:
                return
            if client.owner is not None:
                client.owner.member.client_ids.discard(client.client_id)
                self._unread.pop(client.client_id, None)
            client = None
        if entry.state == GONE:
            if client is not None:
                self.forget(client)
            return
        if client is None:
            limit = CANDIDATES_PER_PLACE * settings.CANVAS_MAX_PRESENCE
            if entry.client_id not in self.entries and len(self.entries) >= limit:
                return
            client = self._put(Client(entry.client_id, person=person, source=source))
            client.rank = (rank // 2, rank % 2, 0, 0)
        client.heard_at = time.monotonic()
        if entry.clock > client.said:
            client.said, client.state = entry.clock, entry.state
            self.changed[client.client_id] = None

    def forget_process(self, source: str) -> None:
        """Removes all clients of another process."""
        for client in list(self.entries.values()):
            if client.owner is None and client.source == source:
                self.forget(client)

    # --- outgoing

    def forget(self, client: Client) -> None:
        """Removes a client."""
        del self.entries[client.client_id]
        self._unread.pop(client.client_id, None)
        self._must_choose = True
        self._hide(client)

    def _hide(self, client: Client) -> None:
        if not client.is_shown:
            return
        client.is_shown = False
        client.clock = max(client.clock + 1, clock_now())
        self.departed.add(client.client_id, client.clock, was_here=client.owner is not None)
        self.changed[client.client_id] = None

    def _choose(self) -> None:
        if not self._must_choose:
            return
        self._must_choose = False
        shown = choose(self.entries.values(), settings.CANVAS_MAX_PRESENCE)
        for client_id, client in self.entries.items():
            if client_id not in shown:
                self._hide(client)
            elif not client.is_shown:
                client.is_shown = True
                self.changed[client_id] = None
                if client.unread is not None:
                    self._unread[client_id] = None

    def read_states(self) -> None:
        """Parses the newest state of each client that is shown and within its rate."""
        self._choose()
        now = time.monotonic()
        for client_id in list(self._unread):
            client = self.entries[client_id]
            sender, unread = client.owner, client.unread
            if sender is None or unread is None or not client.is_shown:
                del self._unread[client_id]
            elif sender.due_at <= now:
                del self._unread[client_id]
                client.unread = None
                sender.due_at = now + sender.seconds_between
                self._read_state(client, sender, unread)

    def _read_state(self, client: Client, sender: Sender, unread: bytes) -> None:
        state = with_verified_user(
            unread,
            sender.member.user_id,
            sender.member.admission.name,
            sender.member.admission.picture,
            max_bytes=sender.max_state_bytes,
            may_present=sender.member.can_edit,
            may_react=sender.member.can_comment,
        )
        if state is not None:
            client.state = state
            self.changed[client.client_id] = None
        elif client.state is None:
            self.forget(client)

    def shown(self) -> list[Client]:
        """The clients that others see."""
        return [one for one in self.entries.values() if one.is_shown and one.state is not None]

    def expire(self) -> None:
        """Removes clients that have not been heard from for too long."""
        now = time.monotonic()
        for client in list(self.entries.values()):
            seconds = REMOTE_EXPIRY_SECONDS if client.owner is None else EXPIRY_SECONDS
            if client.heard_at < now - seconds:
                self.forget(client)
        self.departed.expire(besides=self.changed)
