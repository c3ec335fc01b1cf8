"""Reads a large JSON text from a file, a window at a time and in short steps. Pure.

Python's own reader wants the whole text, and keeps the global lock from its first byte to its last,
a second for what the file of a drawing may hold. Here each element and each image is a step of its
own, and no more of the text is in memory than the longest of them.
"""

import codecs
import json
from collections.abc import Callable, Iterator
from json import decoder, scanner
from typing import IO, Any, NamedTuple

MAX_STRUCTURE = 400_000
"""Commas, colons and brackets of one value: what they part takes memory, sixty bytes and more."""
MAX_VALUE_CHARS = 1 << 24
_STRUCTURE = (",", ":", "[", "{")
_WINDOWS = (8_192, 65_536)
_READ_BYTES = 65_536
_SPACE = frozenset(" \t\n\r")

_quick = json.JSONDecoder()
# The pure Python scanner, for values longer than the window: other threads may run in between.
_patient: Any = json.JSONDecoder()
_patient.parse_object = decoder.JSONObject  # type: ignore[attr-defined]
_patient.parse_array = decoder.JSONArray  # type: ignore[attr-defined]
_patient.scan_once = scanner.py_make_scanner(_patient)  # type: ignore[attr-defined]

Path = tuple[str | int, ...]


class Found(NamedTuple):
    """A value of a JSON text."""

    path: Path
    """The keys and numbers that lead to it."""
    value: Any
    size: int
    """How many characters of the text it is."""


class TooLargeValueError(ValueError):
    """One value of the text would take too much memory."""


def walk(file: IO[bytes], end_step: Callable[[], None], *, depth: int = 2) -> Iterator[Found]:
    """The values that stand so deep in a JSON text, in their order, and above them whatever is no
    array or object, or an empty one. Calls `end_step` on the way.

    Raises:
        TooLargeValueError: one of them is longer than `MAX_VALUE_CHARS`, or has too many parts.
        ValueError, RecursionError: it is no JSON, or nested too deep.
    """
    reader = _Reader(file, end_step)
    yield from reader.read((), depth)
    reader.require_end()


class _Reader:
    """Walks through the outer arrays and objects, and reads each value inside them in one step."""

    def __init__(self, file: IO[bytes], end_step: Callable[[], None]) -> None:
        self._file = file
        self._end_step = end_step
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._at = 0
        self._has_all = False

    def read(self, path: Path, depth: int) -> Iterator[Found]:
        """The values at this place; arrays and objects so deep are walked through."""
        self._skip_space()
        if depth and self._takes("{"):
            yield from self._read_object(path, depth)
        elif depth and self._takes("["):
            yield from self._read_array(path, depth)
        else:
            value, size = self._read_at_once()
            self._end_step()
            yield Found(path, value, size)

    def require_end(self) -> None:
        """Raises ValueError where something follows."""
        self._skip_space()
        if self._at < len(self._text):
            raise ValueError("there is more after the end")

    def _read_object(self, path: Path, depth: int) -> Iterator[Found]:
        if self._takes("}"):
            yield Found(path, {}, 2)
            return
        while True:
            self._skip_space()
            if not self._text.startswith('"', self._at):
                raise ValueError("a name is missing")
            key, _ = self._read_at_once()
            self._require(":")
            yield from self.read((*path, key), depth - 1)
            if self._takes("}"):
                return
            self._require(",")

    def _read_array(self, path: Path, depth: int) -> Iterator[Found]:
        if self._takes("]"):
            yield Found(path, [], 2)
            return
        number = 0
        while True:
            yield from self.read((*path, number), depth - 1)
            number += 1
            if self._takes("]"):
                return
            self._require(",")

    def _takes(self, sign: str) -> bool:
        self._skip_space()
        is_there = self._text.startswith(sign, self._at)
        self._at += is_there
        return is_there

    def _require(self, sign: str) -> None:
        if not self._takes(sign):
            raise ValueError(f"{sign} is missing")

    def _skip_space(self) -> None:
        """Goes on to what is no white space, of which there is at least one character then."""
        while True:
            self._fill(1)
            if self._text[self._at : self._at + 1] not in _SPACE:
                return
            self._at += 1

    def _fill(self, chars: int) -> None:
        """Sees to it that so many characters can be read, unless the text ends before."""
        if self._has_all or len(self._text) - self._at >= chars:
            return
        pieces = [self._text[self._at :]]
        self._at, length = 0, len(pieces[0])
        while length < chars and not self._has_all:
            data = self._file.read(_READ_BYTES)
            self._has_all = not data
            pieces.append(self._decoder.decode(data, final=self._has_all))
            length += len(pieces[-1])
        self._text = "".join(pieces)

    def _read_at_once(self) -> tuple[Any, int]:
        """The value at this place and its length."""
        for size in _WINDOWS:
            self._fill(size + 1)
            window = self._text[self._at : self._at + size]
            is_all = self._at + size >= len(self._text)
            try:
                value, end = _quick.raw_decode(window)
            except ValueError:
                if is_all:
                    raise
                continue
            if is_all or end < size:  # else a number may go on
                self._at += end
                return value, end
        return self._read_long()

    def _read_long(self) -> tuple[Any, int]:
        size = _WINDOWS[-1]
        while size < MAX_VALUE_CHARS:
            size *= 2
            self._fill(size + 1)
            end_of_window = self._at + size
            count = sum(self._text.count(sign, self._at, end_of_window) for sign in _STRUCTURE)
            if count > MAX_STRUCTURE:
                raise TooLargeValueError(f"a value has more than {MAX_STRUCTURE:,} parts")
            is_all = end_of_window >= len(self._text)
            window = self._text[self._at : end_of_window]
            try:
                value, end = _patient.raw_decode(window)
            except ValueError:
                if is_all:
                    raise
                continue
            if is_all or end < size:
                self._at += end
                return value, end
        raise TooLargeValueError(f"a value is longer than {MAX_VALUE_CHARS:,} characters")
