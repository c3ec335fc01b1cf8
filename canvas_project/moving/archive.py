"""The files of an archive: their names, checksums and limits.

    manifest.json                 written last: without it an archive is not complete
    boards.jsonl                  every board: id, title, and the checksum of its board.json
    boards/<id>/board.json        what the board has: counts, checksums, and what is missing
    boards/<id>/board.excalidraw  the drawing with its images, for people and other programs
    boards/<id>/rows.jsonl        all its rows as they are, also those of the document
    boards/<id>/files/<file id>   its images as they are
    installation.jsonl            people, groups and what else belongs to no single board
    audit.jsonl                   the audit log with its chain

Paths are never read from an archive: they are made from ids, after these were checked.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from boards.validators import FILE_ID_PATTERN

FORMAT = "canvas-archive"
VERSION = 1
"""Of the format. Readers refuse a larger one."""
MANIFEST, UNFINISHED = "manifest.json", "unfinished.json"
BOARDS, INSTALLATION, AUDIT = "boards.jsonl", "installation.jsonl", "audit.jsonl"
BOARD, DRAWING, ROWS = "board.json", "board.excalidraw", "rows.jsonl"
CHUNK_BYTES = 1 << 20
MAX_SMALL_BYTES = 4_000_000
"""Of manifest.json, and of board.json with a checksum for each of 5,000 images or more."""
_HASH = re.compile(r"[0-9a-f]{64}")


class ArchiveError(Exception):
    """The archive can't be used; the message says why."""


@dataclass(frozen=True, slots=True)
class FileOf:
    """One file of an archive, as its list describes it."""

    bytes: int
    sha256: str

    @classmethod
    def of(cls, value: Any) -> FileOf:
        """From a list in an archive. Raises ArchiveError."""
        if isinstance(value, dict) and value.keys() == {"bytes", "sha256"}:
            size, digest = value["bytes"], value["sha256"]
            if type(size) is int and size >= 0 and _is_hash(digest):
                return cls(size, digest)
        raise ArchiveError("A list in the archive is damaged.")

    def as_json(self) -> dict[str, Any]:
        return {"bytes": self.bytes, "sha256": self.sha256}


@dataclass(slots=True)
class BoardEntry:
    """board.json: what is kept of one board."""

    id: str
    title: str
    counts: dict[str, int] = field(default_factory=dict)
    """Rows of each model."""
    refers: dict[str, list[Any]] = field(default_factory=dict)
    """Ids of people, groups and so on that its rows name."""
    files: dict[str, FileOf] = field(default_factory=dict)
    drawing: str = ""
    """Why there is no drawing; empty if there is one."""
    missing_images: list[str] = field(default_factory=list)
    """Images whose bytes were not there when it was made."""

    def encode(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True, indent=1).encode()

    @classmethod
    def decode(cls, data: bytes, board_id: str) -> BoardEntry:
        """Raises ArchiveError unless it is the entry of this board, with allowed names only."""
        value = json_object(data, BOARD)
        names = set(cls.__dataclass_fields__)
        if value.keys() != names or value["id"] != board_id:
            raise ArchiveError(f"{BOARD} of board {board_id} is damaged.")
        kinds = {"title": str, "counts": dict, "refers": dict, "files": dict, "drawing": str}
        if not all(isinstance(value[name], kind) for name, kind in kinds.items()):
            raise ArchiveError(f"{BOARD} of board {board_id} is damaged.")
        for name in value["files"]:
            if name not in (DRAWING, ROWS) and not _is_image(name):
                raise ArchiveError(f"Board {board_id} names a file that no board has.")
        files = {name: FileOf.of(one) for name, one in value["files"].items()}
        if ROWS not in files:
            raise ArchiveError(f"Board {board_id} has no {ROWS}.")
        return cls(**{**value, "files": files})


def image_path(file_id: str) -> str:
    """Where an image is, below its board."""
    return f"files/{file_id}"


def board_path(board_id: str) -> str:
    """Where a board is. Raises ArchiveError for anything but an id."""
    try:
        return f"boards/{UUID(board_id)}"
    except (ValueError, AttributeError, TypeError):
        raise ArchiveError("The list of boards names something that is no board.") from None


def json_object(data: bytes, name: str) -> dict[str, Any]:
    """The object in `data`. Raises ArchiveError, which names `name`."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise ArchiveError(f"{name} is damaged.") from None
    if not isinstance(value, dict):
        raise ArchiveError(f"{name} is damaged.")
    return value


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def _is_image(name: str) -> bool:
    file_id = name.removeprefix("files/")
    return file_id != name and is_file_id(file_id)


def is_file_id(value: str) -> bool:
    """Whether it can name an image, and so a file."""
    return FILE_ID_PATTERN.fullmatch(value) is not None
