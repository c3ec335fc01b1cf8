"""The share panel: who may do what on a board. A fragment for the dialog, or a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from audit.origin import origin_of_request
from boards.forms import ChangeForm, GrantForm, PublicForm, RemoveForm
from boards.levels import AccessLevel
from boards.models import Board, PermissionLevel
from boards.selectors import permissions_of
from boards.services import permission_grant, permission_revoke, public_access_set
from boards.views.common import managed_board, via_of

FETCH_HEADER = "X-Requested-With"
FETCH_VALUE = "fetch"

# By the field "operation": one called "action" would hide the form's address from scripts.
FORMS: dict[str, type[forms.Form]] = {
    "grant": GrantForm,
    "change": ChangeForm,
    "remove": RemoveForm,
    "public": PublicForm,
}


@never_cache
@vary_on_headers(FETCH_HEADER)
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Show the panel, or make one change and show it again. Only for who may manage the board."""
    board = managed_board(request, board_id)
    if request.method != "POST":
        return _panel(request, board)
    operation = request.POST.get("operation", "")
    form_class = FORMS.get(operation)
    if form_class is None:
        return _panel(request, board, status=422, problem="That is not something to do here.")
    form = form_class(request.POST)
    if form.is_valid():
        _apply(request, board, operation, form)
    if form.is_valid() and not _is_fetch(request):
        return redirect("share", board.pk)
    return _panel(
        request, board, status=200 if form.is_valid() else 422, **{f"{operation}_form": form}
    )


def _apply(request: HttpRequest, board: Board, operation: str, form: forms.Form) -> None:
    """Call the service of this operation; what it refuses becomes errors of the form."""
    common: dict[str, Any] = {
        "board": board,
        "actor": request.user,
        "origin": origin_of_request(request),
        "via": via_of(request),
    }
    values = form.cleaned_data
    services: dict[str, Callable[[], object]] = {
        "grant": lambda: permission_grant(user=values["user"], level=values["level"], **common),
        "change": lambda: permission_grant(user=values["user"], level=values["level"], **common),
        "remove": lambda: permission_revoke(user=values["user"], **common),
        "public": lambda: public_access_set(level=values["level"] or None, **common),
    }
    try:
        services[operation]()
    except ValidationError as error:
        form.add_error(None, error)


def _panel(request: HttpRequest, board: Board, *, status: int = 200, **extra: Any) -> HttpResponse:
    rows = list(permissions_of(board))
    public = next((row for row in rows if row.is_public), None)
    context = {
        "board": board,
        "people": [row for row in rows if not row.is_public],
        "public_level": public.level if public else AccessLevel.NONE.label,
        "levels": PermissionLevel.choices,
        "board_url": request.build_absolute_uri(reverse("board", args=[board.pk])),
        "failed_forms": [extra[name] for name in ("change_form", "remove_form") if name in extra],
        "public_url": _public_url(request, board, public.level if public else ""),
        **extra,
    }
    name = "share_panel.html" if _is_fetch(request) else "share.html"
    return render(request, f"boards/{name}", context, status=status)


def _public_url(request: HttpRequest, board: Board, level: str) -> str:
    """The link to pass on; it asks for more than viewing where the public level gives more."""
    url = request.build_absolute_uri(reverse("public", args=[board.pk]))
    return url if level in ("", AccessLevel.VIEW.label) else f"{url}?edit=true"


def _is_fetch(request: HttpRequest) -> bool:
    return request.headers.get(FETCH_HEADER) == FETCH_VALUE
