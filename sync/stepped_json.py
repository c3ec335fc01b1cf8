"""Reads a large JSON text in short steps. Pure: knows no framework.

Python's json module holds the global lock from the first byte to the last: a second for a drawing
of the largest size. Here each element and each image is a step.
"""

import json
from collections.abc import Callable
from json import decoder, scanner
from typing import Any

MAX_STRUCTURE = 4_000_000
"""Limit on commas, colons and brackets: what they separate takes sixty bytes of memory each, or
more.
"""
_STRUCTURE = (b",", b":", b"[", b"{")
_WINDOWS = (8_192, 65_536)
_SPACE = frozenset(" \t\n\r")

_quick = json.JSONDecoder()
# The pure Python scanner, for values longer than the window: other threads may run in between.
_patient: Any = json.JSONDecoder()
_patient.parse_object = decoder.JSONObject  # type: ignore[attr-defined]
_patient.parse_array = decoder.JSONArray  # type: ignore[attr-defined]
_patient.scan_once = scanner.py_make_scanner(_patient)  # type: ignore[attr-defined]


class TooMuchStructureError(ValueError):
    """The text holds so many values that reading it would take too much memory."""


def read_json(data: bytes, end_step: Callable[[], None]) -> Any:
    """The value of a JSON text. Calls `end_step` on the way.

    Raises:
        TooMuchStructureError: above `MAX_STRUCTURE`.
        ValueError, RecursionError: it is not JSON, or nested too deeply.
    """
    if sum(map(data.count, _STRUCTURE)) > MAX_STRUCTURE:
        raise TooMuchStructureError
    reader = _Reader(data.decode(), end_step)
    value = reader.read(depth=2)
    reader.skip_space()
    if reader.at != len(reader.text):
        raise ValueError("there is more after the end")
    return value


class _Reader:
    """Walks through the outer arrays and objects, and reads each value inside them in one step."""

    def __init__(self, text: str, end_step: Callable[[], None]) -> None:
        self.text = text
        self.at = 0
        self._end_step = end_step

    def read(self, depth: int) -> Any:
        """The value at this position; arrays and objects down to this depth are walked through."""
        self.skip_space()
        if depth and self._takes("{"):
            return self._read_object(depth)
        if depth and self._takes("["):
            return self._read_array(depth)
        value = self._read_at_once()
        self._end_step()
        return value

    def skip_space(self) -> None:
        """Moves to the next character that is not white space."""
        while self.text[self.at : self.at + 1] in _SPACE:
            self.at += 1

    def _read_object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._takes("}"):
            return found
        while True:
            self.skip_space()
            if not self.text.startswith('"', self.at):
                raise ValueError("a name is missing")
            key = self._read_at_once()
            self._require(":")
            found[key] = self.read(depth - 1)
            if self._takes("}"):
                return found
            self._require(",")

    def _read_array(self, depth: int) -> list[Any]:
        found: list[Any] = []
        if self._takes("]"):
            return found
        while True:
            found.append(self.read(depth - 1))
            if self._takes("]"):
                return found
            self._require(",")

    def _takes(self, sign: str) -> bool:
        self.skip_space()
        is_there = self.text.startswith(sign, self.at)
        self.at += is_there
        return is_there

    def _require(self, sign: str) -> None:
        if not self._takes(sign):
            raise ValueError(f"{sign} is missing")

    def _read_at_once(self) -> Any:
        for size in _WINDOWS:
            window = self.text[self.at : self.at + size]
            is_all = self.at + size >= len(self.text)
            try:
                value, end = _quick.raw_decode(window)
            except ValueError:
                if is_all:
                    raise
                continue
            if is_all or end < size:  # a number might continue
                self.at += end
                return value
        value, self.at = _patient.raw_decode(self.text, self.at)
        return value
