"""Choosing the language of the pages."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.i18n import set_language


@login_not_required
@never_cache
@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Remember the language in a cookie and go back to ``next``, if that is an address of ours."""
    return set_language(request)


def address_to_return_to(request: HttpRequest) -> str:
    """The address of this page, or the list of boards where it cannot be asked for again.

    Without a query that holds a token: it would stand in a form.
    """
    if request.method not in ("GET", "HEAD"):
        return "/"
    return request.path if "token" in request.GET else request.get_full_path()
