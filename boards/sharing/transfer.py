"""Makes someone else the owner of a board."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from audit.actions import AuditAction
from audit.actor import Actor
from boards.access.subjects import Subject, require_new_person
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission
from boards.notices.telling import tell_of_share
from boards.quotas.checks import require_place_for_board
from boards.writing import (
    access_changed,
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
