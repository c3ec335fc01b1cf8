"""Decides from the bytes alone whether a Yjs update may reach the document.

Pure: knows no framework. pycrdt and Yjs crash, hang or split on crafted updates; this parser
admits only what honest clients of this product's document produce: Y.Map and plain JSON values
under known roots. Format: Yjs update encoding v1
(https://github.com/yjs/yjs/blob/main/INTERNALS.md and src/utils/UpdateEncoder.js).
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from sync.wire.frames import MAX_CLOCK, MalformedError, read_varuint
from sync.wire.lib0 import DEFAULT_LIMITS, Limits
from sync.wire.values import ROOT_OF_MAPS, ValueReader

ROOTS = frozenset({"elements", "files", "meta", "authors", "conflicts"})
SIGNED_ROOTS = frozenset({b"authors", b"conflicts"})
SIGNED_KEY = b"del"

_GC, _DELETED, _SKIP, _TYPE, _ANY = 0, 1, 10, 7, 8
_HAS_ORIGIN, _HAS_RIGHT_ORIGIN, _HAS_KEY = 0x80, 0x40, 0x20
_Y_MAP = 1
NOTHING_KNOWN: Mapping[int, int] = {}
_OBJECT = 118
_SALT = os.urandom(8)

# The update of a drag, by far the most frequent: one client overwrites one key with one to four
# numbers, and deletes the previous value. Matched by a regular expression, because parsing it step
# by step is the largest share of a small update's processor time.
_VARUINT = rb"[\x80-\xff]{0,7}[\x00-\x7f]"
# Its numbers are below 2^19, however they are encoded: within the bounds of every key. Others are
# parsed step by step.
_NUMBER = (
    rb"(?:\x7d(?:[\x80-\xff]?[\x00-\x7f]|[\x80-\xff]{2}[\x00-\x3f])"
    rb"|\x7c[\x00-\x48\x80-\xc8].{3}"
    rb"|\x7b(?:[\x00-\x40\x80-\xc0].|[\x41\xc1][\x00-\x1f]).{6}"
    rb"|[\x78\x79\x7e\x7f])"
)
_MOVE = re.compile(
    rb"\x01\x01(%(n)b)(%(n)b)[\x88\xa8](%(n)b)(%(n)b)\x01"
    rb"(?:%(v)b|\x75\x02%(v)b{2}|\x75\x04%(v)b{4})"
    rb"(?:\x00|\x01(%(n)b)\x01(%(n)b)(%(n)b))" % {b"n": _VARUINT, b"v": _NUMBER},
    re.DOTALL,
)
_MOVE_MAX_BYTES = 2 + 4 * 8 + 2 + 2 + 4 * 9 + 2 + 3 * 8
_MOVE_MAX_VALUES = 5

RootItem = tuple[int, int, int, tuple[int, int] | None]
"""(client, clock, length, origin)"""


class Signed(NamedTuple):
    """An object that may be a signature; `sync/wire/signatures.py` decides."""

    root: bytes | None
    key: bytes | None
    """None (like the root) for a write that follows another: it has the same key as that one."""
    origin: int | None
    """The client of that write."""
    value: bytes


@dataclass(slots=True)
class Parsed:
    """The effects of an update: clock ranges it adds, ids it needs, clock ranges it deletes."""

    ranges: list[tuple[int, int, int]] = field(default_factory=list)
    """(client, first clock, clock after the last)"""
    needs: list[tuple[int, int]] = field(default_factory=list)
    """(client, clock) of every origin and parent"""
    parents: list[tuple[int, int]] = field(default_factory=list)
    """(client, clock) of every parent that is named by its id"""
    root_items: list[RootItem] = field(default_factory=list)
    """Items in `elements`, or in the same map as their origin."""
    deletes: list[tuple[int, int, int]] = field(default_factory=list)
    """(client, first clock, clock after the last)"""
    places: list[int] = field(default_factory=list)
    """For each write, a hash of what it follows: the write before it, or the empty key."""
    plain: list[tuple[int, int]] = field(default_factory=list)
    """(client, clock) of what plain values follow: it must not be an element"""
    faults: dict[int, tuple[int, str]] = field(default_factory=dict)
    """client → the last clock at which a value is out of bounds, and what is wrong with it"""
    half_made: list[str] = field(default_factory=list)
    """Ids of elements that it creates without a type or position"""
    scans: int = 0
    """How many writes follow one of another client or one from before the update: to place each,
    Yjs looks at all later writes of its key.
    """
    signed: list[Signed] = field(default_factory=list)


def parse(
    update: bytes,
    limits: Limits = DEFAULT_LIMITS,
    end_step: Callable[[], None] | None = None,
    known: Mapping[int, int] = NOTHING_KNOWN,
) -> Parsed:
    """Parses the whole update once, in linear time; calls `end_step` on the way.

    `known` are the clocks of the target document: structs that it repeats do not count.

    Raises:
        MalformedError: with the rule that it violates.
    """
    move = _MOVE.fullmatch(update) if len(update) <= _MOVE_MAX_BYTES else None
    if move is not None and limits.values >= _MOVE_MAX_VALUES:
        parsed = _parsed_move(*move.groups())
        if parsed is not None:
            return parsed
    try:
        return Parser(update, limits, end_step, known).parse()
    except IndexError:
        raise MalformedError("update is cut off") from None


def _parsed_move(
    client: bytes,
    clock: bytes,
    origin_client: bytes,
    origin_clock: bytes,
    deleted_client: bytes | None,
    deleted_clock: bytes,
    deleted_length: bytes,
) -> Parsed | None:
    """The result of `Parser` for the numbers matched by `_MOVE`; None if it would refuse them."""
    try:
        writer, start = read_varuint(client, 0)[0], read_varuint(clock, 0)[0]
        origin = read_varuint(origin_client, 0)[0], read_varuint(origin_clock, 0)[0]
        if start >= MAX_CLOCK or (origin[0] == writer and origin[1] >= start):
            return None
        deletes = []
        if deleted_client is not None:
            first, length = read_varuint(deleted_clock, 0)[0], read_varuint(deleted_length, 0)[0]
            if length == 0 or first + length > MAX_CLOCK:
                return None
            deletes.append((read_varuint(deleted_client, 0)[0], first, first + length))
    except MalformedError:
        return None
    place = hash((_SALT, origin))
    return Parsed(
        [(writer, start, start + 1)], [origin], [], [], deletes, [place], [origin], scans=1
    )


def is_closed(parsed: Parsed, clocks: dict[int, int]) -> bool:
    """Whether the update integrates completely on a document that holds `clocks`.

    Nothing may stay pending: pending structs are invisible to state vectors and events, and
    compaction would lose them. An honest client's update fails this only after a gap, and then a
    step 1 gets what is missing.
    """
    ends: dict[int, int] = {}
    for client, start, end in parsed.ranges:
        known = clocks.get(client, 0)
        if start > known:
            return False
        ends[client] = end if end > known else known
    for client, clock in parsed.needs:
        if clock >= (ends[client] if client in ends else clocks.get(client, 0)):
            return False
    for client, _, end in parsed.deletes:
        if end > (ends[client] if client in ends else clocks.get(client, 0)):
            return False
    return True


def overlaps(parsed: Parsed, clocks: dict[int, int]) -> bool:
    """Whether a document with `clocks` already has some struct of the update."""
    return any(start < clocks.get(client, 0) for client, start, _ in parsed.ranges)


_MAX_HALF_MADE = 100


class Parser(ValueReader):
    """Reads an update from its first byte to its last."""

    __slots__ = ("followers", "known", "parsed", "start")

    def __init__(
        self,
        data: bytes,
        limits: Limits,
        end_step: Callable[[], None] | None = None,
        known: Mapping[int, int] = NOTHING_KNOWN,
    ) -> None:
        super().__init__(data, limits, end_step)
        self.parsed = Parsed()
        self.start = 0
        """The first clock of the client whose structs are being read."""
        self.followers: dict[object, set[int]] = {}
        self.known = known

    def parse(self) -> Parsed:
        """Reads all of it. Raises MalformedError or IndexError."""
        self._structs()
        self._delete_set()
        if self.at != self.size:
            raise MalformedError("bytes after the end")
        self.parsed.faults = self.faults
        half = (one for one in self.elements.values() if one.missing)
        self.parsed.half_made = [one.id.decode() for one in islice(half, _MAX_HALF_MADE)]
        return self.parsed

    # --- structs

    def _structs(self) -> None:
        seen: set[int] = set()
        total = 0
        for _ in range(self.count(4, self.limits.structs)):
            count = self.count(1, self.limits.structs)
            client = self.varuint()
            total += count
            if count == 0 or client in seen or total > self.limits.structs:
                raise MalformedError("client section is empty, repeated or too long")
            seen.add(client)
            start = clock = self.start = self.varuint()
            for _ in range(count):
                if self.end_step is not None:
                    self.end_step()
                clock += self._struct(client, clock)
                if clock > MAX_CLOCK:
                    raise MalformedError("clock out of range")
            self.parsed.ranges.append((client, start, clock))

    def _struct(self, client: int, clock: int) -> int:
        """Reads one struct; returns its length in clocks."""
        info = self.data[self.at]
        self.at += 1
        content = info & 31
        if content == _GC:
            if info:
                raise MalformedError("garbage struct with flags")
            return self._length()
        if content not in (_DELETED, _TYPE, _ANY):
            # Skip, text, formats, embeds, binary, subdocuments and JSON never occur in maps of
            # plain values.
            raise MalformedError("content type is not allowed")
        if info & _HAS_RIGHT_ORIGIN:
            raise MalformedError("sequences are not allowed")
        root: bytes | None = None
        origin: tuple[int, int] | None = None
        if info & _HAS_ORIGIN:
            origin = self._need(client, clock)
            self._follow(origin, client, clock)
            self.parsed.scans += origin[0] != client or origin[1] < self.start
        else:
            root = self._parent(info, client, clock)
        length = 1
        if content == _DELETED:
            length = self._length()
        elif content == _TYPE:
            self._map(info, root)
            if root is not None:
                self.make_element(client, clock)
        else:
            self._plain(client, clock, root, origin)
            return 1
        if origin is not None or root == ROOT_OF_MAPS:
            self.parsed.root_items.append((client, clock, length, origin))
        return length

    def _length(self) -> int:
        length = self.varuint()
        if length == 0:
            raise MalformedError("struct of length zero")
        return length

    def _need(self, client: int, clock: int) -> tuple[int, int]:
        needed_client = self.varuint()
        needed_clock = self.varuint()
        if needed_client == client and needed_clock >= clock:
            raise MalformedError("struct depends on itself")
        need = (needed_client, needed_clock)
        self.parsed.needs.append(need)
        return need

    def _parent(self, info: int, client: int, clock: int) -> bytes | None:
        """Reads the parent and key of a struct without origin; returns the name of a root."""
        if not info & _HAS_KEY:
            raise MalformedError("sequences are not allowed")
        parent: tuple[int, int] | bytes
        root: bytes | None = None
        by_name = self.varuint()
        if by_name == 1:
            parent = root = self.text()
            if root.decode() not in ROOTS:
                raise MalformedError("unknown root")
        elif by_name == 0:
            parent = self._need(client, clock)
            self.parsed.parents.append(parent)
        else:
            raise MalformedError("unknown kind of parent")
        self.parent, self.key_at = parent, self.key()
        self._follow((parent, self.key_at), client, clock)
        return root

    def _follow(self, place: object, client: int, clock: int) -> None:
        """Counts clients that follow the same write, or start the same key.

        An honest client does so once: its next write follows its own. Placing many writes after the
        same one takes quadratic time, at every load again. What is known already was counted when
        it came, and anyone may repeat it.
        """
        if clock < self.known.get(client, 0):
            return
        clients = self.followers.setdefault(place, set())
        is_repeated = client in clients and self.limits.is_honest
        if is_repeated or len(clients) >= self.limits.writers_per_key:
            raise MalformedError("too many concurrent writes of one key")
        clients.add(client)
        self.parsed.places.append(hash((_SALT, place)))

    def _map(self, info: int, root: bytes | None) -> None:
        type_ref = self.data[self.at]
        self.at += 1
        if type_ref != _Y_MAP:
            raise MalformedError("only maps are allowed")
        if not info & _HAS_ORIGIN and root != ROOT_OF_MAPS:
            raise MalformedError("maps are nested too deep")

    def _plain(
        self, client: int, clock: int, root: bytes | None, origin: tuple[int, int] | None
    ) -> None:
        if self.varuint() != 1:
            raise MalformedError("a key holds exactly one value")
        if origin is not None:
            self.parsed.plain.append(origin)
        at = self.at
        self.read_value_at(client, clock, root, origin)
        if self.data[at] == _OBJECT:
            self._signed(at, root, origin)

    def _signed(self, at: int, root: bytes | None, origin: tuple[int, int] | None) -> None:
        """Keeps the object at `at` if it may be a signature."""
        value = self.data[at : self.at]
        if origin is not None:
            self.parsed.signed.append(Signed(None, None, origin[0], value))
        elif root in SIGNED_ROOTS or self.key_at == SIGNED_KEY:
            self.parsed.signed.append(Signed(root, self.key_at, None, value))

    # --- delete set

    def _delete_set(self) -> None:
        seen: set[int] = set()
        total = 0
        for _ in range(self.count(2, self.limits.delete_ranges)):
            client = self.varuint()
            if client in seen:
                raise MalformedError("client repeated in the delete set")
            seen.add(client)
            count = self.count(2, self.limits.delete_ranges)
            total += count
            if total > self.limits.delete_ranges:
                raise MalformedError("too many deletions")
            last = 0
            for _ in range(count):
                if self.end_step is not None:
                    self.end_step()
                start = self.varuint()
                length = self.varuint()
                if length == 0 or start < last or start + length > MAX_CLOCK:
                    raise MalformedError("deletions are empty, unordered or out of range")
                last = start + length
                self.parsed.deletes.append((client, start, last))
