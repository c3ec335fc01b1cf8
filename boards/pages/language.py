"""The language of the pages."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts.account_page.preferences import preferences_set

_SECRETS = frozenset({"token", "code", "state"})


@login_not_required
@never_cache
@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Remember the language for the person and in a cookie, and go back to `next`, if it is an
    address of this site."""
    if isinstance(request.user, User):
        preferences_set(request.user, language=request.POST.get("language"))
    return set_language(request)


def address_to_return_to(request: HttpRequest) -> str:
    """The address of this page, or the list of boards if it can't be requested again.

    Without a query that holds a token or a code, which would end up in a form.
    """
    if request.method not in ("GET", "HEAD"):
        return "/"
    has_secret = not _SECRETS.isdisjoint(request.GET)
    return request.path if has_secret else request.get_full_path()
