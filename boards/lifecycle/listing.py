"""Which boards a list shows, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import overload
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict

from boards.access.scopes import Scopes
from boards.access.selectors import boards_given, boards_in_trash, boards_visible_to
from boards.models import Board
from boards.search.list_filter import boards_saying

SEARCH_MAX_LENGTH = 100


class Show(StrEnum):
    ALL = "all"
    RECENT = "recent"
    STARRED = "starred"
    MINE = "mine"
    SHARED = "shared"
    TRASH = "trash"


class Sort(StrEnum):
    CHANGED = "changed"
    NAME = "name"
    CREATED = "created"


@dataclass(frozen=True, slots=True)
class Listing:
    """A view of the list, as its query describes it."""

    show: Show = Show.ALL
    sort: Sort = Sort.CHANGED
    words: str = ""
    space: UUID | None = None
    """Only the boards of this space, whatever `show` says."""
    folder: UUID | None = None
    """Only those in this folder of it, or, without words, at its top."""

    @classmethod
    def of(cls, query: QueryDict) -> Listing:
        """The view a query asks for, with defaults for what is missing or wrong."""
        shown, sorted_by = query.get("show", ""), query.get("sort", "")
        space = _id_in(query.get("space", ""))
        return cls(
            show=Show(shown) if shown in set(Show) and space is None else Show.ALL,
            sort=Sort(sorted_by) if sorted_by in set(Sort) else Sort.CHANGED,
            words=query.get("q", "").replace("\0", "").strip()[:SEARCH_MAX_LENGTH],
            space=space,
            folder=_id_in(query.get("folder", "")),
        )

    def boards(
        self, user: User, scopes: Scopes | None = None, *, in_subfolders: bool = True
    ) -> QuerySet[Board] | FoundBoards:
        """The boards of this view. Without `in_subfolders`, a space shows only those that are in
        none of its folders, and a folder those right in it; a search finds all of the space.
        `scopes` are those of a token, which may not see all of them."""
        listed = boards_in_trash if self.show is Show.TRASH else boards_visible_to
        boards = listed(user, scopes)
        match self.show:
            case Show.MINE:
                boards = boards.filter(owner=user)
            case Show.SHARED:
                boards = boards.filter(pk__in=boards_given(user)).exclude(owner=user)
            case Show.STARRED:
                boards = boards.filter(stars__user=user)
            case Show.RECENT:
                boards = boards.filter(openings__user=user)
        if self.space is not None:
            boards = boards.filter(space=self.space)
        if self.folder is not None:
            boards = boards.filter(folder=self.folder)
        elif self.space is not None and not in_subfolders and not self.words:
            boards = boards.filter(folder=None)
        if self.words:
            return FoundBoards(self._ordered(boards), boards_saying(self.words, boards))
        return self._ordered(boards)

    def _ordered(self, boards: QuerySet[Board]) -> QuerySet[Board]:
        if self.show is Show.RECENT:
            return boards.order_by("-openings__opened_at", "pk")
        match self.sort:
            case Sort.NAME:
                return boards.order_by(Lower("title"), "pk")
            case Sort.CREATED:
                return boards.order_by("-created_at", "pk")
            case Sort.CHANGED:
                # The order of the selectors: last active, or last deleted, first.
                return boards

    def query(self, **changes: object) -> str:
        """The query of this view with `changes`; empty for the default view."""
        values: dict[str, object] = {
            "show": self.show,
            "space": self.space,
            "folder": self.folder,
            "sort": self.sort,
            "q": self.words,
        } | changes
        defaults = {"show": Show.ALL, "sort": Sort.CHANGED, "q": "", "page": 1}
        told = {name: one for name, one in values.items() if one not in (None, defaults.get(name))}
        return f"?{urlencode(told)}" if told else ""


class FoundBoards(Sequence[Board]):
    """Boards that match, in the order of the list, to be shown page by page.

    They are looked for once: as a filter, the words would be looked up again to count, and again
    for each page.
    """

    def __init__(self, boards: QuerySet[Board], found: Q) -> None:
        self._boards = boards
        self._ids = list(boards.filter(found).values_list("pk", flat=True))

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, some: int) -> Board: ...
    @overload
    def __getitem__(self, some: slice) -> list[Board]: ...
    def __getitem__(self, some: int | slice) -> Board | list[Board]:
        if isinstance(some, int):
            return self._boards.get(pk=self._ids[some])
        ids = self._ids[some]
        boards = {board.pk: board for board in self._boards.filter(pk__in=ids)}
        return [boards[board_id] for board_id in ids if board_id in boards]


def _id_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
