"""Stores the images of boards: bytes on disk, described by rows."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from accounts.limits.person_lock import lock_person
from boards.files.images import ImageInfo, image_reencode
from boards.models import Board, BoardFile, file_path
from boards.quotas.checks import require_place_for_image
from boards.validators import FILE_ID_PATTERN
from boards.writing import Record

CHUNK_BYTES = 64 * 1024
_ON_ITS_WAY = timedelta(minutes=10)
"""An element that shows an image may arrive this much later than the image."""


class FileTooLargeError(Exception):
    """The upload has more bytes than `CANVAS_MAX_FILE_BYTES`."""


def file_receive(stream: BinaryIO, target: Path, *, max_bytes: int) -> None:
    """Copy the stream to `target`. Raises `FileTooLargeError` as soon as there is too much."""
    received = 0
    with target.open("xb") as output:
        while chunk := stream.read(CHUNK_BYTES):
            received += len(chunk)
            if received > max_bytes:
                raise FileTooLargeError
            output.write(chunk)


def file_store(
    *,
    board: Board,
    file_id: str,
    stream: BinaryIO,
    user: User | AnonymousUser | None,
    record: Record | None = None,
) -> tuple[BoardFile, bool]:
    """Check an uploaded image and store it. Returns the row, and whether it is new.

    An id names one image for ever: if it exists, the upload is not read. `record` writes the audit
    row in the same transaction, if something changes. Raises `ValidationError` (malformed id),
    `FileTooLargeError`, `ImageRefusedError` and `QuotaError`.
    """
    target = file_path(board.pk, file_id)
    existing = file_kept(board, file_id)
    if existing is not None:
        with transaction.atomic():
            if files_bring_back(board.pk, {file_id}) and record is not None:
                record()
        return existing, False
    require_place_for_image(board, 0)  # before anything is read; again when the size is known
    target.parent.mkdir(parents=True, exist_ok=True)
    with _temporary(target) as received, _temporary(target) as encoded:
        file_receive(stream, received, max_bytes=settings.CANVAS_MAX_FILE_BYTES)
        info = image_reencode(received, encoded, max_pixels=settings.CANVAS_MAX_FILE_PIXELS)
        _fsync(encoded)
        return _file_commit(board, file_id, info, encoded, user, record)


@transaction.atomic
def _file_commit(
    board: Board,
    file_id: str,
    info: ImageInfo,
    encoded: Path,
    user: User | AnonymousUser | None,
    record: Record | None,
) -> tuple[BoardFile, bool]:
    """Writes the bytes before the row, so that no row names bytes that a crash has lost."""
    lock_person(board.owner_id)
    current = Board.objects.select_for_update().get(pk=board.pk)
    existing = file_kept(board, file_id)
    if existing is not None:
        return existing, False
    require_place_for_image(current, info.size_bytes)
    target = file_path(board.pk, file_id)
    encoded.replace(target)
    _fsync(target.parent)
    values = {
        "mime": info.mime,
        "size_bytes": info.size_bytes,
        "width": info.width,
        "height": info.height,
        "uploaded_by": user if isinstance(user, User) else None,
        "is_withdrawn": False,
    }
    # An existing row here has lost its bytes (after restoring a backup, say): replace them.
    row, _ = BoardFile.objects.update_or_create(board=board, file_id=file_id, defaults=values)
    total = current.files.aggregate(n=Sum("size_bytes", default=0))["n"]
    Board.objects.filter(pk=current.pk).update(image_bytes=total)
    if record is not None:
        record()
    return row, True


def file_kept(board: Board, file_id: str) -> BoardFile | None:
    """The board's file, if its bytes exist. None also for a malformed id."""
    if not FILE_ID_PATTERN.fullmatch(file_id):
        return None
    row = BoardFile.objects.filter(board=board, file_id=file_id).first()
    return row if row is not None and row.path.is_file() else None


def files_for(board: Board, *, can_edit: bool) -> QuerySet[BoardFile]:
    """The board's images for one person. Images withdrawn from newcomers are only for people who
    may edit, as are the versions that show them."""
    files = BoardFile.objects.filter(board=board).order_by("pk")
    return files if can_edit else files.filter(is_withdrawn=False)


def files_withdraw(board_id: UUID, *, used: set[str], deleted: set[str]) -> None:
    """Withdraws images that no living element shows from people who are being let in.

    `deleted` are the images that deleted elements show. An image that nothing shows was either just
    uploaded, with its element still on the way, or deleted long ago.
    """
    files = BoardFile.objects.filter(board_id=board_id)
    is_old = Q(created_at__lt=timezone.now() - _ON_ITS_WAY)
    unused = files.filter(is_withdrawn=False).exclude(file_id__in=used)
    unused.filter(is_old | Q(file_id__in=deleted)).update(is_withdrawn=True)
    files_bring_back(board_id, used)


def files_bring_back(board_id: UUID, file_ids: set[str]) -> int:
    """Shows images to everyone again: someone put them back on the board.

    Returns how many were withdrawn before.
    """
    some = BoardFile.objects.filter(board_id=board_id, file_id__in=file_ids, is_withdrawn=True)
    return some.update(is_withdrawn=False)


def files_keep_only(board_id: UUID, used: set[str]) -> None:
    """Removes the images of a new copy that nothing on it shows."""
    unused = BoardFile.objects.filter(board_id=board_id).exclude(file_id__in=used)
    paths = [row.path for row in unused]
    unused.delete()
    for path in paths:
        path.unlink(missing_ok=True)
    total = BoardFile.objects.filter(board_id=board_id).aggregate(n=Sum("size_bytes", default=0))
    Board.objects.filter(pk=board_id).update(image_bytes=total["n"])


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """A temporary path beside `target`, on the same file system; removed afterwards unless
    renamed."""
    path = target.with_name(f".{secrets.token_hex(16)}.part")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
