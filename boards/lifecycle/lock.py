"""Locks a board: everyone except its owner may only look and comment."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from audit.actions import AuditAction
from audit.actor import Actor
from boards.models import Board
from boards.writing import (
    access_changed,
    announce_board,
    locked_board,
    record,
    refreshed,
)


@transaction.atomic
def board_lock(*, board: Board, by: Actor) -> Board:
    """Lock a board. Locking it again writes nothing."""
    current = locked_board(board)
    if not current.is_locked:
        current.locked_at, current.locked_by = timezone.now(), by.user
        _save_lock(current, AuditAction.ROOM_LOCK, by)
    return refreshed(board)


@transaction.atomic
def board_unlock(*, board: Board, by: Actor) -> Board:
    """Unlock a board: everyone has their level back."""
    current = locked_board(board)
    if current.is_locked:
        current.locked_at = current.locked_by = None
        _save_lock(current, AuditAction.ROOM_UNLOCK, by)
    return refreshed(board)


def _save_lock(board: Board, action: AuditAction, by: Actor) -> None:
    board.save(update_fields=["locked_at", "locked_by", "updated_at"])
    access_changed(board)
    announce_board(board)
    record(action, board, by=by)
