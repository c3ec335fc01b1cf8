"""What boards know of a person, for the file of their own data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User

from accounts.account_page.own_data import ROWS_PER_PART, own_data_part
from boards.access.selectors import boards_visible_to
from boards.models import Board, Comment, LibraryItem


@own_data_part("boards")
def boards_of(user: User) -> Iterable[Mapping[str, Any]]:
    """Their own, also in the trash. The drawings are in `me/export`."""
    rows = Board.objects.filter(owner=user).order_by("-created_at")
    return rows.values("id", "title", "created_at", "last_activity_at", "deleted_at")[
        : ROWS_PER_PART + 1
    ]


@own_data_part("boards_shared_with_you")
def boards_given_to(user: User) -> Iterable[Mapping[str, Any]]:
    """Those that they see by name."""
    for board in boards_visible_to(user).exclude(owner=user)[: ROWS_PER_PART + 1]:
        yield {"id": board.pk, "title": board.title, "level": getattr(board, "user_level", "")}


@own_data_part("comments")
def comments_of(user: User) -> Iterable[Mapping[str, Any]]:
    """All that they wrote, also on boards that they can't open any more: without their titles."""
    rows = Comment.objects.filter(author=user).select_related("thread").order_by("-created_at")
    for row in rows[: ROWS_PER_PART + 1]:
        yield {"board": row.thread.board_id, "at": row.created_at, "text": row.body}


@own_data_part("library")
def library_of(user: User) -> Iterable[Mapping[str, Any]]:
    """What they keep to draw with. The drawings are in `me/export`."""
    rows = LibraryItem.objects.filter(library__owner=user)
    return rows.values("name", "created_at", "size_bytes")[: ROWS_PER_PART + 1]
