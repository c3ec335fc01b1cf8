"""The page for a forgotten password."""

from __future__ import annotations

from typing import Any

from allauth.account.views import PasswordResetView
from django.http import HttpRequest, HttpResponse

from accounts.limits.duration import same_duration


class ResetPage(PasswordResetView):  # type: ignore[misc]  # allauth has no types
    """Sends a link. An answer takes as long for an address that nobody has: only for others is a
    link made and a mail written.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with same_duration():
            response: HttpResponse = super().post(request, *args, **kwargs)
            return response


password_reset = ResetPage.as_view()
