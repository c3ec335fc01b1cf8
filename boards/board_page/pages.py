"""The board page: at its own address, with a token, and at its public link."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from audit.actions import AuditVia
from audit.actor import actor_of_request
from boards.access.resolve import Access, Entry
from boards.board_page.config import BoardConfig, board_config, sign_in_url
from boards.entry.board import (
    HiddenBoardError,
    Reason,
    Visitor,
    seen_board,
    trashed_board,
    visit,
)
from boards.identity.guests import give_guest_secret
from boards.identity.names import display_name
from boards.identity.token_sessions import (
    has_own_session,
    signed_in_by_session,
    token_session_begin,
)
from boards.identity.tokens import (
    AUDIENCE_LINK,
    AUDIENCE_PROGRAM,
    TokenError,
    audience_of,
    user_of_access_token,
)
from boards.models import Board
from boards.pages.common import visitor_of
from boards.pages.middleware import may_be_embedded
from boards.sharing.pages import enter_by_link
from boards.spaces.marks import opening_note
from boards.visits.refused import refusal_record

OF_PROGRAM = "of_program"
"""Why the token of a program opens no page."""


@login_not_required
@never_cache
@require_safe
def board_page(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """The board, for people whose permissions allow it.

    Private and missing boards answer alike: people who are not signed in are asked to sign in,
    others get a 404.
    """
    if "token" in request.GET:
        return _enter_by_token(request, board_id)
    is_known = isinstance(request.user, User)
    reason = Reason.NO_PERMISSION if is_known else Reason.NOT_SIGNED_IN
    visitor = visitor_of(request)
    try:
        board, access = seen_board(visitor, board_id, reason=reason)
    except HiddenBoardError:
        if is_known:
            return _nothing_here(request, visitor, board_id)
        return HttpResponseRedirect(sign_in_url(request))
    if isinstance(request.user, User):
        opening_note(board=board, user=request.user)
    return _render(request, visitor, board, access)


@login_not_required
@never_cache
@require_safe
def public_page(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """The board at its public link, also for its owner; `?edit=true` asks for editing."""
    wants_edit = request.GET.get("edit") == "true"
    visitor = visitor_of(request, entry=Entry.PUBLIC, wants_edit=wants_edit)
    board, access = seen_board(visitor, board_id)
    return _render(request, visitor, board, access)


def _nothing_here(request: HttpRequest, visitor: Visitor, board_id: UUID) -> HttpResponse:
    """For somebody who is signed in: the way to their own board in the trash, or to ask for access,
    whether or not there is such a board.
    """
    board = trashed_board(visitor, board_id)
    if board is not None:
        return render(request, "boards/in_trash.html", {"board": board}, status=404)
    return render(request, "boards/no_access.html", {"board_id": board_id}, status=404)


def _render(request: HttpRequest, visitor: Visitor, board: Board, access: Access) -> HttpResponse:
    visit(visitor, board, access)
    config: BoardConfig = board_config(
        request, board, access, entry=visitor.entry, wants_edit=visitor.wants_edit
    )
    page = render(request, "boards/board.html", {"board": board, "config": config})
    give_guest_secret(request, page)
    return may_be_embedded(page)


def _enter_by_token(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Exchange the token for a session, or add its share link to the session, and redirect to the
    address without it.

    An invalid token is never ignored in favour of an existing session: the link was made for
    someone in particular. And a valid one does not turn a person who is signed in into another:
    they are asked first. The token of a program opens no page at all.
    """
    token = request.GET["token"]
    try:
        kind = audience_of(token)
        if kind == AUDIENCE_PROGRAM:
            raise TokenError(OF_PROGRAM)
        if kind == AUDIENCE_LINK:
            response = enter_by_link(request, board_id, token)
        else:
            response = _sign_in_by_token(request, board_id, token)
    except TokenError as error:
        return _token_refused(request, board_id, error)
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response


@login_not_required
@never_cache
@sensitive_post_parameters("token")
@require_POST
def token_enter(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Continue as the token's user, after the person agreed."""
    try:
        user, ends_at = user_of_access_token(request.POST.get("token", ""))
    except TokenError as error:
        return _token_refused(request, board_id, error)
    token_session_begin(request, user=user, board_id=board_id, ends_at=ends_at)
    return redirect("board", board_id)


def _sign_in_by_token(request: HttpRequest, board_id: UUID, token: str) -> HttpResponse:
    user, ends_at = user_of_access_token(token)
    current = signed_in_by_session(request)
    if current is not None and current != user:
        names = {"current": display_name(current), "other": display_name(user)}
        context = {"board_id": board_id, "token": token, **names}
        response = render(request, "boards/token_ask.html", context)
        response.headers["Referrer-Policy"] = "strict-origin"
        return response
    if current is None or not has_own_session(request):
        token_session_begin(request, user=user, board_id=board_id, ends_at=ends_at)
    return HttpResponseRedirect(request.path)


def _token_refused(request: HttpRequest, board_id: UUID, error: TokenError) -> HttpResponse:
    by = actor_of_request(request, AuditVia.TOKEN)
    refusal_record(
        board_id=board_id, board=None, by=by, entry=Entry.BOARD.value, reason=error.reason
    )
    context = {"is_of_program": error.reason == OF_PROGRAM}
    response = render(request, "boards/token_refused.html", context, status=401)
    response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    # Without the path, which has the token; but forms are refused if the origin is missing too.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
