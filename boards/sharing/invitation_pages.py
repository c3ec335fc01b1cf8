"""The page that the link of an invitation opens."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.limits.new_sessions import count_new_session
from accounts.limits.refusals import RefusalError
from boards.identity.names import display_name
from boards.models import Invitation
from boards.pages.common import actor_of
from boards.sharing.invitation_links import invitation_of, may_sign_up, sign_up_address
from boards.sharing.invitations import invitation_accept

ACCEPTING_KEY = "invitation_accepting"
"""In the session: the invitation that somebody chose to accept before they signed in or up."""


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    """Says who invites to what. Who accepts lands on the board, after signing in or up.

    Unknown, used, withdrawn and old invitations have the same answer.
    """
    found = invitation_of(token)
    if found is None:
        return _refused(request)
    invitation, is_mailed = found
    user = request.user if isinstance(request.user, User) else None
    if user is not None and invitation.accepted_by_id == user.pk:
        return redirect("board", invitation.board_id)
    if not invitation.is_open:
        return _refused(request)
    is_chosen = request.method == "POST" or (
        request.method == "GET" and request.session.get(ACCEPTING_KEY) == str(invitation.pk)
    )
    if user is not None and is_chosen:
        return _accept(request, invitation, user)
    can_sign_up = may_sign_up(invitation, is_mailed=is_mailed)
    if request.method == "POST":
        count_new_session(request)
        request.session[ACCEPTING_KEY] = str(invitation.pk)
        if can_sign_up and request.POST.get("way") == "sign_up":
            return redirect(sign_up_address(request, invitation, is_mailed=is_mailed))
        return redirect(f"{reverse('login')}?{urlencode({'next': request.path})}")
    inviter = invitation.created_by
    context = {
        "invitation": invitation,
        "inviter": display_name(inviter) if inviter is not None else "",
        "can_sign_up": can_sign_up,
        "account": display_name(user) if user is not None else "",
    }
    return render(request, "boards/invitation.html", context)


def _accept(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    request.session.pop(ACCEPTING_KEY, None)
    try:
        is_accepted = invitation_accept(
            board=invitation.board, invitation=invitation, user=user, by=actor_of(request)
        )
    except ValidationError as error:  # what is deleted can't be removed now, so nobody gets in
        text = " ".join(error.messages)
        raise RefusalError(text, status=503, code="unreadable") from error
    return redirect("board", invitation.board_id) if is_accepted else _refused(request)


def _refused(request: HttpRequest) -> HttpResponse:
    return render(request, "boards/invitation_refused.html", status=403)
