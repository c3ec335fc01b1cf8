"""Removes elements for good that were deleted long ago.

A deleted element stays in the document for a while, because someone offline may have changed it.
After that an ordinary update removes it. It is removed at once when someone new is let in: what was
deleted before they came is none of their business.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from boards.files.storage import files_withdraw
from boards.models import Board
from sync.drawing.deleted import Content, files_of, is_gone, is_of
from sync.drawing.scene import plain_value
from sync.programs.documents import document_in_use
from sync.programs.writes import SERVER_ID, document_maintain, program_client_id
from sync.storage.log import BoardGoneError

DAY_MILLISECONDS = 86_400_000


def purge_tombstones(board_id: UUID, days: int) -> int:
    """Removes the elements that were deleted more than `days` days ago; returns how many.

    Raises:
        ConflictError, BoardGoneError, LogDamagedError, DocumentError: it could not be done now.
    """
    before = time.time() * 1000 - days * DAY_MILLISECONDS
    return _purge(board_id, lambda groups: _is_older(groups, before))


def strip_deleted(board_id: UUID) -> int:
    """Removes all elements that are deleted now; returns how many. Raises as `purge_tombstones`.

    Overwritten values are gone already: a document keeps none, and newcomers get a document, never
    the rows it was made of.
    """
    try:
        elements = _content_of(board_id)["elements"]
        number = _purge(board_id, is_gone)
    except BoardGoneError:
        return 0
    gone = {key for key, groups in elements.items() if is_gone(groups)}
    files_withdraw(
        board_id,
        used=files_of(elements, elements.keys() - gone),
        deleted=files_of(elements, gone),
    )
    return number


def _purge(board_id: UUID, is_old: Callable[[Any], bool]) -> int:
    content = _content_of(board_id)
    old = {key for key, groups in content["elements"].items() if is_old(groups)}
    if not old:
        return 0

    def change(roots: dict[str, Any]) -> None:
        elements = roots["elements"]
        # Checked again: someone may have brought it back since.
        gone = {key for key in old if key in elements and is_old(plain_value(elements[key]))}
        now = {key: plain_value(elements[key]) for key in elements}
        for key in files_of(now, gone) - files_of(now, now.keys() - gone):
            if key in roots["files"]:
                del roots["files"][key]
        for key in list(roots["conflicts"]):
            if is_of(key, gone):
                del roots["conflicts"][key]
        for key in gone:
            del elements[key]

    document_maintain(board=Board.objects.get(pk=board_id), change=change)
    return len(old)


def _content_of(board_id: UUID) -> Content:
    # Under the client id with which it is changed next, if anything is old.
    with document_in_use(board_id, program_client_id(board_id, SERVER_ID)) as used:
        return used.document.content()


def _is_older(groups: Any, before: float) -> bool:
    tombstone = groups.get("del") if isinstance(groups, dict) else None
    deleted_at = tombstone.get("at") if isinstance(tombstone, dict) else None
    return isinstance(deleted_at, int | float) and deleted_at < before
