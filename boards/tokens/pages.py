"""The page of one's own tokens, a new one, and revoking one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import ApiToken
from accounts.sign_in.recent import confirmed_lately
from accounts.tokens.services import token_revoke
from boards.pages.common import actor_of, signed_in_user
from boards.tokens.forms import CHOSEN, NewTokenForm, token_made
from boards.tokens.words import token_words


@never_cache
@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """Their names, what they may do, until when, and when they were used."""
    user = signed_in_user(request)
    rows = token_words(user, ApiToken.objects.filter(user=user))
    return render(request, "account/tokens.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_lately
def new_token(request: HttpRequest) -> HttpResponse:
    """The form; once it is sent, the token, which is shown on this one answer alone."""
    user = signed_in_user(request)
    if request.method != "POST":
        return _form(request, NewTokenForm(user=user))
    form = NewTokenForm(request.POST, user=user)
    if not form.is_valid():
        return _form(request, form, status=422)
    made = token_made(form, user, actor_of(request))
    if made is None:
        return _form(request, form, status=422)
    token, secret = made
    (row,) = token_words(user, [token])
    return render(request, "account/token_made.html", {"row": row, "secret": secret})


@require_POST
def revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Ends one of one's own; programs that use it are disconnected."""
    token = ApiToken.objects.filter(user=signed_in_user(request), pk=token_id).first()
    if token is None:
        raise Http404(gettext("You have no such token."))
    token_revoke(token=token, by=actor_of(request))
    messages.success(request, gettext("“%(name)s” is revoked.") % {"name": token.name})
    return redirect("account-tokens")


def _form(request: HttpRequest, form: NewTokenForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "chosen": form["chosen"].value() or [],
        "is_chosen": form["reach"].value() == CHOSEN,
    }
    return render(request, "account/token_new.html", context, status=status)
