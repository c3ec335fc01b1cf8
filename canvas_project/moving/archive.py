"""The files of an archive: their names, checksums and limits; directory or zip.

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

import hashlib
import json
import os
import re
import shutil
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol
from uuid import UUID

from django.conf import settings

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
MAX_DIRECTORY_BYTES = 256_000_000
"""Of the list of files in a zip, which is read as a whole: about three million files."""
_HASH = re.compile(r"[0-9a-f]{64}")
_PRIVATE = 0o600


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


# --- writing


@contextmanager
def new_file(path: Path) -> Iterator[Digesting]:
    """A private file that appears at the path when it is complete."""
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, _PRIVATE)
    with os.fdopen(descriptor, "wb") as raw:
        digesting = Digesting(raw)
        yield digesting
    part.replace(path)


class Digesting:
    """Writes to a file, and knows its size and checksum."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self._hash, self._bytes = raw, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        self._raw.write(data)
        self._hash.update(data)
        self._bytes += len(data)

    @property
    def file(self) -> FileOf:
        return FileOf(self._bytes, self._hash.hexdigest())


def file_of(data: bytes) -> FileOf:
    """Of bytes in memory."""
    return FileOf(len(data), hashlib.sha256(data).hexdigest())


def write_whole(path: Path, data: bytes) -> FileOf:
    """Writes a small file at once."""
    with new_file(path) as file:
        file.write(data)
    return file.file


def pack(directory: Path, target: Path) -> None:
    """Makes a zip of a directory; it appears at the target when it is complete."""
    part = target.with_name(target.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, _PRIVATE)
    with os.fdopen(descriptor, "wb") as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            for root, folders, names in os.walk(directory):
                folders.sort()
                for name in sorted(names):
                    _pack_one(archive, directory, Path(root, name))
        raw.flush()
        os.fsync(raw.fileno())
    part.replace(target)


def _pack_one(archive: zipfile.ZipFile, directory: Path, path: Path) -> None:
    info = zipfile.ZipInfo(path.relative_to(directory).as_posix())
    info.external_attr = _PRIVATE << 16
    is_image = path.parent.name == "files"
    info.compress_type = zipfile.ZIP_STORED if is_image else zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as out:
        shutil.copyfileobj(source, out, CHUNK_BYTES)


# --- reading


class Source(Protocol):
    """Where the files of an archive are."""

    def open(self, name: str) -> IO[bytes]:
        """Raises OSError or KeyError if it is not there."""


class _Directory:
    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def open(self, name: str) -> IO[bytes]:
        path = self._root / name
        if path.is_symlink() or not path.resolve().is_relative_to(self._root):
            raise ArchiveError(f"{name} is a link to somewhere else.")
        return path.open("rb")


class _Zip:
    def __init__(self, path: Path) -> None:
        _refuse_long_directory(path)
        self._zip = zipfile.ZipFile(path)

    def open(self, name: str) -> IO[bytes]:
        return self._zip.open(name)


class Reading:
    """A complete archive. Everything that is read is checked against its list."""

    def __init__(self, path: Path) -> None:
        """Raises ArchiveError unless it is a complete archive that this version understands."""
        try:
            self._source: Source = _Zip(path) if path.is_file() else _Directory(path)
        except (OSError, zipfile.BadZipFile, struct.error) as error:
            raise ArchiveError(f"{path} is no archive: {error}.") from error
        self.name = path.name
        try:
            data = self._small(MANIFEST)
        except ArchiveError:
            if self._has(UNFINISHED):
                raise ArchiveError(
                    f"{path} is not complete: run export_all again, it continues."
                ) from None
            raise ArchiveError(f"{path} is no archive of export_all: no {MANIFEST}.") from None
        self.manifest = json_object(data, MANIFEST)
        self.digest = hashlib.sha256(data).hexdigest()
        self._check_manifest(path)
        self.files = {name: FileOf.of(one) for name, one in self.manifest["files"].items()}

    def _check_manifest(self, path: Path) -> None:
        manifest = self.manifest
        if manifest.get("format") != FORMAT or type(manifest.get("version")) is not int:
            raise ArchiveError(f"{path} is no archive of export_all.")
        if manifest["version"] > VERSION:
            raise ArchiveError(
                f"{path} was made by a newer version ({manifest.get('product')}): install that one "
                "or a later one, then import."
            )
        files = manifest.get("files")
        if not isinstance(files, dict) or set(files) != {BOARDS, INSTALLATION, AUDIT}:
            raise ArchiveError(f"{MANIFEST} is damaged.")
        for name, kind in (("counts", dict), ("boards", int), ("bytes", int)):
            if not isinstance(manifest.get(name), kind):
                raise ArchiveError(f"{MANIFEST} is damaged.")

    def lines(self, name: str, file: FileOf) -> Iterator[bytes]:
        """The lines of a file. Raises ArchiveError at its end if it is not the one of the list, so
        use nothing for good before.
        """
        limit = settings.CANVAS_MAX_DOCUMENT_BYTES * 4 // 3 + CHUNK_BYTES
        digest, size = hashlib.sha256(), 0
        with self._opened(name) as stream:
            while line := stream.readline(limit + 1):
                size += len(line)
                if len(line) > limit or size > file.bytes:
                    raise ArchiveError(f"{name} is larger than its list says.")
                digest.update(line)
                yield line
        _require(name, file, FileOf(size, digest.hexdigest()))

    def copy(self, name: str, file: FileOf, target: IO[bytes] | None) -> None:
        """Copies a file, or only checks it. Raises ArchiveError as `lines`."""
        digest, size = hashlib.sha256(), 0
        with self._opened(name) as stream:
            while data := stream.read(CHUNK_BYTES):
                size += len(data)
                if size > file.bytes:
                    raise ArchiveError(f"{name} is larger than its list says.")
                digest.update(data)
                if target is not None:
                    target.write(data)
        _require(name, file, FileOf(size, digest.hexdigest()))

    def boards(self) -> Iterator[tuple[str, FileOf]]:
        """The ids of the boards, each with its board.json."""
        seen = 0
        for line in self.lines(BOARDS, self.files[BOARDS]):
            value = json_object(line, BOARDS)
            seen += 1
            yield str(value.get("id")), FileOf.of(value.get("entry"))
        if seen != self.manifest["boards"]:
            raise ArchiveError(f"{BOARDS} names {seen} boards, {MANIFEST} another number.")

    def board(self, board_id: str, file: FileOf) -> BoardEntry:
        """The entry of a board. Raises ArchiveError."""
        name = f"{board_path(board_id)}/{BOARD}"
        data = self._small(name)
        _require(name, file, FileOf(len(data), hashlib.sha256(data).hexdigest()))
        return BoardEntry.decode(data, board_id)

    def _has(self, name: str) -> bool:
        try:
            self._source.open(name).close()
        except (OSError, KeyError, ArchiveError):
            return False
        return True

    def _small(self, name: str) -> bytes:
        with self._opened(name) as stream:
            data = stream.read(MAX_SMALL_BYTES + 1)
        if len(data) > MAX_SMALL_BYTES:
            raise ArchiveError(f"{name} is larger than it can be.")
        return data

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._source.open(name) as stream:
                yield stream
        except KeyError:
            raise ArchiveError(f"{name} is missing.") from None
        except OSError as error:
            raise ArchiveError(f"{name}: {error.strerror or error}.") from error
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise ArchiveError(f"{name} is damaged: {error}.") from error


def _require(name: str, expected: FileOf, found: FileOf) -> None:
    if found != expected:
        raise ArchiveError(f"{name} has changed since the archive was made.")


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


def _refuse_long_directory(path: Path) -> None:
    """Python reads the list of a zip as a whole: look at its length before."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 66_000))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise ArchiveError(f"{path} is no zip file.")
    (length,) = struct.unpack_from("<I", tail, at + 12)
    zip64 = tail.rfind(b"PK\x06\x06")
    if length == 0xFFFFFFFF and zip64 >= 0:
        (length,) = struct.unpack_from("<Q", tail, zip64 + 40)
    if length > MAX_DIRECTORY_BYTES:
        raise ArchiveError(f"{path} holds more files than an archive can.")
