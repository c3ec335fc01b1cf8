"""Pages for people a board is shared with: opening a link, asking for access, leaving."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.limits.new_sessions import count_new_session
from audit.origin import client_address_of
from boards.entry.board import HiddenBoardError
from boards.identity.tokens import TokenError, link_of_token
from boards.pages.common import (
    actor_of,
    seen_board,
    signed_in_user,
)
from boards.sharing.asking import access_request_ask, access_request_count
from boards.sharing.forms import AccessRequestForm, LinkPasswordForm
from boards.sharing.link_entry import (
    PASSWORD_WINDOW_SECONDS,
    PasswordBlockedError,
    link_ask_password,
    link_check_password,
    link_grant,
    link_pending,
)
from boards.sharing.permissions import board_leave

ASKED_MESSAGE = gettext_lazy(
    "If there is such a board, its owner has been asked. You can only wait now."
)
WRONG_MESSAGE = gettext_lazy("Wrong password. Ask the person who sent you the link.")
BLOCKED_MESSAGE = gettext_lazy("Too many wrong passwords. Wait five minutes, then try again.")


def enter_by_link(request: HttpRequest, board_id: UUID, token: str) -> HttpResponse:
    """Add the link to the session and redirect to the address without it, after a password if it
    has one.

    Raises `TokenError`.
    """
    link = link_of_token(token, board_id)
    if link.board.is_trashed:
        raise TokenError("trashed")
    count_new_session(request)
    if link.has_password:
        link_ask_password(request, link)
        return HttpResponseRedirect(reverse("link-password", args=[board_id]))
    link_grant(request, link)
    return HttpResponseRedirect(reverse("board", args=[board_id]))


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def link_password(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Ask for the password of the link this session opened; reveals nothing else about the
    board."""
    link = link_pending(request, board_id)
    if link is None:
        raise HiddenBoardError
    form = LinkPasswordForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            if link_check_password(link, form.cleaned_data["password"], client_address_of(request)):
                link_grant(request, link)
                return redirect("board", board_id)
            form.add_error("password", WRONG_MESSAGE)
            status = 422
        except PasswordBlockedError:
            form.add_error("password", BLOCKED_MESSAGE)
            status = 429
    elif request.method == "POST":
        status = 422
    response = render(
        request, "boards/link_password.html", {"form": form, "board_id": board_id}, status=status
    )
    if status == 429:
        response.headers["Retry-After"] = str(PASSWORD_WINDOW_SECONDS)
    return response


@require_POST
def request_access(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Ask the owner of a board. The answer is the same whether the board exists or not."""
    user = signed_in_user(request)
    form = AccessRequestForm(request.POST)
    if not form.is_valid():
        problem = gettext("The owner was not asked: shorten the message and try again.")
        messages.error(request, problem)
        return redirect("home")
    if access_request_count(user) is not None:
        problem = gettext("You have asked for many boards. Wait an hour, then try again.")
        messages.error(request, problem)
        return redirect("home")
    access_request_ask(
        board_id=board_id,
        user=user,
        level=form.cleaned_data["level"],
        message=form.cleaned_data["message"],
        by=actor_of(request),
    )
    messages.success(request, ASKED_MESSAGE)
    return redirect("home")


@require_POST
def leave(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Leave a board that was shared with the user."""
    board, _ = seen_board(request, board_id, is_visit=False)
    user = signed_in_user(request)
    try:
        board_leave(board=board, user=user, by=actor_of(request))
        messages.success(request, gettext("You have left “%(title)s”.") % {"title": board.title})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("home")
