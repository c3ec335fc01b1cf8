"""The share panel: as a fragment for the dialog, or as a page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts.account_page.menu import picture_of
from boards.access.selectors import permissions_of
from boards.access.spaces import resolve_space_access
from boards.access.subjects import PUBLIC, Subject
from boards.entry.board import visit
from boards.identity.names import display_name
from boards.identity.tokens import link_token
from boards.levels import AccessLevel
from boards.models import Board, Invitation, PermissionLevel, ShareLink
from boards.pages.common import (
    FETCH_HEADER,
    actor_of,
    is_fetch,
    managed_board,
    signed_in_user,
    visitor_of,
)
from boards.pages.subject_forms import Operation
from boards.quotas.refusals import refusals_as_errors
from boards.sharing.invitation_links import invitation_send, link_to_pass_on
from boards.sharing.panel_operations import FORMS_WITHOUT_A_PLACE, OPERATIONS
from boards.sharing.panel_rows import given_rows, inherited_rows


@never_cache
@vary_on_headers(FETCH_HEADER)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Show the panel, or make one change and show it again. Only for people who may manage the
    board."""
    board = managed_board(request, board_id)
    if request.method != "POST":
        visitor = visitor_of(request)
        visit(visitor, board, visitor.access_to(board))
        return _panel(request, board)
    name = request.POST.get("operation", "")
    operation = OPERATIONS.get(name)
    if operation is None:
        return _panel(request, board, status=422, problem=gettext("This isn't possible here."))
    form = operation.form(request.POST)
    if form.is_valid():
        _apply(request, board, operation, form)
    if form.is_valid() and _has_left(request, board):
        return _gone(request, board)
    if form.is_valid() and not is_fetch(request):
        return redirect("share", board.pk)
    return _panel(request, board, status=200 if form.is_valid() else 422, **{f"{name}_form": form})


def _apply(
    request: HttpRequest, board: Board, operation: Operation[Board], form: forms.Form
) -> None:
    """Calls the service of this operation; its refusals become form errors."""
    values = {name: value for name, value in form.cleaned_data.items() if name != "confirm"}
    with refusals_as_errors(form):
        done = operation.apply(board, values, actor_of(request))
        if isinstance(done, Invitation):
            invitation_send(request, done)


def _has_left(request: HttpRequest, board: Board) -> bool:
    """Whether the board was just given to someone else, and the panel with it."""
    return not visitor_of(request).access_to(board).can_manage


def _gone(request: HttpRequest, board: Board) -> HttpResponse:
    if is_fetch(request):
        return render(request, "boards/share_given.html", {"board": board})
    return redirect("board", board.pk)


def _panel(request: HttpRequest, board: Board, *, status: int = 200, **extra: Any) -> HttpResponse:
    rows = list(permissions_of(board))
    public = next((row for row in rows if Subject.of_row(row) == PUBLIC), None)
    failed = [extra[f"{name}_form"] for name in FORMS_WITHOUT_A_PLACE if f"{name}_form" in extra]
    context = {
        "board": board,
        "action": reverse("share", args=[board.pk]),
        "suggest": reverse("api-suggestions", args=[board.pk]),
        "given": given_rows(board, [row for row in rows if row is not public]),
        "space": board.space,
        "may_manage_space": board.space is not None
        and resolve_space_access(board.space, signed_in_user(request)).can_manage,
        "owner_name": display_name(board.owner),
        "owner_picture": picture_of(board.owner),
        "inherited": inherited_rows(board),
        "links": [
            _link_row(request, link) for link in ShareLink.objects.active().filter(board=board)
        ],
        "invitations": [
            {"row": row, "link": link_to_pass_on(request, row)}
            for row in board.invitations.open().select_related("board")
        ],
        "requests": board.access_requests.filter(resolved_at__isnull=True).select_related("user"),
        "public_level": public.level if public else AccessLevel.NONE.label,
        "levels": PermissionLevel.choices,
        "board_url": request.build_absolute_uri(reverse("board", args=[board.pk])),
        "failed_forms": failed,
        "public_url": _public_url(request, board, public.level if public else ""),
        **extra,
    }
    name = "share_panel.html" if is_fetch(request) else "share.html"
    return render(request, f"boards/{name}", context, status=status)


def _link_row(request: HttpRequest, link: ShareLink) -> dict[str, Any]:
    path = reverse("board", args=[link.board_id])
    return {"row": link, "url": request.build_absolute_uri(f"{path}?token={link_token(link)}")}


def _public_url(request: HttpRequest, board: Board, level: str) -> str:
    """The link to share; it asks for editing if the public level is above view."""
    url = request.build_absolute_uri(reverse("public", args=[board.pk]))
    return url if level in ("", AccessLevel.VIEW.label) else f"{url}?edit=true"
