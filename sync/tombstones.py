"""Removes for good what was deleted long ago, so that a board does not carry it for ever.

A deleted element keeps its place for a while, because somebody offline may still have changed it.
After that it goes by an ordinary update, which every page and process takes like any other.
"""

import time
from typing import Any
from uuid import UUID

from boards.models import Board
from sync.drawing import plain_value
from sync.writes import document_maintain, document_now

DAY_MILLISECONDS = 86_400_000


def purge_tombstones(board_id: UUID, days: int) -> int:
    """Removes the elements that were deleted more than `days` days ago; returns how many.

    Raises:
        Conflict, BoardGone, LogDamaged, DocumentError: it cannot be done now.
    """
    before = time.time() * 1000 - days * DAY_MILLISECONDS
    content = document_now(board_id)[0].content()
    old = [key for key, groups in content["elements"].items() if _is_older(groups, before)]
    if not old:
        return 0

    def change(roots: dict[str, Any]) -> None:
        elements = roots["elements"]
        for key in old:
            # Looked at again: somebody may have brought it back since.
            if key in elements and _is_older(plain_value(elements[key]), before):
                del elements[key]

    document_maintain(board=Board.objects.get(pk=board_id), change=change)
    return len(old)


def _is_older(groups: Any, before: float) -> bool:
    tombstone = groups.get("del") if isinstance(groups, dict) else None
    deleted_at = tombstone.get("at") if isinstance(tombstone, dict) else None
    return isinstance(deleted_at, int | float) and deleted_at < before
