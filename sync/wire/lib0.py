"""Reads lib0's encoding step by step; every count and length is checked before it is used.

Pure: knows no framework. Format: https://github.com/dmonad/lib0/blob/main/encoding.js
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from sync.wire.frames import MalformedError, read_bytes, read_varuint

# Tags of lib0's `any` encoding. BigInt (122) is left out: pycrdt would turn it into a float.
UNDEFINED, NULL, INTEGER, FLOAT32, FLOAT64 = 127, 126, 125, 124, 123
FALSE, TRUE, STRING, OBJECT, ARRAY, BINARY = 121, 120, 119, 118, 117, 116
# Shift of a signed integer's eighth byte: 6 bits and six times 7 bits precede it.
_LAST_BYTE_OF_53_BITS = 0b11111
_VALUES_A_STEP = 256
_SIZE_OF = {UNDEFINED: 0, NULL: 0, FALSE: 0, TRUE: 0, FLOAT32: 4, FLOAT64: 8}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one update. Each bounds work or memory."""

    structs: int = 200_000
    delete_ranges: int = 50_000
    values: int = 2_000_000
    depth: int = 32
    writers_per_key: int = 64
    is_honest: bool = True
    """Whether to refuse things that are harmless once, but that no honest client writes."""


DEFAULT_LIMITS = Limits()
NO_LIMITS = Limits(
    structs=sys.maxsize,
    delete_ranges=sys.maxsize,
    values=sys.maxsize,
    depth=sys.maxsize,
    writers_per_key=sys.maxsize,
    is_honest=False,
)
"""For updates that this server has committed."""


class Reader:
    """Reads bytes in one pass; `at` is the position. Reading past the end is an IndexError.

    `end_step` is called regularly, so that other work can run in between.
    """

    __slots__ = ("at", "data", "end_step", "limits", "size", "values")

    def __init__(
        self, data: bytes, limits: Limits, end_step: Callable[[], None] | None = None
    ) -> None:
        self.data = data
        self.size = len(data)
        self.at = 0
        self.limits = limits
        self.end_step = end_step
        self.values = 0

    def varuint(self) -> int:
        """An unsigned integer of at most 53 bits. Raises MalformedError."""
        byte = self.data[self.at]
        if byte < 128:
            self.at += 1
            return byte
        value, self.at = read_varuint(self.data, self.at)
        return value

    def text(self) -> bytes:
        """A text as its UTF-8 bytes, checked. Raises MalformedError."""
        raw, self.at = read_bytes(self.data, self.at)
        if not raw.isascii():
            try:
                raw.decode()
            except UnicodeDecodeError:
                raise MalformedError("text is not UTF-8") from None
        return raw

    def key(self) -> bytes:
        """A text that is safe as a key of a JavaScript object. Raises MalformedError."""
        key = self.text()
        # As a key of a plain JavaScript object this would replace its prototype.
        if key == b"__proto__":
            raise MalformedError("forbidden key")
        return key

    def count(self, bytes_each: int, limit: int) -> int:
        """Reads the count of following items, each at least `bytes_each` bytes long.

        Raises MalformedError above `limit`.
        """
        count = self.varuint()
        if count * bytes_each > self.size - self.at or count > limit:
            raise MalformedError("count exceeds the data or the limit")
        return count

    # --- plain values

    def value(self) -> None:
        """Reads one value of lib0's `any` encoding; iterative, so that depth costs no stack."""
        open_counts: list[int] = []
        open_objects: list[bool] = []
        while True:
            self.count_value()
            children, is_object = self._one_value()
            if children:
                open_counts.append(children)
                open_objects.append(is_object)
                if len(open_counts) > self.limits.depth:
                    raise MalformedError("values are nested too deep")
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
                self.key()

    def count_value(self) -> None:
        """Counts one more value. Raises MalformedError above the limit."""
        self.values += 1
        if self.values > self.limits.values:
            raise MalformedError("too many values")
        if self.end_step is not None and self.values % _VALUES_A_STEP == 0:
            self.end_step()

    def _one_value(self) -> tuple[int, bool]:
        """Reads a tag and its content; returns how many children follow, and whether they have
        keys.
        """
        tag = self.data[self.at]
        self.at += 1
        size = _SIZE_OF.get(tag)
        if size is not None:
            self.at += size
        elif tag == INTEGER:
            self.varint()
        elif tag == STRING:
            self.text()
        elif tag == OBJECT:
            return self.count(2, self.limits.values), True
        elif tag == ARRAY:
            return self.count(1, self.limits.values), False
        elif tag == BINARY:
            _, self.at = read_bytes(self.data, self.at)
        else:
            raise MalformedError("unknown kind of value")
        if self.at > self.size:
            raise MalformedError("update is cut off")
        return 0, False

    def varint(self) -> int:
        """A signed integer: six bits and a sign in the first byte, then seven per byte."""
        first = self.data[self.at]
        number, shift = first & 63, 6
        for index in range(8):
            byte = self.data[self.at]
            self.at += 1
            if index:
                number |= (byte & 127) << shift
                shift += 7
            if byte < 128:
                if index == 7 and byte > _LAST_BYTE_OF_53_BITS:
                    break
                return -number if first & 64 else number
        raise MalformedError("integer out of range")
