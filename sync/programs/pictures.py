"""A board as SVG, PNG or PDF, drawn by the code of the page."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from audit.actor import Actor
from boards.files.storage import files_for
from boards.limits.expensive import drawing_queue
from boards.models import Board
from sync.programs.encodings import board_drawing
from sync.programs.export import export_record
from sync.programs.shared_reads import Key, shared_reads
from sync.rendering.options import Options
from sync.rendering.process import drawn

_PIECE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a board, on disk; `pieces` has to be read, or closed."""

    file: IO[bytes]
    size_bytes: int
    seq: int

    def pieces(self) -> Iterator[bytes]:
        """The file, piece by piece; it is gone then."""
        with self.file:
            while piece := self.file.read(_PIECE_BYTES):
                yield piece


def board_picture(
    *,
    board: Board,
    options: Options,
    by: Actor,
    who: str,
    level: str = "",
    is_gone: threading.Event | None = None,
) -> Picture:
    """Draws the board when it is its turn. Writes the audit row of an export, unless the log has
    enough of them.

    Raises:
        OverloadedError: too many boards are being drawn, in all or for `who`.
        BoardGoneError, LogDamagedError, DocumentError: it cannot be read.
        NotDrawnError: it cannot be drawn, or is given up because of `is_gone`.
    """
    with drawing_queue.place(who), drawing_queue.running(who):
        key = Key(board.pk, board.head_seq, "export")
        drawing, seq, _ = shared_reads.read(key, who, lambda: board_drawing(board.pk))
        file = drawn(drawing, options, title=board.title, images=_images_of(board), is_gone=is_gone)
    size_bytes = os.fstat(file.fileno()).st_size - file.tell()
    export_record(board, by, level, bytes=size_bytes, format=options.format.value)
    return Picture(file, size_bytes, seq)


def _images_of(board: Board) -> dict[str, tuple[str, Path]]:
    files = files_for(board, can_edit=False)
    return {one.file_id: (one.mime, one.path) for one in files if one.path.exists()}
