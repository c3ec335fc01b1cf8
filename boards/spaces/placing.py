"""Moves boards into spaces, between them, out of them, and into folders.

Into a space: people who manage the board and may edit the space. Out of it: people who manage the
board, or the space. Between its folders: people who may edit the space, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext

from audit.actions import AuditAction
from audit.actor import Actor
from boards.access.resolve import Access
from boards.access.spaces import resolve_space_access
from boards.models import Board, Folder, Space
from boards.quotas.checks import require_place_in_space
from boards.spaces.writing import locked_spaces
from boards.writing import accesses_changed, record


def require_may_place(
    board: Board, access: Access, user: User | AnonymousUser | None, space: Space | None
) -> None:
    """Raises `PermissionDenied` unless this person may move the board there.

    `access` is what they may do on the board.
    """
    before = board.space
    if space == before:
        is_allowed = access.can_manage or (
            space is not None and resolve_space_access(space, user).can_edit
        )
    elif space is None:
        is_allowed = access.can_manage or (
            before is not None and resolve_space_access(before, user).can_manage
        )
    else:
        is_allowed = access.can_manage and resolve_space_access(space, user).can_edit
    if not is_allowed:
        raise PermissionDenied(
            gettext("Only the owner of a board who may edit the space can move it there.")
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A space, and maybe a folder of it."""

    space: Space
    folder: Folder | None = None


def placed_in(
    user: User | AnonymousUser | None, space: Space | None, folder: Folder | None
) -> Place | None:
    """Where someone may create a board; None for no space.

    Raises `PermissionDenied` if they may not, `ValidationError` if the folder is elsewhere.
    """
    _require_inside(space, folder)
    if space is None:
        return None
    if not resolve_space_access(space, user).can_edit:
        raise PermissionDenied(gettext("You may not change this space."))
    return Place(space, folder)


def _require_inside(space: Space | None, folder: Folder | None) -> None:
    if folder is not None and (space is None or folder.space_id != space.pk):
        raise ValidationError({"folder": gettext("This folder is in another space.")})


def board_put_in(board: Board, place: Place) -> None:
    """Sets the place of a board that is about to be created, in its transaction."""
    locked_spaces([place.space.pk])
    require_place_in_space(place.space, 1)
    _require_folder(place.space, place.folder)
    board.space, board.folder = place.space, place.folder


def _require_folder(space: Space | None, folder: Folder | None) -> None:
    """Raises `ValidationError` if it was deleted; the space is locked."""
    if folder is not None and not Folder.objects.filter(pk=folder.pk, space=space).exists():
        raise ValidationError({"folder": gettext("This folder was deleted. Reload the page.")})


@transaction.atomic
def boards_place(
    *, boards: Sequence[Board], space: Space | None, folder: Folder | None = None, by: Actor
) -> int:
    """Move boards into a folder of a space, or out of all spaces; returns how many moved.

    People whom the new space lets in don't get what was deleted before. Each board that moves
    leaves an audit row. Raises `QuotaError` if the space would hold too many, `ValidationError` if
    someone moved one of them at the same time.
    """
    _require_inside(space, folder)
    space_ids = {board.space_id for board in boards} | ({space.pk} if space else set())
    spaces = locked_spaces([space_id for space_id in space_ids if space_id is not None])
    _require_folder(space, folder)
    ids = [board.pk for board in boards]
    rows = Board.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    current = {board.pk: board for board in rows}
    for board in boards:
        if board.pk not in current or current[board.pk].space_id != board.space_id:
            raise ValidationError(gettext("This board was moved meanwhile. Reload the page."))
    target_id, folder_id = (space.pk if space else None), (folder.pk if folder else None)
    entering = [one for one in current.values() if one.space_id != target_id]
    sorted_again = [
        one for one in current.values() if one.space_id == target_id and one.folder_id != folder_id
    ]
    if space is not None and entering:
        require_place_in_space(space, len(entering))
    moved = [*entering, *sorted_again]
    Board.objects.filter(pk__in=[one.pk for one in moved]).update(
        space_id=target_id, folder_id=folder_id
    )
    if entering:
        changed = Board.objects.filter(pk__in=[one.pk for one in entering])
        accesses_changed(changed, lets_in=space is not None)
    names = _names_of_folders([one.folder_id for one in moved] + [folder_id])
    for one in moved:
        _record_move(one, spaces, target_id, names, folder_id, by)
    for board in boards:
        board.refresh_from_db(fields=["space", "folder", "access_version"])
    return len(moved)


def _record_move(
    board: Board,
    spaces: dict[Any, Space],
    space_id: Any,
    folders: dict[Any, str],
    folder_id: Any,
    by: Actor,
) -> None:
    def named(space_id: Any, folder_id: Any) -> dict[str, str]:
        if space_id is None:
            return {}
        found = {"space_id": str(space_id), "space": spaces[space_id].name}
        return found | ({"folder": folders.get(folder_id, "")} if folder_id else {})

    data = {"old": named(board.space_id, board.folder_id), "new": named(space_id, folder_id)}
    record(AuditAction.ROOM_MOVE, board, by=by, data=data)


def _names_of_folders(ids: Sequence[Any]) -> dict[Any, str]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return dict(Folder.objects.filter(pk__in=wanted).values_list("pk", "name"))
