"""A board as an `.excalidraw` file, with its images."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.limits.repeated import has_enough_rows
from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record
from boards.files.storage import files_for
from boards.models import Board, BoardFile
from sync.programs.encodings import board_drawing
from sync.programs.shared_reads import Key, shared_reads

MEDIA_TYPE = "application/vnd.excalidraw+json"
_PIECE_BYTES = 65_536
_IMAGE_BYTES_A_PIECE = 3 * 16_384  # whole groups of Base64
_END = b"}}"


@dataclass(frozen=True, slots=True)
class Export:
    """The file of a board: the drawing in memory, the images still on disk."""

    drawing: bytes
    """The file without its images."""
    images: tuple[tuple[bytes, BoardFile, int], ...]
    """For each image, the JSON before its bytes, and their number."""
    seq: int

    @property
    def size_bytes(self) -> int:
        """The length of the file."""
        images = sum(len(head) + (size + 2) // 3 * 4 + 2 for head, _, size in self.images)
        return len(self.drawing) + images + max(len(self.images) - 1, 0)

    def pieces(self) -> Iterator[bytes]:
        """The file, piece by piece."""
        before = len(self.drawing) - len(_END)
        for start in range(0, before, _PIECE_BYTES):
            yield self.drawing[start : min(start + _PIECE_BYTES, before)]
        for number, (head, file, size) in enumerate(self.images):
            yield b"," + head if number else head
            with file.path.open("rb") as image:
                while size > 0 and (data := image.read(min(size, _IMAGE_BYTES_A_PIECE))):
                    size -= len(data)
                    yield base64.b64encode(data)
            yield b'"}'
        yield _END


def board_export(
    *,
    board: Board,
    by: Actor,
    who: str,
    level: str = "",
    has_images: bool = True,
) -> Export:
    """The board as a file, and the sequence it shows. Writes its audit row, unless the log has
    enough of them.

    Raises:
        OverloadedError: too many exports are running, in all or for `who`.
        BoardGoneError, LogDamagedError, DocumentError: it cannot be read.
    """
    key = Key(board.pk, board.head_seq, "export")
    drawing, seq, _ = shared_reads.read(key, who, lambda: board_drawing(board.pk))
    export = Export(drawing, tuple(_images_of(board)) if has_images else (), seq)
    export_record(board, by, level, bytes=export.size_bytes)
    return export


def export_record(board: Board, by: Actor, level: str, **data: int | str) -> None:
    """The audit row of an export, in whatever format, unless the log has enough of them."""
    if not has_enough_rows(AuditAction.ROOM_EXPORT, by, str(board.pk)):
        audit_record(
            action=AuditAction.ROOM_EXPORT,
            by=by,
            board_id=board.pk,
            board_title=board.title,
            level=level,
            data=data,
        )


def board_file(board: Board) -> Export:
    """The board as a file, without an audit row and without waiting: for one that asks for many.

    Raises:
        BoardGoneError, LogDamagedError, DocumentError: it cannot be read.
    """
    drawing = board_drawing(board.pk)
    return Export(drawing.body, tuple(_images_of(board)), drawing.seq)


def images_state(board: Board) -> str:
    """A value that changes when the bytes of an image arrive; they are never replaced."""
    return str(sum(file.path.exists() for file in files_for(board, can_edit=False)))


def _images_of(board: Board) -> Iterator[tuple[bytes, BoardFile, int]]:
    for file in files_for(board, can_edit=False):
        try:
            size = file.path.stat().st_size
        except FileNotFoundError:
            continue
        yield _head_of(file), file, size


def _head_of(file: BoardFile) -> bytes:
    """The JSON of an image up to its bytes."""
    entry: dict[str, Any] = {
        "id": file.file_id,
        "mimeType": file.mime,
        "created": int(file.created_at.timestamp() * 1000),
        "dataURL": f"data:{file.mime};base64,",
    }
    name = json.dumps(file.file_id)
    return f"{name}:{json.dumps(entry, separators=(',', ':'))}".encode().removesuffix(b'"}')
