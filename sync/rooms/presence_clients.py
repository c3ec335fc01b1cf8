"""The clients of a board: who announces them, who is shown when there are too many people, who has
left, and what processes tell each other about them.
"""

import hashlib
import heapq
import time
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Final, NamedTuple, TypedDict

from sync.rooms.member import Member
from sync.wire.awareness import MAX_STATE_BYTES, Entry, encode_entry, encode_parts
from sync.wire.frames import PROTOCOL

MAX_CLIENT_IDS_PER_MEMBER = 4
"""For people who may comment or edit; viewers have one. A stock client uses one, a proxy a few."""
MAX_VIEWER_STATE_BYTES: Final[int] = PROTOCOL["presence"]["viewerStateBytes"]
VIEWER_SECONDS = 0.1
"""The least time between two changes of a viewer."""
REPEATED_ENTRIES_PER_SECOND = 3000
"""States of others, which stock clients repeat; beyond this they are not even read."""

CLOCKS_PER_SECOND = 32
"""More than the ticks per second, so that a clock never runs ahead of time. Clocks fit into 32 bits
until 2030, which matters to a few clients.
"""
ECHO_SECONDS = 60
"""How long a stock client may take to echo what it was sent."""
MAX_DEPARTED = 1000
_EPOCH_SECONDS = 1_767_225_600  # 2026-01-01
MAX_MESSAGE_BYTES = 1 << 16

Rank = tuple[int, int, int, int]
_UNRANKED: Rank = (0, 0, 0, 0)


class Sender:
    """A socket that announces clients."""

    __slots__ = (
        "_refilled_at",
        "_tokens",
        "due_at",
        "has_announced",
        "member",
        "person",
        "retry_at",
    )

    def __init__(self, member: Member) -> None:
        self.member = member
        self.person = _person_of(member)
        self.has_announced = False
        self.due_at = 0.0
        self.retry_at = 0.0
        self._tokens = float(REPEATED_ENTRIES_PER_SECOND)
        self._refilled_at = time.monotonic()

    @property
    def is_viewer(self) -> bool:
        """Whether the person may only view."""
        member = self.member
        return not (member.can_edit or member.admission.access.can_comment)

    @property
    def max_client_ids(self) -> int:
        """How many clients it may announce."""
        return 1 if self.is_viewer else MAX_CLIENT_IDS_PER_MEMBER

    @property
    def max_state_bytes(self) -> int:
        """The largest size of a state, in bytes."""
        return MAX_VIEWER_STATE_BYTES if self.is_viewer else MAX_STATE_BYTES

    @property
    def seconds_between(self) -> float:
        """The least time between two changes; 0 means one per tick."""
        return VIEWER_SECONDS if self.is_viewer else 0.0

    @property
    def address(self) -> str:
        """A hash of the address: tells addresses apart without revealing them."""
        return self.member.admission.request.origin.counted_as

    @property
    def kind(self) -> int:
        """0: a person with a name or with edit access; 1: an anonymous reader."""
        return 0 if self.member.user_id is not None or self.member.can_edit else 1

    def may_repeat(self, entries: int) -> bool:
        """Whether this many entries may be read now; counts them if so."""
        now = time.monotonic()
        gained = (now - self._refilled_at) * REPEATED_ENTRIES_PER_SECOND
        self._tokens = min(self._tokens + gained, float(REPEATED_ENTRIES_PER_SECOND))
        self._refilled_at = now
        if entries > self._tokens:
            return False
        self._tokens -= entries
        return True


def _person_of(member: Member) -> str:
    """An opaque key that tells people apart, the same in every process."""
    admission = member.admission
    if admission.user_id is not None:
        return f"user {admission.user_id}"
    key = admission.request.guest_secret or admission.request.session_key
    if key:
        return f"guest {hashlib.sha256(b'presence' + key.encode()).hexdigest()[:24]}"
    return f"connection {admission.connection_id}"


class Client:
    """One client id on the board, announced here or at another process (`source`)."""

    __slots__ = (
        "client_id",
        "clock",
        "heard_at",
        "is_shown",
        "own_clock",
        "owner",
        "person",
        "rank",
        "said",
        "source",
        "state",
        "unread",
    )

    def __init__(
        self, client_id: int, *, person: str, owner: Sender | None = None, source: str = ""
    ) -> None:
        self.client_id = client_id
        self.person = person
        self.owner = owner
        self.source = source
        self.rank = _UNRANKED
        self.is_shown = False
        self.unread: bytes | None = None
        """The owner's last state, if it has not been parsed yet."""
        self.state: bytes | None = None
        """The state that others get."""
        self.own_clock = 0
        """The clock in the owner's last message."""
        self.clock = 0
        """The last clock that others were told."""
        self.said = 0
        """When the client was last heard from, as a clock."""
        self.heard_at = time.monotonic()


def choose(clients: Iterable[Client], places: int) -> set[int]:
    """Chooses the client ids to show; sets the rank of each client.

    A person's first client comes before anyone's second, then people with a name or edit access
    before anonymous readers, then one client per address before its next, then the earliest.
    """
    people: Counter[str] = Counter()
    addresses: Counter[str] = Counter()
    ranked: list[tuple[Rank, int]] = []
    for order, client in enumerate(clients):
        nth, kind, _, _ = client.rank if client.owner is None else _UNRANKED
        nth = max(nth, people[client.person]) if client.person else nth
        people[client.person] += 1
        address = ""
        if client.owner is not None:
            kind, address = client.owner.kind, client.owner.address
        client.rank = (nth, kind, addresses[address] if kind else 0, order)
        addresses[address] += kind
        ranked.append((client.rank, client.client_id))
    if len(ranked) <= places:
        return {client_id for _, client_id in ranked}
    return {client_id for _, client_id in heapq.nsmallest(places, ranked)}


def rank_of_next(sender: Sender, clients: Iterable[Client]) -> Rank:
    """The rank that one more client of a sender would have; changes nothing."""
    nth = same_address = order = 0
    for order, client in enumerate(clients):  # noqa: B007
        nth += client.person == sender.person
        if client.owner is not None and client.owner.kind:
            same_address += client.owner.address == sender.address
    return (nth, sender.kind, same_address if sender.kind else 0, order + 1)


# --- clocks, and who has left


def clock_now() -> int:
    """The time as a clock; the same in every process."""
    return int((time.time() - _EPOCH_SECONDS) * CLOCKS_PER_SECOND)


def is_echo_of(told: int, clock: int) -> bool:
    """Whether a state at `clock` may be what others were told before, the last time at `told`."""
    return told - ECHO_SECONDS * CLOCKS_PER_SECOND <= clock <= told


class Departed(NamedTuple):
    """A client that others were told is gone."""

    clock: int
    at: float
    was_here: bool
    """Whether a socket of this process announced it; then this process tells the others."""


class DepartedClients:
    """The last ones that left, for as long as a client may echo them."""

    def __init__(self) -> None:
        self._by_id: dict[int, Departed] = {}

    def __bool__(self) -> bool:
        return bool(self._by_id)

    def get(self, client_id: int) -> Departed | None:
        """The client, if it left lately."""
        return self._by_id.get(client_id)

    def add(self, client_id: int, clock: int, *, was_here: bool) -> None:
        """Adds a client as the last one; the first ones make room."""
        self._by_id.pop(client_id, None)
        self._by_id[client_id] = Departed(clock, time.monotonic(), was_here)
        while len(self._by_id) > MAX_DEPARTED:
            del self._by_id[next(iter(self._by_id))]

    def expire(self, besides: Container[int]) -> None:
        """Forgets those that left too long ago to be echoed, except `besides`."""
        oldest = time.monotonic() - ECHO_SECONDS
        for client_id, departed in list(self._by_id.items()):
            if departed.at < oldest and client_id not in besides:
                del self._by_id[client_id]


# --- what processes tell each other


class Message(TypedDict):
    """The arguments of `Presence.receive_remote` in another process."""

    payload: bytes
    people: list[str]
    ranks: list[int]


def messages(told: Sequence[Client | Entry]) -> Iterator[Message]:
    """All of `told`, in as many messages as necessary; an `Entry` says that its client is gone."""
    parts: list[bytes] = []
    people: list[str] = []
    ranks: list[int] = []
    size = 0
    for one in told:
        if isinstance(one, Entry):
            parts.append(encode_entry(one.client_id, one.clock, one.state))
        elif one.state is not None:
            parts.append(encode_entry(one.client_id, one.said, one.state))
        else:
            continue
        people.append("" if isinstance(one, Entry) else one.person)
        ranks.append(0 if isinstance(one, Entry) else _rank_byte(one))
        size += len(parts[-1])
        if size > MAX_MESSAGE_BYTES:
            yield Message(payload=encode_parts(parts), people=people, ranks=ranks)
            parts, people, ranks, size = [], [], [], 0
    if parts:
        yield Message(payload=encode_parts(parts), people=people, ranks=ranks)


def _rank_byte(client: Client) -> int:
    """A client's rank as told to other processes."""
    return min(client.rank[0], 100) * 2 + client.rank[1]
