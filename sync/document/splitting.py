"""Cuts a large update into pieces, so that no single one holds the process for long.

Pure: knows no framework. pycrdt keeps Python's global lock while it applies an update, and with it
every other board of the process. The structs of a client stand one after another in an update, each
complete in itself, so a run of them with a header of its own is an update too. The deletions come
last, when everything is there that they name.
"""

from collections.abc import Callable

from sync.wire.frames import Malformed, write_varuint
from sync.wire.lib0 import NO_LIMITS
from sync.wire.update import Parsed, Parser, parse

PIECE_BYTES = 100_000
_NO_DELETIONS = b"\x00"


def split(update: bytes, piece_bytes: int | None = None) -> list[bytes]:
    """Updates that together do what `update` does, applied in this order.

    Takes some microseconds for each struct: for compactions, not for the way of an edit.

    Raises:
        Malformed, IndexError: it is no update of this product's document.
    """
    piece_bytes = piece_bytes or PIECE_BYTES
    if len(update) <= piece_bytes:
        return [update]
    return split_and_parse(update, piece_bytes)[0]


def split_and_parse(
    update: bytes, piece_bytes: int, end_step: Callable[[], None] | None = None
) -> tuple[list[bytes], Parsed]:
    """The pieces, and what `parse` tells, but for the clocks if it is more than one piece.

    Calls `end_step` on the way. Raises as `split`.
    """
    if len(update) <= piece_bytes:
        return [update], parse(update, NO_LIMITS)
    splitter = _Splitter(update, piece_bytes, end_step)
    splitter.parse()
    return splitter.pieces, splitter.parsed


class _Splitter(Parser):
    """Notes where structs begin and end."""

    __slots__ = ("piece_bytes", "pieces")

    def __init__(
        self, update: bytes, piece_bytes: int, end_step: Callable[[], None] | None
    ) -> None:
        super().__init__(update, NO_LIMITS, end_step)
        self.piece_bytes = piece_bytes
        self.pieces: list[bytes] = []

    def parse(self) -> Parsed:
        """Fills `pieces`."""
        waiting: list[bytes] = []
        for _ in range(self.varuint()):
            self._section(waiting)
        self._flush(waiting)
        self.pieces.append(b"\x00" + self.data[self.at :])
        self._delete_set()
        if self.at != self.size:
            raise Malformed("bytes after the end")
        return self.parsed

    def _section(self, waiting: list[bytes]) -> None:
        count, client, clock = self.varuint(), self.varuint(), self.varuint()
        first, begin, structs = clock, self.at, 0
        for left in range(count - 1, -1, -1):
            clock += self._struct(client, clock)
            structs += 1
            if self.end_step is not None:
                self.end_step()
            if self.at - begin >= self.piece_bytes or left == 0:
                header = write_varuint(structs) + write_varuint(client) + write_varuint(first)
                waiting.append(header + self.data[begin : self.at])
                first, begin, structs = clock, self.at, 0
                if left or sum(map(len, waiting)) >= self.piece_bytes:
                    self._flush(waiting)

    def _flush(self, waiting: list[bytes]) -> None:
        if waiting:
            self.pieces.append(write_varuint(len(waiting)) + b"".join(waiting) + _NO_DELETIONS)
            waiting.clear()
