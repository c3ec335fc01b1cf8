"""From a request to a board: the REST side of ``boards.access.resolve``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn
from uuid import UUID

from django.contrib.auth.models import User
from rest_framework.exceptions import NotAuthenticated, NotFound, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from audit.actions import AuditVia
from audit.origin import origin_of_request
from boards.access.opened_links import link_ids_of
from boards.access.resolve import Access, Entry, resolve_access
from boards.identity.token_sessions import SESSION_VIA_KEY
from boards.levels import AccessLevel
from boards.models import Board, Visit
from boards.visits.record import refusal_record, visit_open, visit_write

ENTRY_API = "api"
NOT_FOUND = "There is no such board, or it is not shared with you."
MANAGERS_ONLY = "Only the owner of this board can do this."


def via_of(request: Request) -> AuditVia:
    """By which credential the request came."""
    if request.auth is not None:
        return AuditVia.TOKEN
    if request._request.session.get(SESSION_VIA_KEY) == AuditVia.TOKEN:
        return AuditVia.TOKEN
    return AuditVia.SESSION if isinstance(request.user, User) else AuditVia.PUBLIC


def entry_of(request: Request) -> Entry:
    """By which address the request's page was opened: ``?public=1`` is the public link."""
    return Entry.PUBLIC if request.query_params.get("public") == "1" else Entry.BOARD


def visible_board(
    request: Request, board_id: UUID, *, entry: Entry = Entry.BOARD
) -> tuple[Board, Access]:
    """The board and what the request may do on it; its visit is in the audit log.

    Whoever may not see it gets the same answer as for a board that does not exist: 401 when signing
    in could help, else 404.
    """
    board = Board.objects.select_related("owner").filter(pk=board_id).first()
    if board is None:
        _refuse(request, board_id, None, entry)
    # Whoever uploads by the public link has asked for editing; the level decides.
    access = resolve_access(
        board,
        user=request.user,
        entry=entry,
        wants_edit=True,
        link_ids=_link_ids(request),
    )
    if not access.can_view:
        _refuse(request, board_id, board, entry)
    _visit(request, board, access, entry)
    return board, access


def write_record(request: Request, board: Board, *kinds: str) -> Callable[[], None]:
    """What writes the audit row of a write, for the service that makes it, in its transaction.

    The board is one that ``visible_board`` gave to the same request. ``kinds`` say in a word each
    what is written; a visit leaves one row for each kind.
    """
    visit: Visit = vars(request._request)["_canvas_visits"][board.pk]

    def record() -> None:
        for kind in kinds:
            visit_write(visit, board, kind)

    return record


def _visit(request: Request, board: Board, access: Access, entry: Entry = Entry.BOARD) -> Visit:
    if entry is Entry.PUBLIC and request.method in SAFE_METHODS:  # nobody has asked for editing
        access = replace(access, level=min(access.level, AccessLevel.VIEW))
    visit = visit_open(
        board=board,
        access=access,
        user=request.user,
        via=AuditVia.PUBLIC if entry is Entry.PUBLIC else via_of(request),
        entry=ENTRY_API,
        origin=origin_of_request(request._request),
    )
    visits = vars(request._request).setdefault("_canvas_visits", {})
    visits[board.pk] = visit  # for `write_record`
    return visit


def managed_board(
    request: Request, board_id: UUID, *, in_trash: bool = False, is_visit: bool = True
) -> Board:
    """The board for its owner (or staff): 404 for strangers, 403 for who may only use it.

    Reading is part of a visit, unless `is_visit` says otherwise; changes leave rows of their own.
    """
    board = Board.objects.select_related("owner").filter(pk=board_id).first()
    access = (
        resolve_access(board, user=request.user, link_ids=_link_ids(request)) if board else None
    )
    if board is None or access is None or not (access.can_view or access.can_manage):
        _refuse(request, board_id, board, Entry.BOARD)
    if not access.can_manage:
        _record(request, board_id, board, reason="not_manager")
        raise PermissionDenied(MANAGERS_ONLY)
    if board.is_trashed != in_trash:
        raise NotFound(NOT_FOUND)
    if is_visit and request.method in SAFE_METHODS:
        _visit(request, board, access)
    return board


def signed_in(request: Request) -> User:
    """The user of a request. Raises ``NotAuthenticated``."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def _link_ids(request: Request) -> tuple[UUID, ...]:
    """The share links of the session; a token says all that counts, so nothing is added to it."""
    return link_ids_of(request._request) if request.auth is None else ()


def _refuse(request: Request, board_id: UUID, board: Board | None, entry: Entry) -> NoReturn:
    _record(request, board_id, board, reason="no_permission")
    if entry is Entry.BOARD and not isinstance(request.user, User):
        raise NotAuthenticated
    raise NotFound(NOT_FOUND)


def _record(request: Request, board_id: UUID, board: Board | None, *, reason: str) -> None:
    refusal_record(
        board_id=board_id,
        board=board,
        user=request.user,
        via=via_of(request),
        entry=ENTRY_API,
        reason=reason,
        origin=origin_of_request(request._request),
    )
