"""Who announces, what of them is known, and who is shown when there are more people than places."""

import hashlib
import heapq
import time
from collections import Counter
from collections.abc import Iterable
from typing import Final

from sync.rooms.member import Member
from sync.wire.awareness import MAX_STATE_BYTES
from sync.wire.schema import PROTOCOL

MAX_CLIENT_IDS_PER_MEMBER = 4
"""Of people who may comment or edit; a viewer has one. A stock client has one, a proxy a few."""
MAX_VIEWER_STATE_BYTES: Final[int] = PROTOCOL["presence"]["viewerStateBytes"]
VIEWER_SECONDS = 0.1
"""From one change of a viewer to the next."""
REPEATED_ENTRIES_PER_SECOND = 3000
"""Of others, as stock clients send them again; more of them are not even read."""

Rank = tuple[int, int, int, int]
_UNRANKED: Rank = (0, 0, 0, 0)


class Sender:
    """A socket that announces itself."""

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
        """Whether it may only look."""
        member = self.member
        return not (member.can_edit or member.admission.access.can_comment)

    @property
    def max_client_ids(self) -> int:
        """How many clients it may speak for."""
        return 1 if self.is_viewer else MAX_CLIENT_IDS_PER_MEMBER

    @property
    def max_state_bytes(self) -> int:
        """How long a state may be."""
        return MAX_VIEWER_STATE_BYTES if self.is_viewer else MAX_STATE_BYTES

    @property
    def seconds_between(self) -> float:
        """From one change to the next; 0: as many as there are ticks."""
        return VIEWER_SECONDS if self.is_viewer else 0.0

    @property
    def address(self) -> str:
        """Where the socket comes from; tells addresses apart and says nothing of them."""
        return self.member.admission.request.origin.counted_as

    @property
    def kind(self) -> int:
        """0: somebody with a name or the right to edit; 1: an anonymous reader."""
        return 0 if self.member.user_id is not None or self.member.can_edit else 1

    def may_repeat(self, entries: int) -> bool:
        """Whether so many entries may be read now; counts them if so."""
        now = time.monotonic()
        gained = (now - self._refilled_at) * REPEATED_ENTRIES_PER_SECOND
        self._tokens = min(self._tokens + gained, float(REPEATED_ENTRIES_PER_SECOND))
        self._refilled_at = now
        if entries > self._tokens:
            return False
        self._tokens -= entries
        return True


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
        """What its owner sent last, if nobody has looked at it yet."""
        self.state: bytes | None = None
        """What others get."""
        self.own_clock = 0
        """The clock of its owner's last word."""
        self.clock = 0
        """The last one that others were told."""
        self.said = 0
        """When it was last heard, as a clock."""
        self.heard_at = time.monotonic()


def rank_byte(client: Client) -> int:
    """What other processes are told of a client's rank."""
    return min(client.rank[0], 100) * 2 + client.rank[1]


def choose(clients: Iterable[Client], places: int) -> set[int]:
    """The client ids to show; notes the rank of each client.

    First clients of a person before their second ones, then people with a name or the right to
    edit before anonymous readers, then one of an address before its next one, then who came first.
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
    """The rank that one more client of a sender would have; notes nothing."""
    nth = same_address = order = 0
    for order, client in enumerate(clients):  # noqa: B007
        nth += client.person == sender.person
        if client.owner is not None and client.owner.kind:
            same_address += client.owner.address == sender.address
    return (nth, sender.kind, same_address if sender.kind else 0, order + 1)


def _person_of(member: Member) -> str:
    """Tells people apart, the same in every process; nothing follows from it."""
    admission = member.admission
    if admission.user_id is not None:
        return f"user {admission.user_id}"
    key = admission.request.guest_secret or admission.request.session_key
    if key:
        return f"guest {hashlib.sha256(b'presence' + key.encode()).hexdigest()[:24]}"
    return f"connection {admission.connection_id}"
