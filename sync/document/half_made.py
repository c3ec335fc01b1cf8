"""Tells a board about elements that nobody can see, because their writer left something out.

An element may come in several updates, so one without a type or a place is no mistake yet. If it
still lacks it after a moment, pages and REST leave it out, and whoever wrote it would look for it
in vain.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Protocol
from uuid import UUID

from sync.document.document import Document, DocumentError
from sync.drawing.elements import keys_that_hide

PATIENCE_SECONDS = 2.0
MAX_NOTED = 100

Tell = Callable[[UUID, dict[str, Any]], None]
"""Sends an event to everybody who listens to a board."""


class Board(Protocol):
    """What is looked at: a room."""

    board_id: UUID
    document: Document
    is_committing: bool


class HalfMade:
    """The elements of one room that came without what makes them visible."""

    def __init__(self, board: Board, tell: Tell) -> None:
        self._board = board
        self._tell = tell
        self._noted: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def note(self, ids: Iterable[str]) -> None:
        """Looks at these elements after a moment; at only so many of a flood."""
        self._noted.update(list(ids)[: MAX_NOTED - len(self._noted)])
        if self._timer is None:
            self._look_later()

    def stop(self) -> None:
        """Nobody is there any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._noted.clear()

    def _look_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._board.is_committing:
            self._look_later()
            return
        noted, self._noted = self._noted, set()
        try:
            hidden = [one for one in map(self._hidden, sorted(noted)) if one is not None]
        except DocumentError:
            return  # the room finds out by itself
        if hidden:
            self._tell(self._board.board_id, {"type": "hidden", "elements": hidden})

    def _hidden(self, element_id: str) -> dict[str, Any] | None:
        """The element and the keys that it lacks, or has in a shape that nobody can show; None for
        one that is whole, deleted or gone."""
        groups = self._board.document.entry("elements", element_id)
        if not isinstance(groups, dict) or groups.get("del") not in (None, False):
            return None
        lacks = keys_that_hide(groups)
        return {"id": element_id, "missing": lacks} if lacks else None
