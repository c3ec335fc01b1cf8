"""Which boards a list shows, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict

from boards.access.selectors import boards_in_trash, boards_visible_to
from boards.models import Board
from boards.search.selectors import boards_saying

SEARCH_MAX_LENGTH = 100


class Show(StrEnum):
    ALL = "all"
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

    @classmethod
    def of(cls, query: QueryDict) -> Listing:
        """The view a query asks for, with defaults for what is missing or wrong."""
        shown, sorted_by = query.get("show", ""), query.get("sort", "")
        return cls(
            show=Show(shown) if shown in set(Show) else Show.ALL,
            sort=Sort(sorted_by) if sorted_by in set(Sort) else Sort.CHANGED,
            words=query.get("q", "").replace("\0", "").strip()[:SEARCH_MAX_LENGTH],
        )

    def boards(self, user: User) -> QuerySet[Board]:
        boards = boards_in_trash(user) if self.show is Show.TRASH else boards_visible_to(user)
        if self.show is Show.MINE:
            boards = boards.filter(owner=user)
        elif self.show is Show.SHARED:
            boards = boards.exclude(owner=user)
        boards = boards.filter(boards_saying(self.words))
        return self._ordered(boards)

    def _ordered(self, boards: QuerySet[Board]) -> QuerySet[Board]:
        match self.sort:
            case Sort.NAME:
                return boards.order_by(Lower("title"), "pk")
            case Sort.CREATED:
                return boards.order_by("-created_at", "pk")
            case Sort.CHANGED:
                # The order of the selectors: last active, or last deleted, first.
                return boards

    def query(self, **changes: str | int) -> str:
        """The query of this view with `changes`; empty for the default view."""
        values = {"show": self.show, "sort": self.sort, "q": self.words} | changes
        defaults = {"show": Show.ALL, "sort": Sort.CHANGED, "q": "", "page": 1}
        told = {name: value for name, value in values.items() if value != defaults[name]}
        return f"?{urlencode(told)}" if told else ""
