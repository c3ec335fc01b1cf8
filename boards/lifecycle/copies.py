"""Writes about a board as a whole: lock, owner, copies, the end."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from audit.actions import AuditAction, AuditVia
from audit.origin import SYSTEM_ORIGIN, RequestOrigin
from boards.levels import AccessLevel
from boards.models import TITLE_MAX_LENGTH, Board, BoardFile, BoardPermission, file_path
from boards.quotas.checks import require_place_for_board
from boards.sharing.permissions import already_owner_message, switched_off_message
from boards.signals import board_closed, board_duplicated, prepared_writes, send_on_commit
from boards.writing import (
    access_changed,
    announce_board,
    lets_newcomers_in,
    locked_board,
    record,
    refreshed,
)


@transaction.atomic
def board_lock(
    *, board: Board, actor: User, origin: RequestOrigin, via: str = AuditVia.SESSION
) -> Board:
    """From now on everybody but the owner may look and comment only."""
    current = locked_board(board)
    if not current.is_locked:
        current.locked_at, current.locked_by = timezone.now(), actor
        _save_lock(current, AuditAction.ROOM_LOCK, actor, origin, via)
    return refreshed(board)


@transaction.atomic
def board_unlock(
    *, board: Board, actor: User, origin: RequestOrigin, via: str = AuditVia.SESSION
) -> Board:
    """Everybody has the level again that was given."""
    current = locked_board(board)
    if current.is_locked:
        current.locked_at = current.locked_by = None
        _save_lock(current, AuditAction.ROOM_UNLOCK, actor, origin, via)
    return refreshed(board)


def _save_lock(
    board: Board, action: AuditAction, actor: User, origin: RequestOrigin, via: str
) -> None:
    board.save(update_fields=["locked_at", "locked_by", "updated_at"])
    access_changed(board)
    announce_board(board)
    record(action, board, actor=actor, origin=origin, via=via)


@lets_newcomers_in
@transaction.atomic
def board_transfer(
    *,
    board: Board,
    new_owner: User,
    actor: User | AnonymousUser | None,
    origin: RequestOrigin,
    via: str = AuditVia.SESSION,
) -> Board:
    """Make somebody else the owner; the old one stays on the board and may edit it.

    Raises ``QuotaReached`` when it is more than the new owner may have.
    """
    if new_owner.pk != board.owner_id:
        require_place_for_board(new_owner, with_bytes=board.stored_bytes)
    current = locked_board(board)
    old_owner = current.owner
    if new_owner.pk == old_owner.pk:
        raise ValidationError({"user": already_owner_message(new_owner)})
    if not new_owner.is_active:
        raise ValidationError({"user": switched_off_message(new_owner)})
    current.permissions.filter(user=new_owner).delete()
    current.access_requests.filter(user=new_owner, resolved_at__isnull=True).delete()
    current.owner = new_owner
    current.save(update_fields=["owner", "updated_at"])
    BoardPermission.objects.create(
        board=current,
        user=old_owner,
        level=AccessLevel.EDIT.label,
        granted_by=actor if isinstance(actor, User) else None,
    )
    access_changed(current)
    record(
        AuditAction.OWNERSHIP_TRANSFER,
        current,
        actor=actor,
        origin=origin,
        via=via,
        target_user=new_owner,
        level="owner",
        data={"old_owner": old_owner.get_username(), "new_owner": new_owner.get_username()},
    )
    return refreshed(board)


def board_duplicate(
    *,
    board: Board,
    owner: User,
    origin: RequestOrigin,
    title: str = "",
    via: str = AuditVia.SESSION,
) -> Board:
    """A private copy of the board with its images and its drawing, for ``owner``.

    Permissions, links and comments stay behind. The drawing is copied by whoever keeps it, on the
    signal ``board_duplicated``. Raises ``QuotaReached``: the copy counts for ``owner``, with the
    images that share their bytes with the original.
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
                actor=owner,
                origin=origin,
                via=via,
                level="owner",
                data=data,
            )
            # Whoever reads the log of the original learns that its drawing went elsewhere.
            data = {"copy_id": str(copy.pk)}
            record(AuditAction.ROOM_EXPORT, board, actor=owner, origin=origin, via=via, data=data)
    except BaseException:
        shutil.rmtree(_files_of(copy.pk), ignore_errors=True)
        raise
    copy.refresh_from_db()
    return copy


def _copy_title(board: Board) -> str:
    title = gettext("Copy of %(title)s") % {"title": board.title}
    return title[:TITLE_MAX_LENGTH].strip()


def _files_of(board_id: UUID) -> Path:
    return Path(settings.CANVAS_FILES_DIR) / board_id.hex


def _copy_files(source: Board, target: Board) -> None:
    """Links to the same bytes, which never change, or copies where the file system has no links."""
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


@transaction.atomic
def board_purge(
    *,
    board: Board,
    trashed_before: datetime,
    actor: User | None = None,
    origin: RequestOrigin = SYSTEM_ORIGIN,
    via: str = AuditVia.COMMAND,
) -> bool:
    """Delete a board for good, with everything on it, if it lies in the trash long enough.

    False, and nothing happens, when it was restored meanwhile. Its audit rows stay.
    """
    current = Board.objects.select_for_update().filter(pk=board.pk).first()
    if current is None or current.deleted_at is None or current.deleted_at >= trashed_before:
        return False
    record(
        AuditAction.ROOM_PURGE,
        current,
        actor=actor,
        origin=origin,
        via=via,
        data={
            "owner": current.owner.get_username(),
            "trashed_at": current.deleted_at.isoformat(timespec="seconds"),
        },
    )
    board_id = current.pk
    current.delete()
    send_on_commit(board_closed, board_id=board_id)
    transaction.on_commit(partial(shutil.rmtree, _files_of(board_id), ignore_errors=True))
    return True
