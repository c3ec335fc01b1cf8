"""Reads an archive, a directory or a zip: nothing beyond what its lists state is taken."""

from __future__ import annotations

import hashlib
import os
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings

from canvas_project.moving.archive import (
    AUDIT,
    BOARD,
    BOARDS,
    CHUNK_BYTES,
    FORMAT,
    INSTALLATION,
    MANIFEST,
    MAX_SMALL_BYTES,
    UNFINISHED,
    VERSION,
    ArchiveError,
    BoardEntry,
    FileOf,
    board_path,
    json_object,
)

MAX_DIRECTORY_BYTES = 256_000_000
"""Of the list of files in a zip, which is read as a whole: about three million files."""


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
