"""Makes someone else the owner of a board, or of many."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.actions import AuditAction
from audit.actor import Actor
from boards.access.subjects import Subject, require_new_person
from boards.levels import AccessLevel
from boards.models import AccessRequest, Board, BoardPermission
from boards.notices.telling import tell_of_share
from boards.quotas.checks import require_place_for_board
from boards.writing import (
    access_changed,
    accesses_changed,
    lets_newcomers_in,
    locked_board,
    record,
    refreshed,
)


@lets_newcomers_in
@transaction.atomic
def board_transfer(
    *,
    board: Board,
    new_owner: User,
    by: Actor,
) -> Board:
    """Make someone else the owner; the old owner keeps edit access.

    Raises `QuotaError` if it is more than the new owner may have.
    """
    if new_owner.pk != board.owner_id:
        require_place_for_board(new_owner, with_bytes=board.stored_bytes)
    current = locked_board(board)
    old_owner = current.owner
    require_new_person(current, new_owner)
    current.permissions.filter(user=new_owner).delete()
    current.access_requests.filter(user=new_owner, resolved_at__isnull=True).delete()
    current.owner = new_owner
    current.save(update_fields=["owner", "updated_at"])
    BoardPermission.objects.create(
        board=current,
        user=old_owner,
        level=AccessLevel.EDIT.label,
        granted_by=by.user,
    )
    tell_of_share(current, Subject(user=new_owner), by)
    access_changed(current)
    record(
        AuditAction.OWNERSHIP_TRANSFER,
        current,
        by=by,
        target_user=new_owner,
        level="owner",
        data={"old_owner": old_owner.get_username(), "new_owner": new_owner.get_username()},
    )
    return refreshed(board)


@transaction.atomic
def boards_hand_over(*, boards: Sequence[Board], new_owner: User, by: Actor) -> None:
    """Make someone the owner of many boards, whose owner goes: by the same few statements and an
    audit row each. The caller locks the old owner, and tells the new one.

    Raises `QuotaError` if it is more than the new owner may have.
    """
    stored = sum(board.stored_bytes for board in boards)
    require_place_for_board(new_owner, with_bytes=stored, new=len(boards))
    ids = [board.pk for board in boards]
    rows = Board.objects.filter(pk__in=ids)
    BoardPermission.objects.filter(board__in=ids, user=new_owner).delete()
    AccessRequest.objects.filter(board__in=ids, user=new_owner, resolved_at=None).delete()
    accesses_changed(rows, lets_in=True)
    rows.update(owner=new_owner, updated_at=timezone.now())
    for board in boards:
        record(
            AuditAction.OWNERSHIP_TRANSFER,
            board,
            by=by,
            target_user=new_owner,
            level="owner",
            data={
                "old_owner": board.owner.get_username(),
                "new_owner": new_owner.get_username(),
            },
            is_limited=False,
        )
