"""Reads the values of an update and records which of them are out of bounds.

Pure: knows no framework. A fault is recorded, not raised: values that a document holds already may
be older than a bound, and every client repeats them. The clock of a fault tells whether it is new.
"""

import struct
from collections.abc import Callable
from typing import Any

from sync.drawing.bounds import (
    CHECKS_OF_KEYS,
    fault_of_group,
    fault_of_id,
    fault_of_overwrite,
    fault_of_root,
    is_drawn,
)
from sync.drawing.model import (
    BOUND_PREFIX,
    GENERIC,
    MAX_BOUND_ELEMENTS,
    NEEDED_KEYS,
    SHAPE_OF_TYPE,
    SHAPED_KEYS,
)
from sync.wire import lib0
from sync.wire.frames import MalformedError, read_bytes
from sync.wire.lib0 import Limits, Reader

ROOT_OF_MAPS = b"elements"
MAX_FAULT_BYTES = 100
"""A close frame has room for 123 bytes, and the reason begins with "Not accepted: "."""
_MAX_DECODED_VALUES = 200_000
_MAX_SHOWN = 30
_BOUND_PREFIX = BOUND_PREFIX.encode()
_CONSTANTS = {lib0.UNDEFINED: None, lib0.NULL: None, lib0.FALSE: False, lib0.TRUE: True}
_FLOATS = {lib0.FLOAT32: struct.Struct(">f"), lib0.FLOAT64: struct.Struct(">d")}


class TooLargeError(Exception):
    """A value exceeds the bounds of every kind, and is not worth its memory."""


def fault_of(faults: dict[int, tuple[int, str]], clocks: dict[int, int]) -> str | None:
    """The out-of-bounds values that an update would add to a document with `clocks`.

    `faults` come from its reader. Stored values may be older than a bound, and anyone may repeat
    them.
    """
    for client, (clock, fault) in faults.items():
        if clock >= clocks.get(client, 0):
            return fault
    return None


class NewElement:
    """An element that the update creates: its id, the keys needed to show it, and those that do."""

    __slots__ = ("bound", "drawn", "id", "needed")

    def __init__(self, element_id: bytes) -> None:
        self.id = element_id
        self.needed = {*NEEDED_KEYS}
        self.drawn: set[str] = set()
        self.bound = 0

    def note(self, key: str, value: object) -> None:
        """Notes a value under one of `SHAPED_KEYS`: one that can't be shown hides the element."""
        (self.drawn if is_drawn(key, value) else self.needed).add(key)
        if key == "type" and isinstance(value, str) and value in SHAPE_OF_TYPE:
            self.needed.add(SHAPE_OF_TYPE[value])

    @property
    def is_complete(self) -> bool:
        """Whether people will see it."""
        return self.needed <= self.drawn


class ValueReader(Reader):
    """Reads plain values with their positions: root or element, and key."""

    __slots__ = ("elements", "faults", "key_at", "parent")

    def __init__(
        self, data: bytes, limits: Limits, end_step: Callable[[], None] | None = None
    ) -> None:
        super().__init__(data, limits, end_step)
        self.elements: dict[tuple[int, int], NewElement] = {}
        self.faults: dict[int, tuple[int, str]] = {}
        """client → the last clock at which a value is out of bounds, and what is wrong with it"""
        # Of the current struct, if it has no origin:
        self.parent: tuple[int, int] | bytes = b""
        self.key_at = b""

    def read_value_at(
        self, client: int, clock: int, root: bytes | None, origin: tuple[int, int] | None
    ) -> None:
        """Reads the value of a struct, and records what is wrong with it.

        Raises:
            MalformedError: it cannot be read.
        """
        if not self.limits.is_honest:
            self.value()
            return
        start = self.at
        try:
            value = self._decoded(GENERIC["depth"], self.values + _MAX_DECODED_VALUES)
        except TooLargeError as error:
            self.at = start
            self.value()
            fault: str | None = str(error)
        else:
            if self.at > self.size:
                raise MalformedError("update is cut off")
            fault = self._fault_of(value, root, origin)
        if fault is not None:
            where = "a value" if origin is not None else self._place(root)
            self._note(client, clock, f"{where} {fault}")

    def make_element(self, client: int, clock: int) -> None:
        """Records a new map under the last key read, in the root `elements`."""
        if not self.limits.is_honest:
            return
        self.elements[client, clock] = NewElement(self.key_at)
        fault = fault_of_id(self.key_at.decode())
        if fault is not None:
            self._note(client, clock, f"{self._place(ROOT_OF_MAPS)} {fault}")

    def _decoded(self, depth: int, most: int) -> Any:
        self.count_value()
        tag = self.data[self.at]
        self.at += 1
        if tag == lib0.STRING:
            return self.text().decode()
        if tag == lib0.INTEGER:
            return self.varint()
        if tag in _CONSTANTS:
            return _CONSTANTS[tag]
        if tag in _FLOATS:
            return self._float(_FLOATS[tag])
        if tag == lib0.BINARY:
            value, self.at = read_bytes(self.data, self.at)
            return value
        if tag not in (lib0.OBJECT, lib0.ARRAY):
            raise MalformedError("unknown kind of value")
        return self._decoded_items(tag, depth, most)

    def _decoded_items(self, tag: int, depth: int, most: int) -> Any:
        if self.data[self.at] == 0 and depth and self.values <= most:  # thousands may be in a value
            self.at += 1
            return [] if tag == lib0.ARRAY else {}
        count = self.count(2 if tag == lib0.OBJECT else 1, self.limits.values)
        if count > GENERIC["items"]:
            raise TooLargeError(f"has more than {GENERIC['items']} items")
        if depth == 0 or self.values + count > most:
            raise TooLargeError("is nested too deep or has too many parts")
        if tag == lib0.ARRAY:
            return [self._decoded(depth - 1, most) for _ in range(count)]
        return {self.key().decode(): self._decoded(depth - 1, most) for _ in range(count)}

    def _float(self, form: struct.Struct) -> float:
        if self.at + form.size > self.size:
            raise MalformedError("update is cut off")
        value: float = form.unpack_from(self.data, self.at)[0]
        self.at += form.size
        return value

    def _fault_of(
        self, value: object, root: bytes | None, origin: tuple[int, int] | None
    ) -> str | None:
        if origin is not None:
            return fault_of_overwrite(value)
        if root is None and (check := CHECKS_OF_KEYS.get(self.key_at)) is not None:
            return check(value)
        key = self.key_at.decode()
        if root is not None:
            return fault_of_root(root.decode(), key, value)
        element = self._element()
        if element is not None:
            if key in SHAPED_KEYS:
                element.note(key, value)
            element.bound += self.key_at.startswith(_BOUND_PREFIX)
            if element.bound > MAX_BOUND_ELEMENTS:
                return f"has more than {MAX_BOUND_ELEMENTS} bound elements"
        return fault_of_group(key, value)

    def _element(self) -> NewElement | None:
        return self.elements.get(self.parent) if isinstance(self.parent, tuple) else None

    def _place(self, root: bytes | None) -> str:
        key = self.key_at.decode()[:_MAX_SHOWN]
        if root is not None:
            return f"{root.decode()}/{key}"
        element = self._element()
        element_id = "…" if element is None else element.id.decode()[:_MAX_SHOWN]
        return f"elements/{element_id}/{key}"

    def _note(self, client: int, clock: int, fault: str) -> None:
        shown = fault.encode()[:MAX_FAULT_BYTES].decode(errors="ignore")
        self.faults[client] = (clock, shown)
