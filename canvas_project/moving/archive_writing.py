"""Writes the files of an archive, each whole or not at all, and packs them into a zip."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from canvas_project.moving.archive import CHUNK_BYTES, FileOf

_PRIVATE = 0o600


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
