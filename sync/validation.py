"""Decides from the bytes alone whether a Yjs update may reach the document.

Pure: knows no framework. pycrdt and Yjs crash, hang or split on crafted updates; this parser
admits only what honest clients of this product's document produce: Y.Map and plain JSON values
under known roots. Format: Yjs update encoding v1
(https://github.com/yjs/yjs/blob/main/INTERNALS.md and src/utils/UpdateEncoder.js).
"""

from dataclasses import dataclass, field

from sync.protocol import MAX_CLOCK, Malformed, read_bytes, read_varuint

ROOTS = frozenset({"elements", "files", "meta", "authors", "conflicts"})
ROOT_OF_MAPS = "elements"

_GC, _DELETED, _SKIP, _TYPE, _ANY = 0, 1, 10, 7, 8
_HAS_ORIGIN, _HAS_RIGHT_ORIGIN, _HAS_KEY = 0x80, 0x40, 0x20
_Y_MAP = 1

# Tags of lib0's `any` encoding. BigInt (122) is left out: pycrdt would turn it into a float.
_UNDEFINED, _NULL, _INTEGER, _FLOAT32, _FLOAT64 = 127, 126, 125, 124, 123
_FALSE, _TRUE, _STRING, _OBJECT, _ARRAY, _BINARY = 121, 120, 119, 118, 117, 116
_SIZE_OF = {_UNDEFINED: 0, _NULL: 0, _FALSE: 0, _TRUE: 0, _FLOAT32: 4, _FLOAT64: 8}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one update may hold; each bound is on work or memory, not on taste."""

    structs: int = 200_000
    delete_ranges: int = 50_000
    values: int = 2_000_000
    depth: int = 32
    unlinked_per_key: int = 64


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Parsed:
    """What an update would do: clock ranges it adds, ids it needs, clock ranges it deletes."""

    ranges: list[tuple[int, int, int]] = field(default_factory=list)
    """(client, first clock, clock after the last)"""
    needs: list[tuple[int, int, int, int]] = field(default_factory=list)
    """(needed client, needed clock, client, clock) of an origin or parent"""
    deletes: list[tuple[int, int, int]] = field(default_factory=list)
    """(client, first clock, clock after the last)"""


def parse(update: bytes, limits: Limits = DEFAULT_LIMITS) -> Parsed:
    """Reads the whole update once, in time linear in its size.

    Raises:
        Malformed: with the rule that it breaks.
    """
    try:
        return _Parser(update, limits).parse()
    except IndexError:
        raise Malformed("update is cut off") from None


def is_closed(parsed: Parsed, clocks: dict[int, int]) -> bool:
    """Whether the update integrates completely on a document that holds `clocks`.

    Nothing may stay pending: pending structs are invisible to state vectors and events, and
    compaction would lose them. An honest client's update fails this only after a gap, which a
    SyncStep1 to it fills.
    """
    ends: dict[int, int] = {}
    for client, start, end in parsed.ranges:
        known = clocks.get(client, 0)
        if start > known:
            return False
        ends[client] = end if end > known else known
    for client, clock, _, _ in parsed.needs:
        if clock >= (ends[client] if client in ends else clocks.get(client, 0)):
            return False
    for client, _, end in parsed.deletes:
        if end > (ends[client] if client in ends else clocks.get(client, 0)):
            return False
    return True


def overlaps(parsed: Parsed, clocks: dict[int, int]) -> bool:
    """Whether some struct of the update is already in a document that holds `clocks`."""
    return any(start < clocks.get(client, 0) for client, start, _ in parsed.ranges)


class _Parser:
    """One pass over the bytes; `at` is the read position."""

    __slots__ = ("at", "data", "limits", "parsed", "size", "unlinked", "values")

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self.size = len(data)
        self.at = 0
        self.limits = limits
        self.parsed = Parsed()
        self.values = 0
        self.unlinked: dict[tuple[object, bytes], int] = {}

    def parse(self) -> Parsed:
        self._structs()
        self._delete_set()
        if self.at != self.size:
            raise Malformed("bytes after the end")
        return self.parsed

    # --- reading

    def _varuint(self) -> int:
        value, self.at = read_varuint(self.data, self.at)
        return value

    def _text(self) -> bytes:
        raw, self.at = read_bytes(self.data, self.at)
        if not raw.isascii():
            try:
                raw.decode()
            except UnicodeDecodeError:
                raise Malformed("text is not UTF-8") from None
        return raw

    def _key(self) -> bytes:
        key = self._text()
        # As a key of a plain JavaScript object this would replace its prototype.
        if key == b"__proto__":
            raise Malformed("forbidden key")
        return key

    def _count(self, bytes_each: int, limit: int) -> int:
        count = self._varuint()
        if count * bytes_each > self.size - self.at or count > limit:
            raise Malformed("count exceeds the data or the limit")
        return count

    # --- structs

    def _structs(self) -> None:
        seen: set[int] = set()
        total = 0
        for _ in range(self._count(4, self.limits.structs)):
            count = self._count(1, self.limits.structs)
            client = self._varuint()
            total += count
            if count == 0 or client in seen or total > self.limits.structs:
                raise Malformed("client section is empty, repeated or too long")
            seen.add(client)
            start = clock = self._varuint()
            for _ in range(count):
                clock += self._struct(client, clock)
                if clock > MAX_CLOCK:
                    raise Malformed("clock out of range")
            self.parsed.ranges.append((client, start, clock))

    def _struct(self, client: int, clock: int) -> int:
        """Reads one struct; returns its length in clocks."""
        info = self.data[self.at]
        self.at += 1
        content = info & 31
        if content == _GC:
            if info:
                raise Malformed("garbage struct with flags")
            return self._length()
        if content not in (_DELETED, _TYPE, _ANY):
            # Skip, text, formats, embeds, binary, subdocuments and JSON never come from a map
            # of plain values.
            raise Malformed("content type is not allowed")
        if info & _HAS_RIGHT_ORIGIN:
            raise Malformed("sequences are not allowed")
        root: bytes | None = None
        if info & _HAS_ORIGIN:
            self._need(client, clock)
        else:
            root = self._parent(info, client, clock)
        if content == _DELETED:
            return self._length()
        if content == _TYPE:
            self._map(info, root)
        else:
            self._single_value()
        return 1

    def _length(self) -> int:
        length = self._varuint()
        if length == 0:
            raise Malformed("struct of length zero")
        return length

    def _need(self, client: int, clock: int) -> None:
        needed_client = self._varuint()
        needed_clock = self._varuint()
        if needed_client == client and needed_clock >= clock:
            raise Malformed("struct depends on itself")
        self.parsed.needs.append((needed_client, needed_clock, client, clock))

    def _parent(self, info: int, client: int, clock: int) -> bytes | None:
        """Reads parent and key of a struct without origin; returns the name if it is a root."""
        if not info & _HAS_KEY:
            raise Malformed("sequences are not allowed")
        parent: object
        root: bytes | None = None
        by_name = self._varuint()
        if by_name == 1:
            parent = root = self._text()
            if root.decode() not in ROOTS:
                raise Malformed("unknown root")
        elif by_name == 0:
            self._need(client, clock)
            parent = self.parsed.needs[-1][:2]
        else:
            raise Malformed("unknown kind of parent")
        # Many unlinked writes of one key cost quadratic time at every load.
        place = (parent, self._key())
        count = self.unlinked.get(place, 0) + 1
        if count > self.limits.unlinked_per_key:
            raise Malformed("too many concurrent writes of one key")
        self.unlinked[place] = count
        return root

    def _map(self, info: int, root: bytes | None) -> None:
        type_ref = self.data[self.at]
        self.at += 1
        if type_ref != _Y_MAP:
            raise Malformed("only maps are allowed")
        if not info & _HAS_ORIGIN and root != ROOT_OF_MAPS.encode():
            raise Malformed("maps are nested too deep")

    def _single_value(self) -> None:
        if self._varuint() != 1:
            raise Malformed("a key holds exactly one value")
        self._value()

    # --- plain values

    def _value(self) -> None:
        """Reads one value of lib0's `any` encoding; iterative, so that depth costs no stack."""
        open_counts: list[int] = []
        open_objects: list[bool] = []
        while True:
            self.values += 1
            if self.values > self.limits.values:
                raise Malformed("too many values")
            children, is_object = self._one_value()
            if children:
                open_counts.append(children)
                open_objects.append(is_object)
                if len(open_counts) > self.limits.depth:
                    raise Malformed("values are nested too deep")
            else:
                while open_counts:
                    open_counts[-1] -= 1
                    if open_counts[-1]:
                        break
                    open_counts.pop()
                    open_objects.pop()
            if not open_counts:
                return
            if open_objects[-1]:
                self._key()

    def _one_value(self) -> tuple[int, bool]:
        """Reads a tag and what belongs to it; returns how many children follow, and if keyed."""
        tag = self.data[self.at]
        self.at += 1
        size = _SIZE_OF.get(tag)
        if size is not None:
            self.at += size
        elif tag == _INTEGER:
            self._varint()
        elif tag == _STRING:
            self._text()
        elif tag == _OBJECT:
            return self._count(2, self.limits.values), True
        elif tag == _ARRAY:
            return self._count(1, self.limits.values), False
        elif tag == _BINARY:
            _, self.at = read_bytes(self.data, self.at)
        else:
            raise Malformed("unknown kind of value")
        if self.at > self.size:
            raise Malformed("update is cut off")
        return 0, False

    def _varint(self) -> None:
        """Skips a signed integer: six bits and a sign in the first byte, then seven a byte."""
        for _ in range(8):
            byte = self.data[self.at]
            self.at += 1
            if byte < 128:
                return
        raise Malformed("integer out of range")

    # --- delete set

    def _delete_set(self) -> None:
        seen: set[int] = set()
        total = 0
        for _ in range(self._count(2, self.limits.delete_ranges)):
            client = self._varuint()
            if client in seen:
                raise Malformed("client repeated in the delete set")
            seen.add(client)
            count = self._count(2, self.limits.delete_ranges)
            total += count
            if total > self.limits.delete_ranges:
                raise Malformed("too many deletions")
            last = 0
            for _ in range(count):
                start = self._varuint()
                length = self._varuint()
                if length == 0 or start < last or start + length > MAX_CLOCK:
                    raise Malformed("deletions are empty, unordered or out of range")
                last = start + length
                self.parsed.deletes.append((client, start, last))
