"""Finds the board of a REST request with `boards.entry`, and says who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from django.contrib.auth.models import User
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.models import ApiToken
from accounts.tokens.services import actor_token
from audit.actor import Actor, ActorToken
from boards.access.resolve import Access, Entry
from boards.access.scopes import ScopeLevel, Scopes
from boards.api.base import PEOPLE_ONLY
from boards.entry import board as entries
from boards.entry.board import HiddenBoardError, Visitor, actor_on
from boards.entry.opened_links import link_ids_of
from boards.levels import AccessLevel
from boards.models import Board, Visit
from boards.visits.record import visit_write

PLACE = "api"


def actor_of(request: Request) -> Actor:
    has_token = request.auth is not None
    return actor_on(request._request, request.user, has_token=has_token, token=_named(request))


def _named(request: Request) -> ActorToken | None:
    return actor_token(request.auth) if isinstance(request.auth, ApiToken) else None


def scopes_of(request: Request) -> Scopes | None:
    """What the token of a program may do; None for people and their access tokens."""
    return Scopes.parse(request.auth.scopes) if isinstance(request.auth, ApiToken) else None


def require_creating(request: Request) -> None:
    """Raises `PermissionDenied` for tokens of programs without a scope to edit all boards."""
    scopes = scopes_of(request)
    if scopes is not None and scopes.everywhere < ScopeLevel.EDIT:
        raise PermissionDenied("This token has no scope to make boards: boards:edit.")


def require_person(request: Request) -> None:
    """Raises `PermissionDenied` for tokens of programs."""
    if isinstance(request.auth, ApiToken):
        raise PermissionDenied(PEOPLE_ONLY)


def visitor_of(request: Request, entry: Entry = Entry.BOARD) -> Visitor:
    """Who asks for a board. With a token, the session's links do not count."""
    has_token = request.auth is not None
    actor = actor_on(
        request._request, request.user, entry=entry, has_token=has_token, token=_named(request)
    )
    links = () if has_token else link_ids_of(request._request)
    # Uploads through the public link ask for editing; the level decides.
    return Visitor(actor, links, entry, wants_edit=True, place=PLACE, scopes=scopes_of(request))


def entry_of(request: Request) -> Entry:
    """The address at which the page was opened: `?public=1` is the public link."""
    return Entry.PUBLIC if request.query_params.get("public") == "1" else Entry.BOARD


def visible_board(
    request: Request, board_id: UUID, *, entry: Entry = Entry.BOARD
) -> tuple[Board, Access]:
    """The board and the access of the person who asks; records their visit.

    People who may not see it get the same answer as for a board that does not exist: 401 if signing
    in could help, else 404.
    """
    visitor = visitor_of(request, entry)
    with _sign_in_first(visitor):
        board, access = entries.seen_board(visitor, board_id)
    _visit(request, visitor, board, access)
    return board, access


def managed_board(
    request: Request, board_id: UUID, *, in_trash: bool = False, is_visit: bool = True
) -> Board:
    """The board, for its owner (or staff). Strangers get a 404, people who may use it a 403.

    A read is recorded as a visit, unless `is_visit` is False; writes leave rows of their own.
    """
    visitor = visitor_of(request)
    with _sign_in_first(visitor):
        board, access = entries.managed_board(visitor, board_id, in_trash=in_trash)
    if is_visit and request.method in SAFE_METHODS:
        _visit(request, visitor, board, access)
    return board


def write_record(request: Request, board: Board, *kinds: str) -> Callable[[], None]:
    """A function that writes the audit row of a write; services call it in their transaction.

    `visible_board` returned the board for the same request. A visit leaves one row for each of the
    `kinds` of writes.
    """
    visit, _, _ = _seen(request, board)

    def record() -> None:
        for kind in kinds:
            visit_write(visit, board, kind)

    return record


def guarded_record(request: Request, board: Board, *kinds: str) -> Callable[[], None]:
    """`write_record` for what no `access_version` guards: it first makes sure, in the same
    transaction, that the access by which the write was allowed is still there.

    Raises `AccessLostError` then, which is answered as any other refusal.
    """
    _, visitor, access = _seen(request, board)
    write = write_record(request, board, *kinds)

    def record() -> None:
        entries.require_still(visitor, board.pk, access)
        write()

    return record


def signed_in(request: Request) -> User:
    """The user of a request. Raises `NotAuthenticated`."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def _seen(request: Request, board: Board) -> tuple[Visit, Visitor, Access]:
    """What `visible_board` found out about this board for this request."""
    seen: tuple[Visit, Visitor, Access] = vars(request._request)["_canvas_visits"][board.pk]
    return seen


def _visit(request: Request, visitor: Visitor, board: Board, access: Access) -> None:
    if visitor.entry is Entry.PUBLIC and request.method in SAFE_METHODS:  # nobody asked for editing
        access = replace(access, level=min(access.level, AccessLevel.VIEW))
    visits = vars(request._request).setdefault("_canvas_visits", {})
    visits[board.pk] = (entries.visit(visitor, board, access), visitor, access)


@contextmanager
def _sign_in_first(visitor: Visitor) -> Iterator[None]:
    try:
        yield
    except HiddenBoardError:
        if visitor.entry is Entry.BOARD and visitor.actor.user is None:
            raise NotAuthenticated from None
        raise
