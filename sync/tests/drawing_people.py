"""People and programs that draw on one board."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from pycrdt import Map

from boards.models import Board
from sync.drawing.scene import elements_create
from sync.programs.documents import document_now
from sync.programs.writes import document_change
from sync.storage.store import append_update
from sync.tests.histories import Author

BOX = {"id": "box", "type": "rectangle", "x": 0, "y": 0, "width": 1, "height": 1}
Roots = dict[str, Any]


def draw(board: Board, user: User, **element: Any) -> int:
    made = {**BOX, **element}

    def change(roots: Roots) -> None:
        elements_create(roots, [made])

    return document_change(board=board, user=user, change=change)


class Person:
    """Somebody who draws in a page: knows what is committed, and commits one change at a time."""

    def __init__(self, board: Board, user: User) -> None:
        self._board, self._user = board, user
        self._author = Author()

    def draws(self, change: Callable[[Any], None]) -> None:
        """Commits what `change` does to the root `elements`."""
        author = self._author
        author.doc.apply_update(document_now(self._board.pk)[0].diff())
        author.updates.clear()
        with author.doc.transaction():
            change(author.doc.get("elements", type=Map))
        append_update(self._board.pk, author.updates[-1], self._user.pk)


def elements_of(board: Board) -> dict[str, Any]:
    return document_now(board.pk)[0].content()["elements"]
