"""Deletes boards for good: those in the trash, and those of an account that ends."""

from __future__ import annotations

import shutil
from datetime import datetime
from functools import partial

from django.db import transaction

from audit.actions import AuditAction
from audit.actor import Actor
from boards.models import Board, CommentThread, files_directory
from boards.signals import board_closed, send_on_commit
from boards.writing import locked_board, record


@transaction.atomic
def board_purge(
    *,
    board: Board,
    trashed_before: datetime,
    by: Actor,
) -> bool:
    """Delete a board for good, with everything on it, if it was trashed before `trashed_before`.

    Returns False, and does nothing, if it was restored meanwhile. Its audit rows stay.
    """
    current = Board.objects.select_for_update().filter(pk=board.pk).first()
    if current is None or current.deleted_at is None or current.deleted_at >= trashed_before:
        return False
    board_delete(board=current, by=by)
    return True


@transaction.atomic
def board_delete(*, board: Board, by: Actor) -> None:
    """Delete a board for good, in the trash or not, with everything on it. Its audit rows stay."""
    current = locked_board(board)
    threads = CommentThread.objects.select_for_update().filter(board=current)
    list(threads.order_by("pk").values_list("pk"))
    trashed_at = current.deleted_at
    record(
        AuditAction.ROOM_PURGE,
        current,
        by=by,
        data={
            "owner": current.owner.get_username(),
            "trashed_at": trashed_at.isoformat(timespec="seconds") if trashed_at else None,
        },
    )
    board_id = current.pk
    current.delete()
    send_on_commit(board_closed, board_id=board_id)
    transaction.on_commit(partial(shutil.rmtree, files_directory(board_id), ignore_errors=True))
