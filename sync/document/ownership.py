"""Which items of a document are elements, and who owns which client id.

Pure: knows no framework. Both are needed before an update is applied. pycrdt fails half-way on a
parent that is not a map; browsers can't load maps nested more deeply; and anyone who could write
under another person's client id could silence that person's edits for ever.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from sync.wire.frames import PROTOCOL, MalformedError, read_varuint, write_varuint
from sync.wire.parsed import Parsed, RootItem

MAX_NEW_CLIENTS_PER_UPDATE = 64
NEWCOMERS_CLIENTS = 50
"""People with fewer client ids than this may add one even on a full board."""
FOREIGN_CLIENT_ID: Final[str] = PROTOCOL["foreignReasons"]["CLIENT_ID"]
RETIRED = -(2**62) - 1
"""Owner of the client ids of a replaced history; no account or guest has this number."""
HISTORY_REPLACED: Final[str] = PROTOCOL["foreignReasons"]["HISTORY"]
_MAX_LISTED_RUN = 64
_IDS_A_STEP = 1024


def _key(client: int, clock: int) -> int:
    return client << 31 | clock


def _keys(item: RootItem) -> list[int]:
    """The ids of an item; for a long run of deleted ones, the first few and the last."""
    client, clock, length, _ = item
    keys = [_key(client, one) for one in range(clock, clock + min(length, _MAX_LISTED_RUN))]
    return keys if length <= _MAX_LISTED_RUN else [*keys, _key(client, clock + length - 1)]


class Elements:
    """The ids of everything that was ever in the root `elements`, deleted or not.

    Only these may be parents. Deleted elements stay: people who were offline may still write to
    them.
    """

    __slots__ = ("_ids",)

    def __init__(self) -> None:
        self._ids: set[int] = set()

    @classmethod
    def decode(cls, data: bytes, end_step: Callable[[], None] = lambda: None) -> "Elements":
        """The inverse of `encode`. Raises MalformedError or IndexError for damaged bytes.

        Calls `end_step` on the way.
        """
        elements, at = cls(), 0
        while at < len(data):
            client, at = read_varuint(data, at)
            clock, at = read_varuint(data, at)
            elements._ids.add(_key(client, clock))
            if len(elements._ids) % _IDS_A_STEP == 0:
                end_step()
        return elements

    def encode(self) -> bytes:
        """All ids as pairs of variable-length integers; finding them in the document again would
        take far longer.
        """
        mask = (1 << 31) - 1
        return b"".join(
            write_varuint(key >> 31) + write_varuint(key & mask) for key in sorted(self._ids)
        )

    def __len__(self) -> int:
        return len(self._ids)

    def has(self, client: int, clock: int) -> bool:
        """Whether an element has this id."""
        return _key(client, clock) in self._ids

    def check(self, parsed: Parsed) -> set[int]:
        """The ids that an update adds.

        Raises:
            MalformedError: the update writes into something that is not an element, or replaces one
                by a plain value.
        """
        added = self._new_in(parsed) if parsed.root_items else set()
        for parent in parsed.parents:
            key = _key(*parent)
            if key not in self._ids and key not in added:
                raise MalformedError("parent is not an element")
        for origin in parsed.plain:
            key = _key(*origin)
            if key in self._ids or key in added:
                raise MalformedError(
                    "elements has to hold maps: a plain value would replace an element"
                )
        return added

    def learn(self, parsed: Parsed) -> None:
        """Adds the elements of a committed update."""
        self._ids |= self._new_in(parsed)

    def _new_in(self, parsed: Parsed) -> set[int]:
        # The sections of an update are in no causal order: an item may come before its origin.
        found: list[RootItem] = []
        waiting: dict[int, list[RootItem]] = {}
        for item in parsed.root_items:
            origin = item[3]
            if origin is None or _key(*origin) in self._ids:
                found.append(item)
            else:
                waiting.setdefault(_key(*origin), []).append(item)
        added: set[int] = set()
        while found:
            for key in _keys(found.pop()):
                added.add(key)
                found += waiting.pop(key, ())
        return added

    def add(self, added: set[int]) -> None:
        """Remembers the result of `check` once the update is accepted."""
        self._ids |= added


MAX_RESERVED = 20_000
MAX_RESERVED_PER_OWNER = 32


class Owners:
    """Client id → its permanent owner: a user id, a guest (below zero), or None.

    None stands for guests of earlier versions, who were not told apart, and for the server itself.
    Announcing a client id makes one its owner; ids that nothing was written under are kept in
    memory only, and the oldest are forgotten.
    """

    __slots__ = ("_counts", "_guests", "_owners", "_reserved", "_reserved_of")

    def __init__(self, owners: dict[int, int | None] | None = None) -> None:
        self._owners: dict[int, int | None] = dict(owners or {})
        self._counts = Counter(self._owners.values())
        self._guests = sum(map(_is_guest, self._owners.values()))
        self._reserved: dict[int, int | None] = {}
        self._reserved_of: dict[int | None, list[int]] = {}

    def count_of(self, owner: int | None) -> int:
        """How many client ids an owner has; guests count together."""
        return self._guests if _is_guest(owner) else self._counts[owner]

    def is_newcomer(self, owner: int | None) -> bool:
        """Whether the owner (also a single guest) has few client ids."""
        return self._counts[owner] < NEWCOMERS_CLIENTS

    def owner_of(self, client: int) -> int | None:
        """The owner of a client id that was written under. Raises KeyError."""
        return self._owners[client]

    def may_write(self, client: int, owner: int | None) -> bool:
        """Whether the client id is the owner's, or nobody's yet."""
        if client in self._owners:
            stored = self._owners[client]
            return stored == owner or (stored is None and owner is not None and owner < 0)
        return self._reserved.get(client, owner) == owner

    def is_owned(self, client: int) -> bool:
        """Whether somebody has written under the client id."""
        return client in self._owners

    def reserve(self, client: int, owner: int | None) -> bool:
        """Reserves an announced client id; False when it belongs to someone else."""
        if not self.may_write(client, owner):
            return False
        if client not in self._owners and client not in self._reserved:
            mine = self._reserved_of.setdefault(owner, [])
            if len(mine) >= MAX_RESERVED_PER_OWNER:
                self._forget(mine[0])
            elif len(self._reserved) >= MAX_RESERVED:
                self._forget(next(iter(self._reserved)))
            self._reserved[client] = owner
            self._reserved_of.setdefault(owner, []).append(client)
        return True

    def _forget(self, client: int) -> None:
        owner = self._reserved.pop(client)
        mine = self._reserved_of[owner]
        mine.remove(client)
        if not mine:
            del self._reserved_of[owner]

    def forget_reserved(self) -> None:
        """Forgets all ids that were only announced."""
        self._reserved.clear()
        self._reserved_of.clear()

    def check(
        self,
        parsed: Parsed,
        clocks: dict[int, int],
        owner: int | None,
        *,
        brings_others: bool = False,
    ) -> list[tuple[int, int | None]]:
        """The client ids that an update claims for `owner`.

        Only new structs count: anyone may repeat what others wrote. With `brings_others` (recovery
        mode) nothing is claimed.

        Raises:
            MalformedError: a client id belongs to someone else, or too many are new at once.
        """
        if brings_others:
            self.refuse_retired(client for client, _, _ in parsed.ranges)
            return []
        claims: list[tuple[int, int | None]] = []
        for client, _, end in parsed.ranges:
            if end <= clocks.get(client, 0):
                continue
            if not self.may_write(client, owner):
                is_retired = self._owners.get(client) == RETIRED
                raise MalformedError(HISTORY_REPLACED if is_retired else FOREIGN_CLIENT_ID)
            if client not in self._owners:
                claims.append((client, owner))
        if len(claims) > MAX_NEW_CLIENTS_PER_UPDATE:
            raise MalformedError("too many new client ids")
        return claims

    def refuse_retired(self, clients: Iterable[int]) -> None:
        """Raises MalformedError for a client that holds part of a replaced history."""
        if self.have_retired(clients):
            raise MalformedError(HISTORY_REPLACED)

    @property
    def has_retired(self) -> bool:
        """Whether the board had another history before."""
        return self._counts[RETIRED] > 0

    def have_retired(self, clients: Iterable[int]) -> bool:
        """Whether one of the client ids belongs to a replaced history."""
        owners = self._owners
        return self.has_retired and any(owners.get(one) == RETIRED for one in clients)

    def add(self, claims: Iterable[tuple[int, int | None]]) -> None:
        """Adds claims; existing ones stay."""
        for client, owner in claims:
            if client not in self._owners:
                self._owners[client] = owner
                self._counts[owner] += 1
                self._guests += _is_guest(owner)
            if client in self._reserved:
                self._forget(client)

    def take_reserved(self, other: "Owners") -> None:
        """Takes over reservations from another copy of the document, also of another thread."""
        for client, owner in list(other._reserved.items()):
            self.reserve(client, owner)


def _is_guest(owner: int | None) -> bool:
    return owner is None or RETIRED < owner < 0
