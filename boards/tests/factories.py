"""The cast and the boards of every test: alice owns, bob works with her, charlie is a stranger,
dana runs the place."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from accounts.tests.people import PASSWORD, client_of, make_user
from audit.models import AuditLog
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission, Space

__all__ = [
    "PASSWORD",
    "board_rows",
    "client_of",
    "make_board",
    "make_user",
    "seen_text",
]


def make_board(
    owner: User,
    *,
    title: str = "Roadmap",
    shared_with: dict[User, AccessLevel] | None = None,
    public: AccessLevel | None = None,
    is_trashed: bool = False,
    space: Space | None = None,
) -> Board:
    """A board with exactly these permissions, and no audit rows of its own."""
    deleted_at = timezone.now() if is_trashed else None
    board = Board.objects.create(owner=owner, title=title, deleted_at=deleted_at, space=space)
    for user, level in (shared_with or {}).items():
        BoardPermission.objects.create(board=board, user=user, level=level.label)
    if public is not None:
        BoardPermission.objects.create(board=board, is_public=True, level=public.label)
    return board


def board_rows() -> QuerySet[AuditLog]:
    """The audit rows about boards; not those about the signing in that a test does first."""
    return AuditLog.objects.filter(board_id__isnull=False)


def seen_text(response: Any) -> str:
    """What a browser shows of a response, without what differs every time: the CSRF token, the
    page's own address, and the second at which the session ends."""
    text: str = re.sub(r'(data-keep-until=")\d*', r"\1", response.content.decode())
    return re.sub(r'(name="(?:csrfmiddlewaretoken|next)" value=")[^"]*', r"\1", text)
