"""What several pages need: the board of an address, and who asks for it."""

from __future__ import annotations

from typing import NoReturn
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext, gettext_lazy

from audit.actions import AuditVia
from audit.origin import origin_of_request
from boards.access.opened_links import link_ids_of
from boards.access.resolve import Access, Entry, resolve_access
from boards.identity.token_sessions import SESSION_VIA_KEY
from boards.models import Board, Visit
from boards.visits.record import refusal_record, visit_open

NOT_FOUND_MESSAGE = gettext_lazy("There is no such board, or it is not shared with you.")
MANAGERS_ONLY_MESSAGE = gettext_lazy("Only the owner of this board can do this.")

REASON_NO_PERMISSION = "no_permission"
REASON_NOT_MANAGER = "not_manager"


FETCH_HEADER, FETCH_VALUE = "X-Requested-With", "fetch"
"""What the site's own scripts say when they want a part of a page."""


def is_fetch(request: HttpRequest) -> bool:
    """Whether a script of ours asks, which takes a fragment instead of the whole page."""
    return request.headers.get(FETCH_HEADER) == FETCH_VALUE


def board_of(board_id: UUID) -> Board | None:
    """The board with its owner, in the trash or not; None when there is none."""
    return Board.objects.select_related("owner").filter(pk=board_id).first()


def signed_in_user(request: HttpRequest) -> User:
    """The user of a request that ``LoginRequiredMiddleware`` has let through."""
    if not isinstance(request.user, User):
        raise PermissionDenied(gettext("Sign in first."))
    return request.user


def via_of(request: HttpRequest) -> AuditVia:
    """How the person of this request proved who they are."""
    if not isinstance(request.user, User):
        return AuditVia.PUBLIC
    if request.session.get(SESSION_VIA_KEY) == AuditVia.TOKEN:
        return AuditVia.TOKEN
    return AuditVia.SESSION


def managed_board(request: HttpRequest, board_id: UUID, *, in_trash: bool = False) -> Board:
    """The board, for somebody who may manage it.

    Raises ``Http404`` for strangers and for a board that is not where ``in_trash`` says, and
    ``PermissionDenied`` for people who may see the board but not manage it.
    """
    board = board_of(board_id)
    access = access_of(board, request)
    if board is None or access is None or not (access.can_view or access.can_manage):
        refuse(request, board_id, board, reason=REASON_NO_PERMISSION)
    if not access.can_manage:
        _record_refusal(request, board_id, board, reason=REASON_NOT_MANAGER)
        raise PermissionDenied(MANAGERS_ONLY_MESSAGE)
    if board.is_trashed != in_trash:
        raise Http404(NOT_FOUND_MESSAGE)
    return board


def seen_board(request: HttpRequest, board_id: UUID, *, is_visit: bool = True) -> Board:
    """The board, for somebody who may see it; their visit is in the audit log, if it `is_visit`.

    Raises ``Http404`` for everybody else.
    """
    board = board_of(board_id)
    access = access_of(board, request)
    if board is None or access is None or not access.can_view:
        refuse(request, board_id, board, reason=REASON_NO_PERMISSION)
    if is_visit:
        visit(request, board, access)
    return board


def visit(
    request: HttpRequest, board: Board, access: Access, *, entry: Entry = Entry.BOARD
) -> Visit:
    """Somebody sees the board on a page: a row in the audit log, unless they are there already."""
    return visit_open(
        board=board,
        access=access,
        user=request.user,
        via=AuditVia.PUBLIC if entry is Entry.PUBLIC else via_of(request),
        entry=entry.value,
        origin=origin_of_request(request),
    )


def refuse(
    request: HttpRequest,
    board_id: UUID,
    board: Board | None,
    *,
    reason: str,
    entry: Entry = Entry.BOARD,
) -> NoReturn:
    """Record the refusal, then answer as if there were no such board."""
    _record_refusal(request, board_id, board, reason=reason, entry=entry)
    raise Http404(NOT_FOUND_MESSAGE)


def _record_refusal(
    request: HttpRequest,
    board_id: UUID,
    board: Board | None,
    *,
    reason: str,
    entry: Entry = Entry.BOARD,
) -> None:
    refusal_record(
        board_id=board_id,
        board=board,
        user=request.user,
        via=AuditVia.PUBLIC if entry is Entry.PUBLIC else via_of(request),
        entry=entry.value,
        reason=reason,
        origin=origin_of_request(request),
    )


def access_of(board: Board | None, request: HttpRequest) -> Access | None:
    """What the person of this request may do on the board's own address; None without a board."""
    if board is None:
        return None
    return resolve_access(board, user=request.user, link_ids=link_ids_of(request))
