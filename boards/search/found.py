"""What a query found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from boards.search.excerpts import Part


@dataclass(frozen=True, slots=True)
class FoundBoard:
    """A board by its title."""

    id: UUID
    title: str
    owner: str
    active_at: datetime
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class FoundText:
    """The text of an element."""

    board_id: UUID
    board_title: str
    element_id: str
    excerpt: list[Part]


@dataclass(frozen=True, slots=True)
class FoundComment:
    """A comment, and the element that its thread is pinned to, if it is."""

    board_id: UUID
    board_title: str
    thread_id: UUID
    comment_id: UUID
    element_id: str | None
    author: str
    excerpt: list[Part]


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Someone with whom a board is shared."""

    username: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found, the best first in each group."""

    boards: list[FoundBoard]
    texts: list[FoundText]
    comments: list[FoundComment]
    people: list[FoundPerson]
