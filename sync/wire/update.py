"""Decides from the bytes alone whether a Yjs update may reach the document.

Pure: knows no framework. pycrdt and Yjs crash, hang or split on crafted updates; this parser
admits only what honest clients of this product's document produce: Y.Map and plain JSON values
under known roots. Format: Yjs update encoding v1
(https://github.com/yjs/yjs/blob/main/INTERNALS.md and src/utils/UpdateEncoder.js).
"""

from collections.abc import Callable, Mapping
from itertools import islice

from sync.drawing.model import SHAPED_KEYS
from sync.wire.frames import MAX_CLOCK, MalformedError
from sync.wire.lib0 import DEFAULT_LIMITS, Limits
from sync.wire.parsed import (
    MAX_DRAG_BYTES,
    MAX_DRAG_VALUES,
    MAX_WATCHED,
    SALT,
    Parsed,
    Signed,
    is_pair,
    parse_drag,
)
from sync.wire.values import ROOT_OF_MAPS, ValueReader

ROOTS = frozenset({"elements", "files", "meta", "authors", "conflicts"})
SIGNED_ROOTS = frozenset({b"authors", b"conflicts"})
SIGNED_KEY = b"del"
NOTHING_KNOWN: Mapping[int, int] = {}

_GC, _DELETED, _TYPE, _ANY = 0, 1, 7, 8
_HAS_ORIGIN, _HAS_RIGHT_ORIGIN, _HAS_KEY = 0x80, 0x40, 0x20
_Y_MAP = 1
_OBJECT = 118
_MAX_INCOMPLETE = 100
_SHAPED_KEYS = frozenset(key.encode() for key in SHAPED_KEYS)


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
    if len(update) <= MAX_DRAG_BYTES and limits.values >= MAX_DRAG_VALUES:
        parsed = parse_drag(update)
        if parsed is not None:
            return parsed
    try:
        return Parser(update, limits, end_step, known).parse()
    except IndexError:
        raise MalformedError("update is cut off") from None


class Parser(ValueReader):
    """Reads an update from its first byte to its last."""

    __slots__ = ("followers", "known", "last_parent", "parsed", "start")

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
        self.last_parent: tuple[tuple[int, int], bytes] = ((0, 0), b"")
        """The parent that was read last, and its bytes."""

    def parse(self) -> Parsed:
        """Reads all of it. Raises MalformedError or IndexError."""
        self._structs()
        self._delete_set()
        if self.at != self.size:
            raise MalformedError("bytes after the end")
        self.parsed.faults = self.faults
        self.parsed.may_hide = self._is_worth_watching()
        incomplete = (one for one in self.elements.values() if not one.is_complete)
        self.parsed.incomplete = [one.id.decode() for one in islice(incomplete, _MAX_INCOMPLETE)]
        return self.parsed

    def _is_worth_watching(self) -> bool:
        """See `Parsed.may_hide`."""
        if not (self.parsed.may_hide or self._removes()):
            return False
        removed = sum(end - start for _, start, end in self.parsed.deletes)
        return max(removed, len(self.parsed.plain)) <= MAX_WATCHED

    def _removes(self) -> bool:
        """Whether it deletes something that it does not replace."""
        replaced = self.parsed.plain
        if len(replaced) <= MAX_WATCHED:
            for client, start, end in self.parsed.deletes:
                for clock in range(start, end):
                    if (client, clock) not in replaced:
                        return True
        return False

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
        need = (self.varuint(), self.varuint())
        self._note_need(need, client, clock)
        return need

    def _note_need(self, need: tuple[int, int], client: int, clock: int) -> None:
        if need[0] == client and need[1] >= clock:
            raise MalformedError("struct depends on itself")
        self.parsed.needs.append(need)

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
            parent = self._parent_struct(client, clock)
        else:
            raise MalformedError("unknown kind of parent")
        self.parent, self.key_at = parent, self.key()
        self._follow((parent, self.key_at), client, clock)
        return root

    def _parent_struct(self, client: int, clock: int) -> tuple[int, int]:
        """Reads the id of the parent. The keys of a new element name the same one in a row."""
        parent, raw = self.last_parent
        if raw and self.data.startswith(raw, self.at):
            self.at += len(raw)
            self._note_need(parent, client, clock)
        else:
            start = self.at
            parent = self._need(client, clock)
            self.last_parent = parent, self.data[start : self.at]
        self.parsed.parents.append(parent)
        return parent

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
        self.parsed.places.append(hash((SALT, place)))

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
        at = self.at
        self.read_value_at(client, clock, root, origin)
        if origin is not None:
            self.parsed.plain.append(origin)
            if not is_pair(self.data, at) and clock >= self.known.get(client, 0):
                self.parsed.may_hide = True
        elif root is None and self.key_at in _SHAPED_KEYS and self.parent not in self.elements:
            self.parsed.may_hide = True
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
