"""Creates boards, renames them, moves them to the trash and restores them."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.actions import AuditAction
from audit.actor import Actor
from boards.lifecycle.templates import BoardTemplate
from boards.models import Board
from boards.quotas.checks import require_place_for_board
from boards.signals import board_begun, board_closed, prepared_writes, send_on_commit
from boards.spaces.placing import Place, board_put_in
from boards.writing import (
    access_changed,
    announce_board,
    locked_board,
    record,
    refreshed,
)


def board_create(
    *,
    owner: User,
    title: str,
    by: Actor,
    template: BoardTemplate | None = None,
    place: Place | None = None,
) -> Board:
    """Create a private board, empty or from a template; in a space, it is its members' too.

    Raises `QuotaError` if the owner, or the space, has as many as they may.
    """
    board = Board(owner=owner, title=title.strip())
    board.full_clean()
    level, data = "owner", {}
    if by.user != owner:
        level, data = "", {"owner": owner.get_username()}
    writes = []
    if template is not None:
        data["template"] = template.value
        writes = prepared_writes(board_begun, board_id=board.pk, owner=owner, template=template)
    with transaction.atomic():
        require_place_for_board(owner)
        if place is not None:
            board_put_in(board, place)
            data |= {"space_id": str(place.space.pk), "space": place.space.name}
        board.save(force_insert=True)
        for write in writes:
            write()
        record(AuditAction.ROOM_CREATE, board, by=by, level=level, data=data)
    return board


@transaction.atomic
def board_rename(
    *,
    board: Board,
    title: str,
    by: Actor,
) -> Board:
    """Rename a board. The same title again writes nothing."""
    current = locked_board(board)
    old, current.title = current.title, title.strip()
    current.clean_fields(exclude={"owner"})
    if current.title != old:
        current.save(update_fields=["title", "updated_at"])
        data = {"field": "title", "old": old, "new": current.title}
        announce_board(current)
        record(AuditAction.ROOM_UPDATE, current, by=by, data=data)
    return refreshed(board)


@transaction.atomic
def board_trash(
    *,
    board: Board,
    by: Actor,
) -> Board:
    """Move a board to its owner's trash: nobody has access until it is restored."""
    current = locked_board(board)
    if not current.is_trashed:
        current.deleted_at = timezone.now()
        current.save(update_fields=["deleted_at", "updated_at"])
        access_changed(current)
        send_on_commit(board_closed, board_id=current.pk)
        record(AuditAction.ROOM_DELETE, current, by=by)
    return refreshed(board)


@transaction.atomic
def board_restore(
    *,
    board: Board,
    by: Actor,
) -> Board:
    """Restore a board from the trash, with the permissions it had."""
    current = locked_board(board)
    if current.is_trashed:
        current.deleted_at = None
        current.save(update_fields=["deleted_at", "updated_at"])
        access_changed(current)
        record(AuditAction.ROOM_RESTORE, current, by=by)
    return refreshed(board)
