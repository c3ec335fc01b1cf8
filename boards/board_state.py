"""What a page has to know of a board besides its drawing, as it is now: the one place that says it.

A page begins with it, every opening of its events socket brings it again, and so corrects whatever
was missed in between; the events that follow say what has changed of it, in the same words.
"""

from __future__ import annotations

from typing import Any, TypedDict

from boards.access import Access
from boards.models import Board

ACCESS, BOARD = "access", "board"
"""Types of events."""


class BoardState(TypedDict):
    """As somebody with a certain access sees it."""

    title: str
    is_locked: bool
    level: str
    can_manage: bool


def board_state(board: Board, access: Access) -> BoardState:
    """The board as it is now, and what the person may do."""
    return BoardState(
        title=board.title,
        is_locked=board.is_locked,
        level=access.level.label,
        can_manage=access.can_manage,
    )


def opening_event(board: Board, access: Access) -> dict[str, Any]:
    """The first event of every socket: all of it at once."""
    return {"type": ACCESS, **board_state(board, access)}


def access_event(access: Access) -> dict[str, Any]:
    """Tells a page what its user may do now."""
    return {"type": ACCESS, "level": access.level.label, "can_manage": access.can_manage}


def board_event_of(title: str, *, is_locked: bool) -> dict[str, Any]:
    """Tells a page the title, and whether it is locked."""
    return {"type": BOARD, "title": title, "is_locked": is_locked}
