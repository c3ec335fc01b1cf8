"""Reports elements that nobody can see because required keys are missing.

An element may arrive in several updates, so one without a type or position is not yet a mistake. If
it is still incomplete after a moment, pages and REST leave it out, and without this event its
author would look for it in vain.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Protocol
from uuid import UUID

from sync.document.document import Document
from sync.document.yjs import DocumentError
from sync.drawing.elements import keys_that_hide_on_pages

PATIENCE_SECONDS = 2.0
MAX_NOTED = 100

Tell = Callable[[UUID, dict[str, Any]], None]
"""Sends an event to everyone listening to a board."""


class Board(Protocol):
    """What is checked: a room."""

    board_id: UUID
    document: Document
    is_committing: bool


class IncompleteElements:
    """The elements of one room that arrived incomplete."""

    def __init__(self, board: Board, tell: Tell) -> None:
        self._board = board
        self._tell = tell
        self._noted: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def note(self, ids: Iterable[str]) -> None:
        """Checks these elements after a moment; of a flood only the first ones."""
        self._noted.update(list(ids)[: MAX_NOTED - len(self._noted)])
        if self._timer is None:
            self._look_later()

    def stop(self) -> None:
        """Stops checking: everyone has left."""
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
        """The element and its missing or malformed keys; None if complete, deleted or gone."""
        groups = self._board.document.entry("elements", element_id)
        if not isinstance(groups, dict) or groups.get("del") not in (None, False):
            return None
        lacks = keys_that_hide_on_pages(groups)
        return {"id": element_id, "missing": lacks} if lacks else None
