"""What the pages around signing in share: methods, caches, status codes, and the site's own way to
turn an unfinished form down.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.sign_in.passwords import WINDOW_SECONDS

View = Callable[..., HttpResponseBase]
_SECRETS = ("oldpassword", "password", "password1", "password2", "code", "credential")


def page(view: View, *methods: str) -> View:
    """A view of django-allauth as a page of this site. A form that is shown again because of
    mistakes is 422, or 429 after too many guesses.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and isinstance(response, TemplateResponse):
            is_blocked = _is_blocked(response)
            response.status_code = 429 if is_blocked else 422
            if is_blocked:
                response.headers["Retry-After"] = str(WINDOW_SECONDS)
        return response

    allowed = ["HEAD", *methods] if "GET" in methods else list(methods)
    guarded: View = require_http_methods(allowed)(
        never_cache(sensitive_post_parameters(*_SECRETS)(shown))
    )
    return guarded


def person_of(request: HttpRequest) -> User:
    """The user of a request that `LoginRequiredMiddleware` let through."""
    if not isinstance(request.user, User):
        raise PermissionDenied(gettext("Sign in first."))
    return request.user


def _is_blocked(response: TemplateResponse) -> bool:
    form = (response.context_data or {}).get("form")
    errors = form.errors.as_data() if form is not None else {}
    return any(error.code == "blocked" for found in errors.values() for error in found)
