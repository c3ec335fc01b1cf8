"""Reports elements that nobody can see because required keys are missing.

An element may arrive in several updates, so one without a type or position is not yet a mistake. If
it is still incomplete after a moment, pages and REST leave it out, and without this event its
author would look for it in vain.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol
from uuid import UUID

from sync.document.document import Document
from sync.document.yjs import DocumentError
from sync.drawing.elements import keys_that_hide_on_pages
from sync.drawing.model import SHAPED_KEYS
from sync.scheduler import Work, scheduler_of

PATIENCE_SECONDS = 2.0
MAX_NOTED = 100
_DECISIVE_KEYS = (*SHAPED_KEYS, "del")

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
        scheduler_of(Work.BOARDS).run_all(self._look_at(sorted(noted)))

    def _look_at(self, ids: list[str]) -> Iterator[None]:
        """In steps: a path may have 20,000 points."""
        hidden: list[dict[str, Any]] = []
        for at, element_id in enumerate(ids):
            if self._board.is_committing:
                self.note(ids[at:])
                break
            try:
                hidden += self._hidden(element_id)
            except DocumentError:
                return  # the room finds out by itself
            yield
        if hidden:
            self._tell(self._board.board_id, {"type": "hidden", "elements": hidden})

    def _hidden(self, element_id: str) -> list[dict[str, Any]]:
        """The element and its missing or malformed keys; nothing if complete, deleted or gone."""
        groups = self._board.document.parts_of("elements", element_id, _DECISIVE_KEYS)
        if groups is None or groups.get("del") not in (None, False):
            return []
        lacks = keys_that_hide_on_pages(groups)
        return [{"id": element_id, "missing": lacks}] if lacks else []
