"""Copies a board: its drawing and images, without its permissions."""

from __future__ import annotations

import os
import shutil

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from audit.actions import AuditAction
from audit.actor import Actor
from boards.models import TITLE_MAX_LENGTH, Board, BoardFile, file_path, files_directory
from boards.quotas.checks import require_place_for_board
from boards.signals import board_duplicated, prepared_writes
from boards.writing import (
    record,
)


def board_duplicate(
    *,
    board: Board,
    owner: User,
    by: Actor,
    title: str = "",
) -> Board:
    """Make a private copy of a board, with its drawing and images, for `owner`.

    Permissions, links and comments are not copied. Receivers of `board_duplicated` copy the
    drawing. Raises `QuotaError`: the copy counts for `owner`, including images that share their
    bytes with the original.
    """
    title = title.strip() or _copy_title(board)
    copy = Board(owner=owner, title=title)
    copy.full_clean()
    writes = prepared_writes(board_duplicated, source_id=board.pk, target_id=copy.pk, owner=owner)
    try:
        with transaction.atomic():
            size = board.document_bytes + board.image_bytes
            require_place_for_board(owner, with_bytes=size)
            copy.save(force_insert=True)
            _copy_files(board, copy)
            for write in writes:
                write()
            data = {"source_id": str(board.pk), "source_title": board.title}
            record(
                AuditAction.ROOM_CREATE,
                copy,
                by=by,
                level="owner",
                data=data,
            )
            # The log of the original says that its drawing was copied.
            data = {"copy_id": str(copy.pk)}
            record(AuditAction.ROOM_EXPORT, board, by=by, data=data)
    except BaseException:
        shutil.rmtree(files_directory(copy.pk), ignore_errors=True)
        raise
    copy.refresh_from_db()
    return copy


def _copy_title(board: Board) -> str:
    title = gettext("Copy of %(title)s") % {"title": board.title}
    return title[:TITLE_MAX_LENGTH].strip()


def _copy_files(source: Board, target: Board) -> None:
    """Links the files, whose bytes never change, or copies them if the file system has no links."""
    size = 0
    for row in source.files.all():
        if not row.path.is_file():
            continue
        size += row.size_bytes
        destination = file_path(target.pk, row.file_id)
        destination.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(row.path, destination)
        except OSError:
            shutil.copy2(row.path, destination)
        BoardFile.objects.create(
            board=target,
            file_id=row.file_id,
            mime=row.mime,
            size_bytes=row.size_bytes,
            width=row.width,
            height=row.height,
            uploaded_by=row.uploaded_by,
        )
    Board.objects.filter(pk=target.pk).update(image_bytes=size)
