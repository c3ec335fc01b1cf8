"""What several pages need: who asks, and the board in the address."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext

from audit.actor import Actor
from boards.access.resolve import Access, Entry
from boards.entry import board as entries
from boards.entry.board import Visitor, actor_on
from boards.entry.opened_links import link_ids_of
from boards.models import Board

FETCH_HEADER, FETCH_VALUE = "X-Requested-With", "fetch"
"""The header by which the site's own scripts ask for a part of a page."""


def is_fetch(request: HttpRequest) -> bool:
    """Whether one of the site's scripts asks, which wants a fragment instead of a page."""
    return request.headers.get(FETCH_HEADER) == FETCH_VALUE


def signed_in_user(request: HttpRequest) -> User:
    """The user of a request that `LoginRequiredMiddleware` let through."""
    if not isinstance(request.user, User):
        raise PermissionDenied(gettext("Sign in first."))
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    return actor_on(request, request.user)


def visitor_of(
    request: HttpRequest, *, entry: Entry = Entry.BOARD, wants_edit: bool = False
) -> Visitor:
    """Who asks for a board's page, and how."""
    actor = actor_on(request, request.user, entry=entry)
    return Visitor(actor, link_ids_of(request), entry, wants_edit)


def managed_board(request: HttpRequest, board_id: UUID, *, in_trash: bool = False) -> Board:
    """The board, for people who may manage it. Raises as `boards.entry.board.managed_board`."""
    board, _ = entries.managed_board(visitor_of(request), board_id, in_trash=in_trash)
    return board


def seen_board(
    request: HttpRequest, board_id: UUID, *, is_visit: bool = True
) -> tuple[Board, Access]:
    """The board and the person's access; records a visit unless `is_visit` is False.

    Raises `HiddenBoardError` for people who may not see it.
    """
    visitor = visitor_of(request)
    board, access = entries.seen_board(visitor, board_id)
    if is_visit:
        entries.visit(visitor, board, access)
    return board, access
